// The map and the time line, drawn as SVG from the data alone.

const MAP_WIDTH = 760,
  MAP_HEIGHT = 400,
  INSET_WIDTH = 150,
  INSET_HEIGHT = 75;

/** Places as circles over the place table's own points, which show the world's shape; zoomed to what is mentioned. */
function mapElement(ranked) {
  const spots = new Map();
  let unplaced = 0;
  for (const [number, count] of ranked) {
    const { at, name } = things[number];
    if (!at) {
      unplaced += 1;
      continue;
    }
    const key = at.join();
    if (!spots.has(key)) spots.set(key, { at, count: 0, names: [] });
    const spot = spots.get(key);
    spot.count += count;
    spot.names.push(name);
  }
  if (!spots.size) return null;
  const drawn = [...spots.values()].sort((a, b) => b.count - a.count),
    window = windowAround(drawn);
  const map = svg("svg", {
    viewBox: `0 0 ${MAP_WIDTH} ${MAP_HEIGHT}`,
    class: "map",
    role: "img",
    "aria-label": `${word("map")}: ${drawn
      .map((spot) => spot.names[0])
      .slice(0, 20)
      .join("، ")}`,
  });
  map.append(svg("path", { class: "land", d: dots(data.map.points.map(window.place)) }));
  // Boxes already written on, the inset's first; a name that would run into one is left out.
  const taken = [[0, MAP_HEIGHT - INSET_HEIGHT - 16, INSET_WIDTH + 16, MAP_HEIGHT]];
  const circles = drawn.map((spot) => {
    const [x, y] = window.place(spot.at),
      radius = Math.max(2.5, 17 * Math.sqrt(spot.count / drawn[0].count));
    return { ...spot, x, y, radius };
  });
  // The largest come first, so that their names are written first; they are drawn last to first, small ones on top.
  const written = circles.map((spot) => nameOnMap(spot.names[0], spot.x, spot.y - spot.radius - 6, "mentioned", taken));
  for (const [latitude, longitude, name] of data.map.capitals) {
    const [x, y] = window.place([latitude, longitude]);
    written.push(nameOnMap(name, x, y - 6, "around", taken));
  }
  for (const { x, y, radius, at, names, count } of circles) {
    const circle = svg("circle", { cx: x, cy: y, r: radius, class: at[2] ? "exact" : "country" });
    map.append(svg("g", {}, svg("title", {}, `${names.join("، ")}: ${count}`), circle));
  }
  map.append(...written.filter(Boolean), inset(window, drawn));
  const note = word("map note") + (unplaced ? ` ${word("unplaced")}: ${unplaced}.` : "");
  return element("figure", {}, map, element("figcaption", {}, note));
}

/** The stretch of the globe where most mentions lie, with room around, and its projection onto the drawing. */
function windowAround(spots) {
  const side = (axis) => bulk(spots.flatMap(({ at, count }) => Array(count).fill(at[axis])).sort((a, b) => a - b));
  const [south, north] = side(0),
    [west, east] = side(1),
    middle = [(south + north) / 2, (west + east) / 2];
  // Equirectangular, true to scale at the middle parallel.
  const shrink = Math.max(0.3, Math.cos((middle[0] * Math.PI) / 180));
  const high = Math.max(9, 1.35 * (north - south), (1.25 * (east - west) * shrink * MAP_HEIGHT) / MAP_WIDTH);
  const scale = MAP_HEIGHT / high;
  const place = ([latitude, longitude]) => [
    Math.round(10 * (MAP_WIDTH / 2 + (longitude - middle[1]) * shrink * scale)) / 10,
    Math.round(10 * (MAP_HEIGHT / 2 - (latitude - middle[0]) * scale)) / 10,
  ];
  return { place, middle, high, wide: (high * MAP_WIDTH) / MAP_HEIGHT / shrink };
}

/** Points as one path of dots: thousands of elements would be slow. */
function dots(points) {
  return points.map(([x, y]) => `M${x} ${y}h0`).join("");
}

function nameOnMap(name, x, y, kind, taken) {
  const half = 4 * name.length,
    box = [x - half, y - 13, x + half, y + 4];
  if (box[0] < 0 || box[1] < 0 || box[2] > MAP_WIDTH || box[3] > MAP_HEIGHT) return null;
  if (taken.some(([left, top, right, bottom]) => box[0] < right && box[2] > left && box[1] < bottom && box[3] > top))
    return null;
  taken.push(box);
  return svg("text", { x, y, class: kind, direction: direction(name) }, name);
}

/** The whole world, small, with all places mentioned and a frame around what the map shows. */
function inset({ middle, high, wide }, spots) {
  const width = INSET_WIDTH,
    height = INSET_HEIGHT,
    x = (longitude) => ((longitude + 180) / 360) * width,
    y = (latitude) => ((90 - latitude) / 180) * height;
  const place = ([latitude, longitude]) => [x(longitude).toFixed(1), y(latitude).toFixed(1)];
  const left = Math.max(-180, middle[1] - wide / 2),
    right = Math.min(180, middle[1] + wide / 2);
  const top = Math.min(90, middle[0] + high / 2),
    bottom = Math.max(-90, middle[0] - high / 2);
  return svg(
    "g",
    { class: "inset", transform: `translate(8 ${MAP_HEIGHT - height - 8})` },
    svg("rect", { class: "sea", width, height, rx: 4 }),
    svg("path", { class: "land", d: dots(data.map.points.map(place)) }),
    svg("path", { class: "land mentioned", d: dots(spots.map(({ at }) => place(at))) }),
    svg("rect", { class: "frame", x: x(left), y: y(top), width: x(right) - x(left), height: y(bottom) - y(top) }),
  );
}

