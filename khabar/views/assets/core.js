"use strict";
// What pages hold reaches the document through textContent and setAttribute only, so it stays text.

const data = JSON.parse(document.getElementById("data").textContent);
const { pages, things, labels, words } = data;
const word = (key) => words[key] ?? key;
const byId = (id) => document.getElementById(id);

// A paragraph and a span of the data, by position.
const CLASS = 0,
  SCORE = 1,
  TEXT = 2,
  SPANS = 3;
const START = 0,
  END = 1,
  THING = 2,
  SPAN_SCORE = 3;
const inReport = (paragraph) => paragraph[CLASS] !== "boilerplate";

/** An HTML element; attributes that are null, undefined or false are left out. */
function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

// Direction by the majority of letters: the first strong letter, which dir=auto goes by, is often a Latin name's.
function direction(text) {
  const arabic = (text.match(/[\u0600-\u08ff\ufb50-\ufefc]/g) ?? []).length;
  return arabic >= (text.match(/[A-Za-z]/g) ?? []).length ? "rtl" : "ltr";
}

const state = { minimum: 0, weak: false, fold: true, off: new Set(), name: null, search: null };
// Whether each thing passes the filters by label and by name; made anew when a filter changes.
let labelPasses = [],
  nameMatches = [];

/** A pattern that finds the text in any spelling: with or without vowel signs, hamza, final dots; null for no text. */
function spellings(text) {
  const alike = [
    "اأإآٱ",
    "يىئی",
    "هةۀ",
    "وؤ",
    "كک",
    ..."0123456789".split("").map((d) => d + "٠١٢٣٤٥٦٧٨٩"[d] + "۰۱۲۳۴۵۶۷۸۹"[d]),
  ];
  const marks = "[\\u0610-\\u061a\\u064b-\\u065f\\u0670\\u0640\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069]*";
  const letters = [...text.trim()].filter((letter) => !new RegExp(`^${marks}$`, "u").test(letter) || letter === " ");
  const source = letters.map((letter) => {
    if (/\s/.test(letter)) return "\\s+";
    const group = alike.find((each) => each.includes(letter));
    return (group ? `[${group}]` : letter.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")) + marks;
  });
  return source.length ? new RegExp(source.join(""), "gi") : null;
}

function found(pattern, text) {
  pattern.lastIndex = 0;
  return pattern.test(text);
}

/** Reads the filters' elements into the state. A name in full stands for itself alone, a part for all that hold it. */
function readFilters() {
  state.minimum = Number(byId("minimum").value);
  state.weak = byId("weak").checked;
  state.fold = byId("fold").checked;
  state.search = spellings(byId("search").value);
  const name = byId("name").value.trim();
  const pattern = spellings(name),
    whole = things.some((thing) => thing.name === name);
  state.name = pattern;
  labelPasses = things.map((thing) => !state.off.has(thing.label));
  nameMatches = things.map(
    (thing) =>
      !pattern || (whole ? thing.name === name : found(pattern, thing.name) || found(pattern, thing.value ?? "")),
  );
}

const isStrong = (span) => span[SPAN_SCORE] === null || span[SPAN_SCORE] >= state.minimum;
/** Whether a span is counted: its label is on, its score high enough. */
const passes = (span) => labelPasses[span[THING]] && isStrong(span);

/** How many spans of each label a page's report has under the filters, or null where the page is not listed. */
function countsOf(page) {
  if (
    state.search &&
    ![page.id, page.title ?? "", ...page.paragraphs.map((p) => p[TEXT])].some((text) => found(state.search, text))
  ) {
    return null;
  }
  const counts = Object.fromEntries(labels.map((label) => [label, 0]));
  let total = 0;
  for (const paragraph of page.paragraphs) {
    if (!inReport(paragraph)) continue;
    for (const span of paragraph[SPANS]) {
      if (!passes(span) || !nameMatches[span[THING]]) continue;
      counts[things[span[THING]].label] += 1;
      total += 1;
    }
  }
  return state.name && !total ? null : counts;
}

/** The value that a thing stands for, or null where it could not be read. */
function valueOf(thing) {
  if (thing.country === undefined) return thing.value ?? null;
  return thing.country ? `${thing.name} (${thing.country})` : thing.name;
}

function labelClass(label) {
  return "label-" + (labels.indexOf(label) < 4 ? label : "other");
}
