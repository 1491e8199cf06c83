// Who, where, when and how many over all listed pages, from report paragraphs only.

const SHOWN = 12; // Rows of a list before the rest is folded.

/** Mentions by thing, and which places and times stand with which actor: {thing: {thing: paragraphs}}. */
function gather() {
  const mentions = new Map(),
    together = new Map();
  let listed = 0,
    paragraphs = 0;
  pages.forEach((page, number) => {
    if (!counted[number]) return;
    listed += 1;
    for (const paragraph of page.paragraphs) {
      if (!inReport(paragraph)) continue;
      const present = paragraph[SPANS].filter(passes).map((span) => span[THING]);
      // With a name asked for, the summary is of the paragraphs that hold it: what it stands with.
      if (state.name && !present.some((thing) => nameMatches[thing])) continue;
      paragraphs += 1;
      for (const thing of present) mentions.set(thing, (mentions.get(thing) ?? 0) + 1);
      const once = [...new Set(present)],
        others = once.filter((thing) => ["LOCATION", "TIME"].includes(things[thing].label));
      for (const actor of once) {
        if (things[actor].label !== "ACTOR") continue;
        if (!together.has(actor)) together.set(actor, new Map());
        const row = together.get(actor);
        for (const other of others) row.set(other, (row.get(other) ?? 0) + 1);
      }
    }
  });
  const ranked = [...mentions].sort((a, b) => b[1] - a[1]);
  const of = (label) => ranked.filter(([thing]) => things[thing].label === label);
  return { listed, paragraphs, mentions, together, of };
}

function summaryElement() {
  const facts = gather();
  const totals = labels.map((label) => {
    const all = facts.of(label);
    return tile(
      word(label),
      all.reduce((sum, [, count]) => sum + count, 0),
      labelClass(label),
    );
  });
  const other = labels.slice(4).map((label) => section(word(label), nameList(facts.of(label)), "half"));
  return element(
    "article",
    { class: "summary", "aria-labelledby": "summary-title" },
    element(
      "header",
      {},
      element("h2", { id: "summary-title" }, word("summary")),
      element("p", { class: "facts" }, word("summary note")),
    ),
    element(
      "ul",
      { class: "tiles" },
      tile(word("pages"), facts.listed),
      tile(word("report paragraphs"), facts.paragraphs),
      totals,
    ),
    section(word("actors"), nameList(facts.of("ACTOR")), "half"),
    section(word("places"), nameList(facts.of("LOCATION")), "half"),
    section(word("map"), mapElement(facts.of("LOCATION"))),
    section(word("times"), timeLine(facts.of("TIME"))),
    section(word("counts"), countTable(facts.of("COUNT"))),
    section(word("together"), togetherTable(facts), ""),
    other,
  );
}

function section(title, content, kind = "") {
  const id = `section-${title.replace(/\s+/g, "-")}`;
  return element(
    "section",
    { class: kind, "aria-labelledby": id },
    element("h3", { id }, title),
    content ?? element("p", { class: "notice" }, word("nothing")),
  );
}

function tile(name, count, kind = "") {
  return element("li", { class: kind }, element("b", {}, count.toLocaleString("en")), element("span", {}, name));
}

/** A button that filters by the name. */
function nameButton(name) {
  return element("button", { type: "button", class: "name", "data-name": name }, element("bdi", {}, name));
}

/** Names with bars as long as they are often mentioned. */
function nameList(ranked) {
  if (!ranked.length) return null;
  const rowOf = ([thing, count]) => {
    const bar = element("span", { class: `bar ${labelClass(things[thing].label)}` });
    bar.style.setProperty("--share", count / ranked[0][1]);
    return element("li", {}, nameButton(things[thing].name), bar, element("span", { class: "figure" }, String(count)));
  };
  return folded(ranked, (some) => element("ol", { class: "bars" }, some.map(rowOf)));
}

/** The first rows, and the rest in a fold that is filled when it is opened (1,000 at most: the filter finds the others). */
function folded(rows, wrap) {
  if (rows.length <= SHOWN + 3) return [wrap(rows)];
  const rest = element("details", {}, element("summary", {}, `${word("more")}: ${rows.length - SHOWN}`));
  rest.addEventListener("toggle", () => rest.append(wrap(rows.slice(SHOWN, 1000))), { once: true });
  return [wrap(rows.slice(0, SHOWN)), rest];
}

function countTable(ranked) {
  if (!ranked.length) return null;
  const groups = new Map();
  for (const [number, count] of ranked) {
    const thing = things[number],
      key = thing.group ?? null;
    if (!groups.has(key))
      groups.set(key, { mentions: 0, unit: thing.unit, read: thing.group !== undefined, amounts: new Map() });
    const group = groups.get(key);
    group.mentions += count;
    const amount = thing.amount ?? thing.name,
      known = group.amounts.get(amount);
    group.amounts.set(amount, { size: thing.size ?? 0, count: count + (known?.count ?? 0), name: thing.name });
  }
  const rowOf = (group) => {
    const amounts = [...group.amounts].sort((a, b) => b[1].size - a[1].size).slice(0, 8);
    const rest = group.amounts.size - amounts.length;
    return element(
      "tr",
      {},
      element(
        "th",
        { scope: "row" },
        group.unit ? element("bdi", {}, group.unit) : word(group.read ? "no unit" : "unread"),
      ),
      element("td", { class: "figure" }, String(group.mentions)),
      element(
        "td",
        {},
        element(
          "ul",
          { class: "inline" },
          amounts.map(([amount, { count, name }]) => linked(name, amount, count)),
        ),
        rest ? ` + ${rest}` : null,
      ),
    );
  };
  return folded(
    [...groups.values()].sort((a, b) => b.mentions - a.mentions),
    (some) => table([word("unit"), word("mentions"), word("amounts")], some.map(rowOf)),
  );
}

function togetherTable({ together, mentions }) {
  const rows = [...together]
    .filter(([, others]) => others.size)
    .sort((a, b) => mentions.get(b[0]) - mentions.get(a[0]));
  const rowOf = ([actor, others]) => {
    const cell = (label) => {
      const some = [...others]
        .filter(([thing]) => things[thing].label === label)
        .sort((a, b) => b[1] - a[1])
        .slice(0, 5);
      return element(
        "td",
        {},
        element(
          "ul",
          { class: "inline" },
          some.map(([thing, count]) => linked(things[thing].name, things[thing].name, count)),
        ),
      );
    };
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, nameButton(things[actor].name)),
      cell("LOCATION"),
      cell("TIME"),
    );
  };
  if (!rows.length) return null;
  return [
    element("p", { class: "notice" }, word("together note")),
    ...folded(rows, (some) => table([word("actor"), word("place"), word("time")], some.map(rowOf))),
  ];
}

function linked(name, shown, count) {
  const button = element("button", { type: "button", class: "name", "data-name": name }, element("bdi", {}, shown));
  return element("li", {}, button, count > 1 ? element("span", { class: "figure", dir: "ltr" }, `×${count}`) : null);
}

function table(headings, rows) {
  const head = element(
    "tr",
    {},
    headings.map((heading) => element("th", { scope: "col" }, heading)),
  );
  return element("table", {}, element("thead", {}, head), element("tbody", {}, rows));
}