const DAY = 86400000;
// Steps of the time line: the first that needs few enough bars is taken.
const STEPS = [
  { days: 1, name: (day) => day, next: (day) => shifted(day, 0, 1) },
  { days: 31, name: (day) => day.slice(0, 7), next: (day) => shifted(day, 1, 0) },
  { days: 366, name: (day) => day.slice(0, 4), next: (day) => shifted(day, 12, 0) },
  { days: 3653, name: (day) => day.slice(0, 3) + "X", next: (day) => shifted(day, 120, 0) },
];
const BARS = 45;

function shifted(day, months, days) {
  const date = new Date(`${day}T00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months, date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The shortest stretch that holds nine tenths of the sorted numbers, so that a few far out don't set the scale. */
function bulk(numbers) {
  const held = numbers.length - Math.max(numbers.length > 3 ? 1 : 0, Math.floor(numbers.length / 10));
  let best = 0;
  for (let first = 0; first + held <= numbers.length; first += 1) {
    if (numbers[first + held - 1] - numbers[first] < numbers[best + held - 1] - numbers[best]) best = first;
  }
  return [numbers[best], numbers[best + held - 1]];
}

/** Mentions by day, month, year or decade. What few mentions scatter far outside is added up at either end. */
function timeLine(ranked) {
  const dated = ranked
    .filter(([thing]) => things[thing].when)
    .map(([thing, count]) => ({
      count,
      name: things[thing].name,
      first: things[thing].when[0],
      last: things[thing].when[1],
    }));
  if (!dated.length)
    return ranked.length ? element("p", { class: "notice" }, `${word("undated")}: ${ranked.length}`) : null;
  const days = ({ first, last }) => (Date.parse(last) - Date.parse(first)) / DAY + 1;
  // Days and months set the scale; «the nineties» would stretch it, and are told below it.
  const short = dated.filter((time) => days(time) <= 31),
    measure = short.length ? short : dated;
  const all = measure.flatMap((time) => Array(time.count).fill(Date.parse(time.first))).sort((a, b) => a - b);
  const close = all.at(-1) - all[0] < BARS * DAY;
  const [from, to] = (close ? [all[0], all.at(-1)] : bulk(all)).map((moment) =>
    new Date(moment).toISOString().slice(0, 10),
  );
  const step = STEPS.find(({ days }) => (Date.parse(to) - Date.parse(from)) / DAY / days < BARS) ?? STEPS.at(-1);
  const start = {
    1: from,
    31: `${from.slice(0, 7)}-01`,
    366: `${from.slice(0, 4)}-01-01`,
    3653: `${from.slice(0, 3)}0-01-01`,
  }[step.days];
  const bars = [];
  for (let day = start; day <= to && bars.length <= 2 * BARS; day = step.next(day))
    bars.push({ name: step.name(day), count: 0, from: day });
  const before = { name: word("earlier"), count: 0 },
    after = { name: word("later"), count: 0 },
    end = step.next(bars.at(-1).from),
    periods = [];
  for (const time of dated) {
    if (days(time) > step.days) periods.push(time);
    else if (time.first < start) before.count += time.count;
    else if (time.first >= end) after.count += time.count;
    else bars.findLast((bar) => bar.from <= time.first).count += time.count;
  }
  const columns = [...(before.count ? [before] : []), ...bars, ...(after.count ? [after] : [])];
  const highest = Math.max(1, ...columns.map(({ count }) => count)),
    every = Math.ceil(columns.length / 9);
  const list = columns.map(({ name, count, from }, number) => {
    const bar = element("span", { class: "column label-TIME" });
    bar.style.setProperty("--share", count / highest);
    const shown = from === undefined || number % every === 0;
    const figure = element("span", { class: "figure" }, count ? String(count) : "");
    return element(
      "li",
      { class: count ? null : "zero" },
      figure,
      bar,
      from !== undefined && count
        ? element(
            "button",
            {
              type: "button",
              class: `name ${shown ? "" : "brief"}`,
              "data-name": name,
              "aria-label": `${name}: ${count}`,
            },
            element("bdi", {}, shown ? name : "·"),
          )
        : element("span", { class: "name" }, shown ? name : "·"),
    );
  });
  const rest = ranked.length - dated.length;
  return [
    element("ol", { class: "columns-chart" }, list),
    periods.length
      ? element(
          "p",
          { class: "notice" },
          `${word("periods")}: `,
          element(
            "ul",
            { class: "inline" },
            periods.slice(0, 12).map(({ name, count }) => linked(name, name, count)),
          ),
        )
      : null,
    rest ? element("p", { class: "notice" }, `${word("undated")}: ${rest}`) : null,
  ];
}
