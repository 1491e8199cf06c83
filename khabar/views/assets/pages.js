// The list of pages, one page's text with its spans, and the note on a span.

let items = []; // One a page: its list item, its link and its figures by label.
let counted = []; // One a page: its counts, or null where the filters leave it out.

function buildList() {
  items = pages.map((page, number) => {
    const figures = labels.map((label) => element("span", { class: `figure ${labelClass(label)}` }));
    const name = element("bdi", { class: "id" }, page.title || page.id);
    const beginning = page.title ? "" : (page.paragraphs.find(inReport) ?? page.paragraphs[0])?.[TEXT].slice(0, 80);
    const line = page.error
      ? element("span", { class: "fault" }, word("has error"))
      : element("span", { class: "figures" }, figures);
    const link = element(
      "a",
      { href: `#page-${number + 1}` },
      name,
      beginning ? element("bdi", { class: "beginning" }, beginning) : null,
      line,
    );
    return { item: element("li", {}, link), link, figures };
  });
  byId("list").firstElementChild.append(...items.map(({ item }) => item));
}

function updateList() {
  counted = pages.map(countsOf);
  items.forEach(({ item, figures }, number) => {
    const counts = counted[number];
    item.hidden = !counts;
    if (!counts) return;
    figures.forEach((figure, at) => {
      const label = labels[at],
        text = String(counts[label]);
      if (figure.textContent === text) return;
      figure.textContent = text;
      figure.classList.toggle("zero", !counts[label]);
      figure.setAttribute("role", "img");
      figure.setAttribute("aria-label", `${word(label)}: ${text}`);
    });
  });
  const listed = counted.filter(Boolean).length;
  byId("listed").textContent = listed === pages.length ? `${listed}` : `${listed} / ${pages.length}`;
  byId("status").textContent = `${word("pages")}: ${listed}`;
}

function pageElement(number) {
  const page = pages[number],
    report = page.paragraphs.filter(inReport).length;
  const article = element("article", { "aria-labelledby": `title-${number}` });
  const facts = [
    page.title ? element("bdi", {}, page.id) : null,
    page.published ? `${word("published")} ${page.published}` : null,
    page.url ? addressOf(page.url) : null,
    `${word("report paragraphs")}: ${report} / ${page.paragraphs.length}`,
  ].filter(Boolean);
  const title = page.title || page.id;
  article.append(
    element(
      "header",
      {},
      element("h2", { id: `title-${number}` }, element("bdi", {}, title)),
      element(
        "p",
        { class: "facts" },
        facts.map((fact) => element("span", {}, fact)),
      ),
    ),
  );
  if (page.error)
    article.append(element("p", { class: "fault" }, `${word("error")}: `, element("bdi", {}, page.error)));
  if (page.textless) article.append(element("p", { class: "notice" }, word("textless")));
  if (!page.paragraphs.length && !page.error) article.append(element("p", { class: "notice" }, word("empty")));
  const body = element("div", { class: "text" });
  for (const run of runsOf(page.paragraphs))
    body.append(...(inReport(run[0]) ? run.map(paragraphElement) : [foldElement(run)]));
  article.append(body);
  if (page.meta) {
    const rows = page.meta.map(([name, value]) => [
      element("dt", {}, element("bdi", {}, name)),
      element("dd", {}, element("bdi", {}, value)),
    ]);
    article.append(
      element("details", { class: "columns" }, element("summary", {}, word("columns")), element("dl", {}, rows)),
    );
  }
  return article;
}

// Only addresses of the web become links: a page's own "javascript:…" stays text.
function addressOf(url) {
  const text = element("bdi", {}, url.length > 60 ? url.slice(0, 60) + "…" : url);
  return /^https?:\/\//i.test(url) ? element("a", { href: url, rel: "noreferrer noopener" }, text) : text;
}

/** Neighbouring paragraphs of one kind together, in order. */
function runsOf(paragraphs) {
  const runs = [];
  for (const paragraph of paragraphs) {
    const last = runs.at(-1);
    if (last && inReport(last[0]) === inReport(paragraph)) last.push(paragraph);
    else runs.push([paragraph]);
  }
  return runs;
}

