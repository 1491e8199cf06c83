// Which part is shown (by the address after #), and what the reader's hands do.

function shownPage() {
  const number = Number(/^#page-(\d+)$/.exec(location.hash)?.[1] ?? 1) - 1;
  return Math.min(Math.max(0, number), pages.length - 1);
}

/** Draws what the address names: the summary, or one page (the only one in the document, however many there are). */
function show() {
  hideTip();
  const summary = location.hash === "#summary",
    number = shownPage(),
    shown = byId("shown");
  document.body.classList.toggle("on-summary", summary);
  byId(summary ? "to-summary" : "to-pages").setAttribute("aria-current", "page");
  byId(summary ? "to-pages" : "to-summary").removeAttribute("aria-current");
  document.querySelector("#list [aria-current]")?.removeAttribute("aria-current");
  if (summary) {
    shown.replaceChildren(summaryElement());
    return;
  }
  byId("to-pages").setAttribute("href", `#page-${number + 1}`);
  items[number]?.link.setAttribute("aria-current", "page");
  items[number]?.link.scrollIntoView({ block: "nearest" });
  const listed = pages.map((_, at) => at).filter((at) => counted[at]);
  const way = (at, name) => (at === undefined ? null : element("a", { href: `#page-${at + 1}` }, word(name)));
  const steps = element(
    "p",
    { class: "steps" },
    way(
      listed.findLast((at) => at < number),
      "previous",
    ),
    way(
      listed.find((at) => at > number),
      "next",
    ),
  );
  shown.replaceChildren(
    ...(listed.length ? [pageElement(number), steps] : [element("p", { class: "notice" }, word("none"))]),
  );
  highlightMatches();
}

function filter() {
  readFilters();
  updateList();
  byId("least").textContent = state.minimum.toFixed(2);
  // The page that is open may be filtered out: the first that is listed takes its place.
  const first = counted.findIndex(Boolean);
  if (location.hash !== "#summary" && first >= 0 && !counted[shownPage()])
    history.replaceState(null, "", `#page-${first + 1}`);
  show();
  byId("main").removeAttribute("aria-busy");
}

/** Filters by the name, or no longer, and gives the focus to what stands in the place of the thing pressed. */
function filterByName(name, pressed) {
  const field = byId("name");
  field.value = field.value === name ? "" : name;
  filter();
  const again = [...byId("main").querySelectorAll("mark, button[data-name]")];
  again.find((node) => (pressed.span ? node.span === pressed.span : node.dataset.name === name))?.focus();
}

function buildFilters() {
  byId("labels").append(
    ...labels.map((label) => {
      const button = element(
        "button",
        { type: "button", class: labelClass(label), "aria-pressed": "true" },
        word(label),
      );
      button.addEventListener("click", () => {
        const off = !state.off.delete(label);
        if (off) state.off.add(label);
        button.setAttribute("aria-pressed", String(!off));
        filter();
      });
      return button;
    }),
  );
  const mentions = new Map();
  for (const page of pages)
    for (const p of page.paragraphs)
      for (const span of p[SPANS]) mentions.set(span[THING], (mentions.get(span[THING]) ?? 0) + 1);
  const often = [...mentions].sort((a, b) => b[1] - a[1]).slice(0, 400);
  byId("names").append(
    ...[...new Set(often.map(([thing]) => things[thing].name))].map((name) => element("option", { value: name })),
  );
}

/** All listed pages at once, for as long as the print dialogue is open. */
function printListed() {
  const numbers = pages.map((_, number) => number).filter((number) => counted[number]);
  if (location.hash !== "#summary") byId("shown").replaceChildren(...numbers.map(pageElement));
  globalThis.print();
  show();
}

function listen() {
  let waiting = 0;
  byId("filters").addEventListener("input", () => {
    clearTimeout(waiting);
    byId("main").setAttribute("aria-busy", "true");
    waiting = setTimeout(filter, 80); // One redrawing for a few quick keys.
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => {
    state.off.clear();
    for (const button of byId("labels").querySelectorAll("button")) button.setAttribute("aria-pressed", "true");
    setTimeout(filter); // After the fields have their first values again.
  });
  const header = document.querySelector("body > header");
  new ResizeObserver(() => document.documentElement.style.setProperty("--top", `${header.offsetHeight}px`)).observe(
    header,
  );
  byId("print").addEventListener("click", printListed);
  addEventListener("hashchange", () => {
    show();
    scrollTo(0, 0);
  });
  const main = byId("main"),
    markAt = (event) => event.target.closest?.("mark");
  main.addEventListener("mouseover", (event) => (markAt(event) ? showTip(markAt(event)) : hideTip()));
  main.addEventListener("mouseleave", hideTip);
  main.addEventListener("focusin", (event) => markAt(event) && showTip(markAt(event)));
  main.addEventListener("focusout", hideTip);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") hideTip();
    if ((event.key === "Enter" || event.key === " ") && markAt(event)) {
      event.preventDefault();
      filterByName(things[markAt(event).span[THING]].name, markAt(event));
    }
  });
  main.addEventListener("click", (event) => {
    const mark = markAt(event),
      button = event.target.closest("button[data-name]");
    if (mark && !String(getSelection())) filterByName(things[mark.span[THING]].name, mark);
    if (button) filterByName(button.dataset.name, button);
  });
}

for (const node of document.querySelectorAll("[data-word]")) node.prepend(word(node.dataset.word));
buildFilters();
buildList();
listen();
filter();
