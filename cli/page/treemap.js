// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// treemap.js - areas for places, in groups; and the same as a table.
//
// One stop of the Tab key: the arrows go from area to area, Enter opens the place. Of very many places the
// largest are drawn, the rest of each group is one area; where all are alike, those of a file (or of a reason) are
// one area together.
"use strict";

const treemap = (() => {
  const MOST = 400; // areas; below a pixel or two nobody sees or hits one
  const ALIKE = 80; // of one size; more of them have no room for their names
  const HEAD = 20,
    LETTER = 6.7,
    LINE = 14; // of the group's name; of the labels' font (page.css)
  let chosen = { weight: model.weights[0], group: "reason" };
  let current = 0; // the area that has the focus when the treemap gets it
  let open = () => {};

  function groupOf(entry) {
    return chosen.group === "file" ? model.fileName(entry.file) : model.reasonOf(entry);
  }

  function otherOf(entry) {
    return chosen.group === "file" ? model.reasonOf(entry) : model.fileName(entry.file);
  }

  // Areas of one entry each, or of several: {value, category, entry} or {value, category, count, name, other}.
  function leafOf(group, entry, rank, alike) {
    if (!alike && rank < MOST) return { entry, category: entry.category };
    const other = alike ? otherOf(entry) : null,
      key = other === null ? "" : other;
    if (group.shared.has(key)) return group.shared.get(key);
    const made = { count: 0, category: entry.category, value: 0, name: group.name, other };
    group.shared.set(key, made);
    return made;
  }

  // [{name, value, count, children: [leaf...]}], the largest first.
  function grouped() {
    const weight = chosen.weight;
    const entries = model.entries
      .filter((entry) => weight.value(entry) > 0)
      .sort((a, b) => weight.value(b) - weight.value(a));
    const alike = !model.data.profile && entries.length > ALIKE,
      groups = new Map();
    entries.forEach((entry, rank) => {
      const name = groupOf(entry);
      if (!groups.has(name)) groups.set(name, { name, value: 0, count: 0, children: [], shared: new Map() });
      const group = groups.get(name),
        leaf = leafOf(group, entry, rank, alike);
      if (!leaf.value) group.children.push(leaf);
      leaf.value = (leaf.value || 0) + weight.value(entry);
      if (!leaf.entry) leaf.count++;
      group.value += weight.value(entry);
      group.count++;
    });
    return Array.from(groups.values()).sort((a, b) => b.value - a.value);
  }

  function nameOf(leaf) {
    if (leaf.entry) return leaf.entry.place;
    return leaf.other === null ? `${model.count(leaf.count)} more` : leaf.other;
  }

  function cut(text, width) {
    const letters = Math.floor(width / LETTER);
    if (text.length <= letters) return text;
    return letters < 7 ? "" : `${text.slice(0, letters - 1)}…`;
  }

  // Of a font whose letters differ in width: as many as there is room for.
  function fit(text, width) {
    return function () {
      let letters = text.length;
      this.textContent = text;
      while (letters > 1 && this.getComputedTextLength() > width)
        this.textContent = `${text.slice(0, --letters - 1).trimEnd()}…`;
    };
  }

  // The end of a path tells more than its beginning.
  function cutPlace(place, width) {
    const letters = Math.floor(width / LETTER),
      short = place.slice(place.lastIndexOf("/") + 1);
    return place.length <= letters ? place : cut(short, width);
  }

  function describe(leaf) {
    const amount = `${chosen.weight.format(leaf.value)}, ${model.share(leaf.value, chosen.weight.total)}`;
    if (!leaf.entry) return `${nameOf(leaf)}: ${amount}, ${leaf.name}`;
    return `${leaf.entry.place} in ${leaf.entry.function || "an unknown function"}: ${amount}, ${leaf.entry.verdict || ""}`;
  }

  function labels(leaf, width) {
    const amount = cut(
      `${chosen.weight.format(leaf.value)} · ${model.share(leaf.value, chosen.weight.total)}`,
      width,
    );
    if (!leaf.entry) return [cutPlace(nameOf(leaf), width), amount];
    const all = [cutPlace(nameOf(leaf), width), cut(leaf.entry.function || "", width)];
    return model.data.profile ? all.concat(amount) : all;
  }

  function drawLabels(cell, node) {
    const width = node.x1 - node.x0 - 10,
      room = Math.floor((node.y1 - node.y0 - 4) / LINE);
    if (width < 4 * LETTER) return;
    labels(node.data, width)
      .slice(0, Math.max(0, room))
      .forEach((text, i) => {
        cell
          .append("text")
          .attr("x", 5)
          .attr("y", LINE * (i + 1) - 1)
          .attr("class", i === 0 ? "name" : null)
          .text(text);
      });
  }

  function draw() {
    const box = document.getElementById("treemap"),
      groups = grouped();
    box.replaceChildren();
    if (!groups.length) {
      box.append(
        element(
          "p",
          "empty",
          model.data.profile
            ? "Nothing is in use at the end: everything was freed."
            : "The report names no allocation.",
        ),
      );
      fillTable(groups);
      return;
    }
    const width = box.clientWidth,
      height = Math.round(Math.max(280, Math.min(560, width * 0.45)));
    const root = d3
      .hierarchy({ children: groups })
      .sum((d) => (d.children ? 0 : d.value))
      .sort((a, b) => b.value - a.value);
    d3
      .treemap()
      .size([width, height])
      .paddingInner((d) => (d.depth === 0 ? 6 : 2))
      .paddingTop((d) => (d.depth === 1 ? HEAD : 0))
      .round(true)(root);
    const svg = d3
      .select(box)
      .append("svg")
      .attr("viewBox", `0 0 ${width} ${height}`)
      .attr("width", width)
      .attr("height", height)
      .attr("role", "group")
      .attr("aria-label", "Areas by size; the arrow keys go from one to the next, Enter opens it");
    drawGroups(svg, root);
    drawCells(svg, root.leaves());
    fillTable(groups);
  }

  function drawGroups(svg, root) {
    for (const group of root.children) {
      const width = group.x1 - group.x0,
        text = `${group.data.name} · ${model.share(group.value, chosen.weight.total)}`;
      if (width < 9 * LETTER || group.y1 - group.y0 < HEAD) continue; // a letter or two tell nothing
      svg
        .append("text")
        .attr("class", "group")
        .attr("aria-hidden", "true")
        .attr("x", group.x0 + 2)
        .attr("y", group.y0 + 14)
        .each(fit(text, width - 6));
    }
  }

  function drawCells(svg, leaves) {
    current = Math.min(current, leaves.length - 1);
    leaves.forEach((node, index) => {
      const leaf = node.data;
      const cell = svg
        .append("g")
        .attr("class", `cell ${leaf.category}`)
        .attr("transform", `translate(${node.x0},${node.y0})`)
        .attr("role", "button")
        .attr("tabindex", index === current ? 0 : -1)
        .attr("aria-label", describe(leaf));
      cell.append("title").text(describe(leaf));
      cell
        .append("rect")
        .attr("width", Math.max(0, node.x1 - node.x0))
        .attr("height", Math.max(0, node.y1 - node.y0))
        .attr("rx", 2);
      drawLabels(cell, node);
      cell.on("click", () => press(leaf));
      cell.on("keydown", () => onKey(d3.event, leaves, index));
      cell.on("focus", () => (current = index));
    });
  }

  function press(leaf) {
    if (leaf.entry) return open({ entry: leaf.entry });
    const [reason, file] = chosen.group === "file" ? [leaf.other, leaf.name] : [leaf.name, leaf.other];
    open({ reason, file });
  }

  // The nearest area whose middle lies in that direction.
  function next(leaves, from, dx, dy) {
    const middle = (n) => [(n.x0 + n.x1) / 2, (n.y0 + n.y1) / 2],
      [x, y] = middle(leaves[from]);
    let best = from,
      distance = Infinity;
    leaves.forEach((node, index) => {
      const [nx, ny] = middle(node),
        along = (nx - x) * dx + (ny - y) * dy;
      const across = Math.abs((nx - x) * dy) + Math.abs((ny - y) * dx);
      if (index !== from && along > 0 && along + 2 * across < distance)
        ((distance = along + 2 * across), (best = index));
    });
    return best;
  }

  function onKey(event, leaves, index) {
    const arrows = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    const cells = document.querySelectorAll("#treemap .cell");
    let to = index;
    if (event.key === "Enter" || event.key === " ") press(leaves[index].data);
    else if (arrows[event.key]) to = next(leaves, index, ...arrows[event.key]);
    else if (event.key === "Home") to = 0;
    else if (event.key === "End") to = leaves.length - 1;
    else return;
    event.preventDefault();
    cells[index].setAttribute("tabindex", -1);
    cells[to].setAttribute("tabindex", 0);
    if (to !== index) cells[to].focus();
  }

  function fillTable(groups) {
    const table = element("table"),
      head = element("tr"),
      body = element("tbody");
    for (const name of [chosen.group === "file" ? "File" : "Reason", "Places", chosen.weight.name, "Share"]) {
      const cell = element("th", null, name);
      cell.scope = "col";
      head.append(cell);
    }
    for (const group of groups) {
      const first = element("th", null, group.name);
      first.scope = "row";
      body.append(
        element(
          "tr",
          null,
          null,
          first,
          element("td", "number", model.count(group.count)),
          element("td", "number", chosen.weight.format(group.value)),
          element("td", "number", model.share(group.value, chosen.weight.total)),
        ),
      );
    }
    table.append(
      element("caption", null, `${chosen.weight.name} by ${chosen.group}`),
      element("thead", null, null, head),
      body,
    );
    document.getElementById("overview-table").replaceChildren(table);
  }

  function drawLegend() {
    const used = new Set(
      model.entries
        .filter((entry) => model.weights.some((w) => w.value(entry) > 0))
        .map((entry) => entry.category),
    );
    const items = Object.keys(model.categories)
      .filter((name) => used.has(name))
      .map((name) => element("li", null, null, element("span", `swatch ${name}`), model.categories[name]));
    document.getElementById("legend").replaceChildren(...items);
  }

  function choices(box, name, names, pick) {
    names.forEach((text, index) => {
      const input = element("input");
      input.type = "radio";
      input.name = name;
      input.value = index;
      input.checked = index === 0;
      input.addEventListener("change", () => pick(index));
      box.append(element("label", null, null, input, element("span", null, text)));
    });
  }

  function start(whenOpened) {
    open = whenOpened;
    const weigh = document.getElementById("weigh");
    choices(
      weigh,
      "weigh",
      model.weights.map((w) => w.name),
      (index) => {
        chosen.weight = model.weights[index];
        draw();
      },
    );
    weigh.hidden = model.weights.length < 2;
    for (const input of document.querySelectorAll("input[name=group]"))
      input.addEventListener("change", () => {
        chosen.group = input.value;
        draw();
      });
    drawLegend();
    draw();
    let width = document.getElementById("treemap").clientWidth;
    new ResizeObserver(() => {
      const now = document.getElementById("treemap").clientWidth;
      if (now !== width) ((width = now), draw());
    }).observe(document.getElementById("treemap"));
  }

  return { start };
})();
