// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// compare.js - two measurements (files of `escapement measure`), each number as a pair of bars.
//
// A bar is the median of the runs, the mark over it goes from the least to the most.
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

  function chart(name, sets) {
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
        .text(format(name, medians[i]));
    });
    const [before, after] = medians;
    const noise =
      before !== after && d3.max(sets[0]) >= d3.min(sets[1]) && d3.max(sets[1]) >= d3.min(sets[0]);
    const better = noise || before === after ? "same" : after < before ? "better" : "worse";
    const figure = element("figure", "pair"),
      caption = element("figcaption");
    caption.append(
      element("span", "metric", names[name] || name),
      element("span", `change ${better}`, `${noise ? "~ " : ""}${change(before, after)}`),
    );
    caption.append(
      element("span", "hidden", `: ${format(name, before)} before, ${format(name, after)} after`),
    );
    figure.append(caption, svg.node());
    return figure;
  }

  function start() {
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
      .replaceChildren(...usable.map((name) => chart(name, [one.metrics[name], two.metrics[name]])));
  }

  return { start };
})();
