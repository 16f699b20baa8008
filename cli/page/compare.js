// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// compare.js - two measurements (files of `escapement measure`), each number as a pair of bars: of the whole program, of its
// size classes, of its places, the places also as two treemaps on one scale; and two compiles, each verdict that changed.
//
// A bar is the median of the runs, the mark over it goes from the least to the most. Classes and places have one number each.
"use strict";

const compare = (() => {
  const BAR = 14,
    GAP = 4,
    LABEL = 52,
    VALUE = 96;
  const seconds = new Set(["user", "sys", "cpu", "wall"]);
  const names = {
    allocs: "Allocations",
    frees: "Frees",
    reallocs: "Reallocations",
    bytes: "Bytes allocated",
    "heap.peak": "Heap, at most",
    "rss.peak": "Resident set, at most",
    faults: "Page faults",
    "faults.major": "Page faults with input",
    user: "CPU, program",
    sys: "CPU, kernel",
    cpu: "CPU",
    wall: "Time",
  };

  function format(name, value) {
    if (seconds.has(name))
      return value < 1 ? `${(1000 * value).toFixed(value < 0.1 ? 2 : 1)} ms` : `${value.toFixed(2)} s`;
    if (name === "bytes" || name.endsWith(".peak")) return model.bytes(value);
    return model.count(value);
  }

  function change(before, after) {
    if (before === after) return "the same";
    if (before === 0) return "new";
    const percent = (100 * (after - before)) / before;
    return `${percent > 0 ? "+" : "−"}${Math.abs(percent).toFixed(1)} %`;
  }

  // `show`: a number as a text; `title` stands above the bars.
  function chart(title, sets, show) {
    const width = 340,
      height = 2 * BAR + GAP,
      medians = sets.map((set) => d3.median(set));
    const scale = d3
      .scaleLinear()
      .domain([0, d3.max(sets.map((set) => d3.max(set))) || 1])
      .range([0, width - LABEL - VALUE]);
    const svg = d3
      .create("svg")
      .attr("viewBox", `0 0 ${width} ${height}`)
      .attr("aria-hidden", "true")
      .attr("class", "bars");
    sets.forEach((set, i) => {
      const y = i * (BAR + GAP),
        middle = y + BAR / 2;
      svg
        .append("text")
        .attr("x", 0)
        .attr("y", middle + 4)
        .text(i ? "after" : "before");
      svg
        .append("rect")
        .attr("class", i ? "after" : "before")
        .attr("x", LABEL)
        .attr("y", y)
        .attr("height", BAR)
        .attr("rx", 2)
        .attr("width", Math.max(1, scale(medians[i])));
      if (set.length > 1)
        svg
          .append("line")
          .attr("class", "spread")
          .attr("x1", LABEL + scale(d3.min(set)))
          .attr("x2", LABEL + scale(d3.max(set)))
          .attr("y1", middle)
          .attr("y2", middle);
      svg
        .append("text")
        .attr("class", "value")
        .attr("x", width)
        .attr("y", middle + 4)
        .attr("text-anchor", "end")
        .text(show(medians[i]));
    });
    const [before, after] = medians;
    const noise =
      before !== after && d3.max(sets[0]) >= d3.min(sets[1]) && d3.max(sets[1]) >= d3.min(sets[0]);
    const better = noise || before === after ? "same" : after < before ? "better" : "worse";
    const figure = element("figure", "pair"),
      caption = element("figcaption");
    caption.append(
      element("span", "metric", title),
      element("span", `change ${better}`, `${noise ? "~ " : ""}${change(before, after)}`),
    );
    caption.append(
      element("span", "hidden", `: ${show(before)} before, ${show(after)} after`),
    );
    figure.append(caption, svg.node());
    return figure;
  }

  // ---- classes and places

  const MOST = 12, // pairs of bars
    AREAS = 60; // of a treemap; the rest is one

  // [{name, values: [before, after]}], the largest first; `key` tells what is the same thing, `value` its number.
  function matched(lists, key, name, value) {
    const all = new Map();
    lists.forEach((list, which) => {
      for (const item of list || []) {
        const at = key(item);
        if (!all.has(at)) all.set(at, { name: "", values: [0, 0] });
        all.get(at).name = name(item); // as it is called now
        all.get(at).values[which] += value(item);
      }
    });
    return Array.from(all.values())
      .filter((pair) => d3.max(pair.values) > 0)
      .sort((a, b) => d3.max(b.values) - d3.max(a.values));
  }

  function drawPairs(part, pairs, show, words) {
    part.hidden = false;
    const left = pairs.length - MOST;
    part.querySelector(".note").textContent =
      words + (left > 0 ? ` The ${MOST} largest of ${pairs.length} are drawn as bars.` : "");
    part
      .querySelector(".charts")
      .replaceChildren(...pairs.slice(0, MOST).map((pair) => chart(pair.name, pair.values.map((v) => [v]), show)));
  }

  function drawClasses(one, two) {
    const pairs = matched(
      [one.classes, two.classes],
      (item) => item.size,
      (item) => (item.size ? `up to ${model.bytes(item.size)}` : "larger"),
      (item) => item.allocs,
    );
    if (pairs.length)
      drawPairs(document.getElementById("compare-classes"), pairs, model.count, "A class is what the allocator rounds a size up to.");
  }

  // Lines move, so a place is its file, its function and the way to the allocator.
  function placeKey(site) {
    return [site.place.replace(/:\d+$/, ""), site.function, site.via].join("\n");
  }

  function drawPlaces(one, two) {
    if (!one.sites || !two.sites) return;
    const pairs = matched(
      [one.sites, two.sites],
      placeKey,
      (site) => (site.function ? `${site.function}, ${site.place}` : site.place),
      (site) => site.bytes,
    );
    if (!pairs.length) return;
    const part = document.getElementById("compare-sites"),
      sampled = Math.max(one.sample_bytes || 0, two.sample_bytes || 0) > 1;
    drawPairs(part, pairs, model.bytes, `Of one run of each${sampled ? ", estimated from a sample" : ", every allocation"}.`);
    const most = d3.max([0, 1].map((which) => d3.sum(pairs, (pair) => pair.values[which])));
    part.querySelector(".maps").replaceChildren(map("Before", pairs, 0, most), map("After", pairs, 1, most));
  }

  // One scale for both: an area of the same size is the same number of bytes.
  function map(title, pairs, which, most) {
    const width = 640,
      total = d3.sum(pairs, (pair) => pair.values[which]),
      height = Math.max(1, Math.round((300 * total) / most));
    const shown = pairs.filter((pair) => pair.values[which] > 0).sort((a, b) => b.values[which] - a.values[which]);
    const rest = d3.sum(shown.slice(AREAS), (pair) => pair.values[which]),
      leaves = shown.slice(0, AREAS);
    if (rest) leaves.push({ name: `${shown.length - AREAS} smaller places`, values: [rest, rest] });
    const root = d3.hierarchy({ children: leaves }).sum((leaf) => (leaf.values ? leaf.values[which] : 0));
    d3.treemap().size([width, height]).padding(1)(root);
    const svg = d3
      .create("svg")
      .attr("viewBox", `0 0 ${width} 300`)
      .attr("role", "img")
      .attr("aria-label", `${title}: ${model.bytes(total)} of ${model.several(shown.length, "place", "places")}; the bars below have the numbers`);
    const cells = svg
      .selectAll("g")
      .data(root.children ? root.leaves() : [])
      .join("g")
      .attr("class", (node) => {
        const [before, after] = node.data.values;
        return `cell ${after > before ? "more" : after < before ? "fewer" : "same"}`;
      })
      .attr("transform", (node) => `translate(${node.x0},${node.y0})`);
    cells
      .append("rect")
      .attr("width", (node) => node.x1 - node.x0)
      .attr("height", (node) => node.y1 - node.y0);
    cells.append("title").text((node) => `${node.data.name}: ${node.data.values.map(model.bytes).join(" before, ")} after`);
    cells
      .filter((node) => node.x1 - node.x0 > 70 && node.y1 - node.y0 > 18)
      .append("text")
      .attr("x", 4)
      .attr("y", 13)
      .text((node) => node.data.name.slice(0, Math.floor((node.x1 - node.x0 - 8) / 6.6)));
    const figure = element("figure", null, null, element("figcaption", null, `${title}: ${model.bytes(total)}`));
    figure.append(svg.node());
    return figure;
  }

  // ---- verdicts

  const worse = new Set(["worse", "new, on the heap"]),
    better = new Set(["better", "new, not on the heap"]);

  function entryOf(change) {
    return model.entries.find(
      (entry) =>
        entry.line === change.line &&
        entry.col === change.col &&
        entry.expression === change.expression &&
        (model.fileName(entry.file) === change.file || model.fileName(entry.file).endsWith(`/${change.file}`)),
    );
  }

  function drawChange(change, open) {
    const place = change.line ? `${change.file}:${change.line}` : change.file,
      kind = worse.has(change.change) ? "worse" : better.has(change.change) ? "better" : "same",
      entry = change.after ? entryOf(change) : null;
    const what = entry ? element("button", "link", place) : element("code", null, place);
    if (entry) {
      what.type = "button";
      what.addEventListener("click", () => open(entry));
    }
    const item = element("li", null, null, element("span", `change ${kind}`, change.change), what);
    item.append(` ${change.expression} in ${change.function}: `);
    item.append(
      change.before && change.after
        ? `${change.before} → ${change.after}`
        : change.after || `was: ${change.before}`,
    );
    return item;
  }

  function drawChanges(open) {
    const changes = model.data.changes;
    if (!changes) return;
    const bad = changes.filter((change) => worse.has(change.change)).length;
    document.getElementById("changes").hidden = false;
    document.getElementById("changes-note").textContent = changes.length
      ? `${model.several(changes.length, "allocation", "allocations")} of the source; ${bad || "none"} more on the heap than before.`
      : "The two compiles say the same of every allocation.";
    document.getElementById("changes-list").hidden = !changes.length;
    document.getElementById("changes-list").replaceChildren(...changes.map((change) => drawChange(change, open)));
  }

  function start(open) {
    drawChanges(open);
    const { before, after } = model.data;
    if (!before || !after) return;
    const one = before.measured,
      two = after.measured;
    const shared = Object.keys(names).filter((name) => one.metrics[name] && two.metrics[name]);
    const others = Object.keys(one.metrics).filter((name) => !names[name] && two.metrics[name]);
    const usable = [...shared, ...others].filter((name) =>
      [one, two].every((m) => Array.isArray(m.metrics[name]) && m.metrics[name].length),
    );
    document.getElementById("compare").hidden = false;
    document.getElementById("compare-note").textContent = usable.length
      ? `Medians of ${one.metrics[usable[0]].length} and ${two.metrics[usable[0]].length} runs; ` +
        `less is better, ~ is within the spread of the runs.` +
        ` Before: ${one.command || "?"}. After: ${two.command || "?"}.`
      : "The two files measure nothing in common.";
    document
      .getElementById("compare-charts")
      .replaceChildren(
        ...usable.map((name) =>
          chart(names[name] || name, [one.metrics[name], two.metrics[name]], (value) => format(name, value)),
        ),
      );
    drawClasses(one, two);
    drawPlaces(one, two);
  }

  return { start };
})();