function foldElement(run) {
  const first = run[0][TEXT],
    open = !state.fold || (state.search && run.some((p) => found(state.search, p[TEXT])));
  const summary = element(
    "summary",
    {},
    `${word("outside")}: ${run.length} `,
    element("bdi", { class: "beginning" }, first.slice(0, 70)),
  );
  return element("details", { class: "boilerplate", open }, summary, run.map(paragraphElement));
}

function paragraphElement(paragraph) {
  const [label, score, text, spans] = paragraph;
  const node = element("p", { dir: direction(text) });
  let at = 0;
  for (const span of spans) {
    const mark = markOf(span, text);
    if (!mark) continue;
    node.append(text.slice(at, span[START]), mark);
    at = span[END];
  }
  node.append(text.slice(at));
  if (score !== null && score < 0.8)
    node.append(" ", element("small", { class: "doubt" }, `${word(label)} ${score.toFixed(2)}`));
  return node;
}

function markOf(span, text) {
  const thing = things[span[THING]];
  if (!labelPasses[span[THING]] || !(isStrong(span) || state.weak)) return null;
  const kind = [labelClass(thing.label), isStrong(span) ? "" : "weak", nameMatches[span[THING]] ? "" : "aside"].join(
    " ",
  );
  const mark = element(
    "mark",
    { class: kind.trim(), tabindex: "0", role: "button" },
    text.slice(span[START], span[END]),
  );
  mark.span = span;
  return mark;
}

// Matches are painted over the text (CSS custom highlights), which leaves the marks and the copied text as they are.
function highlightMatches() {
  if (!globalThis.Highlight || !CSS.highlights) return;
  const ranges = [];
  if (state.search) for (const node of byId("main").querySelectorAll(".text p")) ranges.push(...matchesIn(node));
  CSS.highlights.set("found", new Highlight(...ranges));
}

function matchesIn(node) {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT),
    pieces = [];
  for (let length = 0; walker.nextNode(); length += walker.currentNode.length)
    pieces.push([walker.currentNode, length]);
  const place = (offset) => {
    const [piece, start] = pieces.findLast(([, begin]) => begin <= offset);
    return [piece, offset - start];
  };
  state.search.lastIndex = 0; // matchAll would go on from where the last test ended
  return [...node.textContent.matchAll(state.search)].map((match) => {
    const range = document.createRange();
    range.setStart(...place(match.index));
    range.setEnd(...place(match.index + match[0].length));
    return range;
  });
}

function showTip(mark) {
  const tip = byId("tip"),
    thing = things[mark.span[THING]],
    score = mark.span[SPAN_SCORE];
  const rows = [[word("value"), valueOf(thing) ?? word("unread")]];
  if (score !== null) rows.push([word("score"), score.toFixed(2) + (isStrong(mark.span) ? "" : ` – ${word("below")}`)]);
  tip.replaceChildren(
    element("b", { class: labelClass(thing.label) }, words[`one ${thing.label}`] ?? thing.label),
    element(
      "dl",
      {},
      rows.map(([name, value]) => [element("dt", {}, name), element("dd", {}, element("bdi", {}, value))]),
    ),
  );
  tip.hidden = false;
  for (const described of document.querySelectorAll("mark[aria-describedby]"))
    described.removeAttribute("aria-describedby");
  mark.setAttribute("aria-describedby", "tip");
  const line = mark.getClientRects()[0],
    width = tip.offsetWidth,
    height = tip.offsetHeight;
  const left = Math.min(
    Math.max(8, line.left + line.width / 2 - width / 2),
    document.documentElement.clientWidth - width - 8,
  );
  const above = line.top - height - 6;
  tip.style.left = `${left + scrollX}px`;
  tip.style.top = `${(above > 8 ? above : line.bottom + 6) + scrollY}px`;
}

function hideTip() {
  byId("tip").hidden = true;
}
