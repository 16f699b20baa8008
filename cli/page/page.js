// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// page.js - the list of places with its filter, the numbers at the top, and what goes together.
//
// The address of the page names the chosen place (#place=N), so a place can be linked to and Back works.
// Of ten thousand places fifty are in the page at a time.
"use strict";

const page = (() => {
  const PAGE = 50;
  const byId = (id) => document.getElementById(id);
  const filter = { search: "", kind: "site", reason: "", file: "", order: "0" };
  let found = [],
    first = 0,
    chosen = null;

  const orders = [
    ...model.weights
      .filter(() => model.data.profile)
      .map((weight) => ({ name: weight.name, compare: (a, b) => weight.value(b) - weight.value(a) })),
    { name: "File and line", compare: (a, b) => a.file - b.file || a.line - b.line || a.col - b.col },
    { name: "Reason", compare: (a, b) => model.reasonOf(a).localeCompare(model.reasonOf(b)) },
  ];

  // ---- numbers at the top

  function tile(name, value, note) {
    const group = element("div", "tile");
    group.append(element("dt", null, name), element("dd", "big", value));
    if (note) group.append(element("dd", "small", note));
    return group;
  }

  function usualReason(entries) {
    const sums = new Map();
    for (const entry of entries)
      sums.set(model.reasonOf(entry), (sums.get(model.reasonOf(entry)) || 0) + model.weights[0].value(entry));
    const [reason, value] = Array.from(sums).sort((a, b) => b[1] - a[1])[0] || [null, 0];
    return value > 0 ? { reason, value } : null;
  }

  function drawHead() {
    const { data } = model,
      sites = model.entries.filter((entry) => entry.kind === "site");
    const isMoved = (entry) => entry.category === "moved" && !entry.amount;
    const moved = sites.filter(isMoved);
    document.title = `${data.title}: allocations`;
    byId("title").textContent = data.title;
    byId("made-by").textContent = `Made by ${data.made_by}`;
    const sampled =
      data.profile && data.profile.period > 1
        ? `estimated from one sample for each ${model.bytes(data.profile.period)}`
        : "every allocation";
    byId("subtitle").textContent = data.profile
      ? `${data.profile.program}, ${sampled}`
      : "What the compiler decided; no profile was given";
    const tiles = [];
    if (data.profile) {
      const [bytes, objects, liveBytes, liveObjects] = data.profile.total;
      tiles.push(
        tile("Allocated", model.bytes(bytes), `in ${model.several(objects, "allocation", "allocations")}`),
      );
      tiles.push(
        tile(
          "In use at the end",
          model.bytes(liveBytes),
          `in ${model.several(liveObjects, "object", "objects")}`,
        ),
      );
    }
    tiles.push(tile("On the heap", model.count(sites.length - moved.length), "places in the source"));
    tiles.push(tile("Moved to the stack", model.count(moved.length), "places in the source"));
    const most = usualReason(sites.filter((entry) => !isMoved(entry)));
    if (most)
      tiles.push(
        tile(
          "The usual reason",
          most.reason,
          `${model.share(most.value, model.weights[0].total)} of the ${data.profile ? "bytes" : "places"}`,
        ),
      );
    byId("tiles").replaceChildren(...tiles);
    byId("overview-note").textContent = data.profile
      ? "Each area is a place in the source that allocates; choose one to see why it is on the heap."
      : "Each area is a place in the source that allocates. With --profile=FILE areas are the bytes that a run allocated.";
  }

  // ---- the filter

  function fill(select, choices) {
    select.replaceChildren(
      ...choices.map(([value, text]) => {
        const option = element("option", null, text);
        option.value = value;
        return option;
      }),
    );
  }

  function countBy(entries, key) {
    const counts = new Map();
    for (const entry of entries) counts.set(key(entry), (counts.get(key(entry)) || 0) + 1);
    return Array.from(counts).sort((a, b) => b[1] - a[1] || String(a[0]).localeCompare(String(b[0])));
  }

  function fillFilter() {
    const ofKind = model.entries.filter((entry) => !filter.kind || entry.kind === filter.kind);
    const kinds = countBy(model.entries, (entry) => entry.kind);
    fill(byId("kind"), [
      ...kinds.map(([kind, n]) => [kind, `${model.kinds[kind] || kind} (${model.count(n)})`]),
      ["", `Everything (${model.count(model.entries.length)})`],
    ]);
    fill(byId("reason"), [
      ["", "Any"],
      ...countBy(ofKind, model.reasonOf).map(([reason, n]) => [reason, `${reason} (${model.count(n)})`]),
    ]);
    fill(byId("file"), [
      ["", "Any"],
      ...countBy(ofKind, (entry) => entry.file).map(([file, n]) => [
        String(file),
        `${model.fileName(file)} (${model.count(n)})`,
      ]),
    ]);
    fill(
      byId("order"),
      orders.map((order, index) => [String(index), order.name]),
    );
    for (const name of ["kind", "reason", "file", "order", "search"]) {
      byId(name).value = filter[name];
      if (byId(name).value !== filter[name]) filter[name] = byId(name).value = "";
    }
  }

  function fits(entry, words) {
    return (
      (!filter.kind || entry.kind === filter.kind) &&
      (!filter.reason || model.reasonOf(entry) === filter.reason) &&
      (!filter.file || String(entry.file) === filter.file) &&
      words.every((word) => entry.text.includes(word))
    );
  }

  function refresh() {
    const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
    found = model.entries
      .filter((entry) => fits(entry, words))
      .sort(orders[Number(filter.order) || 0].compare);
    first = 0;
    drawList();
  }

  function clear() {
    Object.assign(filter, { search: "", kind: "site", reason: "", file: "" });
    fillFilter();
    refresh();
    byId("search").focus();
  }

  // ---- the list

  function item(entry) {
    const button = element("button", "place");
    button.type = "button";
    button.dataset.index = entry.index;
    if (entry === chosen) button.setAttribute("aria-current", "true");
    button.append(
      element("span", `swatch ${entry.category}`),
      element("span", "name", entry.expression || entry.verdict),
    );
    if (entry.amount)
      button.append(element("span", "amount", model.share(entry.amount[0], model.data.profile.total[0])));
    button.append(element("span", "at", `${entry.place}${entry.function ? ` · ${entry.function}` : ""}`));
    if (entry.expression) button.append(element("span", "why", entry.verdict));
    button.addEventListener("click", () => choose(entry, true));
    return element("li", null, null, button);
  }

  function drawList() {
    const pages = Math.max(1, Math.ceil(found.length / PAGE)),
      now = Math.floor(first / PAGE);
    byId("list").replaceChildren(...found.slice(first, first + PAGE).map(item));
    byId("list").start = first + 1;
    byId("none").hidden = found.length > 0;
    byId("count").textContent =
      `${model.count(found.length)} of ${model.count(model.entries.length)} findings`;
    byId("pages").hidden = pages < 2;
    byId("page-of").textContent = `${now + 1} of ${pages}`;
    byId("previous").disabled = now === 0;
    byId("next").disabled = now + 1 >= pages;
  }

  function turn(by) {
    first += by * PAGE;
    drawList();
    const button = byId("list").querySelector("button");
    if (button) button.focus();
  }

  // ---- choosing

  function mark() {
    for (const button of byId("list").querySelectorAll("button.place")) {
      if (chosen && Number(button.dataset.index) === chosen.index)
        button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  function choose(entry, focus) {
    chosen = entry;
    detail.draw(entry, focus);
    mark();
    if (focus) {
      history.pushState(null, "", `#place=${entry.index}`);
      byId("detail").scrollIntoView({ block: "nearest" });
    }
  }

  function narrow({ reason, file }) {
    const index = file ? String(model.data.files.findIndex((one) => one.name === file)) : "";
    Object.assign(filter, { search: "", kind: "site", reason: reason || "", file: index });
    fillFilter();
    refresh();
    byId("places").focus();
  }

  function fromAddress() {
    const match = /^#place=(\d+)$/.exec(location.hash),
      entry = match && model.entries[Number(match[1])];
    if (entry) choose(entry, false);
    return Boolean(entry);
  }

  function start() {
    theme.bind();
    drawHead();
    if (!model.entries.some((entry) => entry.kind === "site")) filter.kind = "";
    fillFilter();
    for (const name of ["kind", "reason", "file", "order"])
      byId(name).addEventListener("change", () => {
        filter[name] = byId(name).value;
        if (name === "kind") fillFilter();
        refresh();
      });
    byId("search").addEventListener("input", () => {
      filter.search = byId("search").value;
      refresh();
    });
    byId("filter").addEventListener("submit", (event) => event.preventDefault());
    byId("clear").addEventListener("click", clear);
    byId("none-clear").addEventListener("click", clear);
    byId("previous").addEventListener("click", () => turn(-1));
    byId("next").addEventListener("click", () => turn(1));
    detail.start((entry) => choose(entry, true));
    refresh();
    if (!fromAddress()) choose(found[0] || null, false);
    window.addEventListener("popstate", fromAddress);
    treemap.start((what) => (what.entry ? choose(what.entry, true) : narrow(what)));
    compare.start((entry) => choose(entry, true));
    document.documentElement.dataset.ready = "yes";
  }

  return { start };
})();
page.start();
