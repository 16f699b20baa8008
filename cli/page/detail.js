// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// detail.js - one place: what is said of it, the way of its pointer step by step, and its source with
// all findings beside the lines.
//
// Of a long file so many lines are shown at a time (LINES); buttons go on from there.
"use strict";

const detail = (() => {
  const LINES = 120,
    NOTES = 3;
  let shown = null; // the entry
  let view = null; // {file, from, to, marked: Set of lines}
  let open = () => {};

  const words = {
    "{heap}": "anything that outlives the function",
    "{freed}": "freed",
  };

  function holderWords(holder) {
    if (words[holder]) return words[holder];
    return holder.startsWith("~r") ? "the function's result" : holder;
  }

  // ---- facts

  function fact(list, name, value) {
    if (value === null || value === undefined || value === "") return;
    const dd = element("dd");
    dd.append(value);
    list.append(element("dt", null, name), dd);
  }

  function amountsText(entry) {
    const [bytes, objects, liveBytes, liveObjects] = entry.amount,
      total = model.data.profile.total;
    const live = liveObjects
      ? `${model.bytes(liveBytes)} in ${model.count(liveObjects)} at the end`
      : "nothing at the end";
    const made = model.several(objects, "allocation", "allocations");
    return (
      `${model.bytes(bytes)} (${model.share(bytes, total[0])}) in ${made} ` +
      `(${model.share(objects, total[1])}); ${live}`
    );
  }

  function facts(entry) {
    const list = element("dl", "facts");
    if (entry.amount) fact(list, "Allocated", amountsText(entry));
    else if (entry.kind === "site" && model.data.profile)
      fact(list, "Allocated", "nothing that the profile saw");
    if (entry.size) fact(list, "Size", `${model.bytes(entry.size)} each`);
    if (entry.via) fact(list, "Through", element("code", null, entry.via));
    if (entry.copies) fact(list, "Copies", `${model.count(entry.copies)} inlined copies say the same`);
    return list;
  }

  // ---- flow

  function stepPlace(file, line) {
    const button = element("button", "link", `${model.fileName(file)}:${line}`);
    button.type = "button";
    button.addEventListener("click", () => show(file, line, true));
    return button;
  }

  function flowItem(step) {
    const [holder, source, text, how, file, line] = step;
    const item = element("li", holder === "{heap}" ? "end" : null);
    const head = element("p", "holder");
    if (words[holder] || holder.startsWith("~r")) head.append(element("strong", null, holderWords(holder)));
    else head.append("held by ", element("code", null, holder));
    item.append(head);
    const where = element("p", "step");
    if (how) where.append(element("span", "how", how), " ");
    if (file >= 0) where.append(stepPlace(file, line));
    item.append(where);
    const code = file >= 0 ? model.line(file, line) : null;
    if (text || code) item.append(element("pre", "snippet", (code === null ? text : code).trim()));
    if (!text && !code && source) item.append(element("p", "step", `from ${source}`));
    return item;
  }

  function flow(entry) {
    const part = element("section", "flow");
    part.append(element("h4", null, "The way of the pointer"));
    if (!entry.flow || !entry.flow.length) {
      const why =
        entry.category === "moved"
          ? "It does not leave the function."
          : "The report has no steps for this place.";
      part.append(element("p", "note", why));
      return part;
    }
    const list = element("ol", "steps"),
      start = element("li", "start");
    start.append(
      element(
        "p",
        "holder",
        null,
        "made by ",
        element("code", null, entry.flow[0][1].replace(/^&?\{(.*)\}$/, "$1")),
      ),
    );
    const where = element("p", "step");
    where.append(stepPlace(entry.file, entry.line));
    start.append(where);
    list.append(start, ...entry.flow.map(flowItem));
    part.append(list);
    return part;
  }

  // ---- source

  function sourceNote(state) {
    const told = {
      missing:
        "The source file was not found when this page was made; --sources=DIR says where the compiler ran.",
      "left out": "This source file is left out: all of them together are too large for a page.",
      part: "The file is large: only the lines around findings are here.",
    };
    return told[state];
  }

  function remark(entry) {
    const button = element("button", `remark ${entry.category}`, entry.verdict);
    button.type = "button";
    button.title = entry.verdict || "";
    if (entry === shown) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => open(entry));
    return button;
  }

  // Of many inlined copies the first few, and the one that is shown.
  function notesFor(file, number) {
    const cell = element("span", "notes"),
      good = (e) => e.kind === "param" && /does not escape$/.test(e.verdict || "");
    const all = model.entriesAt(file, number).filter((entry) => entry === shown || !good(entry));
    const few = all.filter((entry, i) => i < NOTES || entry === shown);
    cell.append(...few.map(remark));
    if (few.length < all.length) {
      const rest = element("button", "link", `${all.length - few.length} more`);
      rest.type = "button";
      rest.setAttribute("aria-label", `${all.length - few.length} more findings of line ${number}`);
      rest.addEventListener("click", () => cell.replaceChildren(...all.map(remark)));
      cell.append(rest);
    }
    return cell;
  }

  function row(file, line) {
    if (line === null) return element("div", "gap", "⋯");
    const made = element("div", view.marked.has(line.number) ? "line marked" : "line");
    if (shown && file === shown.file && line.number === shown.line) made.classList.add("here");
    made.dataset.line = line.number;
    made.append(
      element("span", "at", line.number),
      element("code", null, line.text || " "),
      notesFor(file, line.number),
    );
    return made;
  }

  function more(text, change) {
    const button = element("button", "more", text);
    button.type = "button";
    button.addEventListener("click", () => {
      change();
      drawSource();
    });
    return button;
  }

  function drawSource() {
    const box = document.getElementById("source"),
      state = model.data.files[view.file].state,
      note = sourceNote(state);
    const lines = model.lines(view.file, view.from, view.to),
      last = model.lastLine(view.file);
    const title = element("h4", null, "Source: ");
    title.append(element("code", null, model.fileName(view.file)));
    box.replaceChildren(title);
    if (note) box.append(element("p", "note", note));
    if (!lines.length) return;
    if (view.from > 1) box.append(more("Earlier lines", () => (view.from = Math.max(1, view.from - LINES))));
    const code = element("div", "code");
    code.tabIndex = 0;
    code.setAttribute("role", "region");
    code.setAttribute("aria-label", `Lines of ${model.fileName(view.file)}`);
    code.append(...lines.map((line) => row(view.file, line)));
    box.append(code);
    if (view.to < last) box.append(more("Later lines", () => (view.to = Math.min(last, view.to + LINES))));
  }

  // Scrolls the code alone: the page stays where the reader is.
  function scrollTo(line, focus) {
    const code = document.querySelector("#source .code"),
      found = code && code.querySelector(`[data-line="${line}"]`);
    if (!found) return;
    code.scrollTop = found.offsetTop - code.clientHeight / 3;
    if (focus) {
      code.focus();
      found.classList.add("flash");
    }
  }

  function show(file, line, focus) {
    const marked = new Set([shown && shown.file === file ? shown.line : line, line]);
    for (const step of (shown && shown.flow) || []) if (step[4] === file) marked.add(step[5]);
    view = { file, from: Math.max(1, line - LINES / 2), to: line + LINES / 2, marked };
    drawSource();
    scrollTo(line, focus);
  }

  // ---- the whole

  function draw(entry, focus) {
    const box = document.getElementById("detail");
    shown = entry;
    box.replaceChildren();
    if (!entry) {
      box.append(element("p", "empty", "Choose a place to see why it is where it is."));
      return;
    }
    const title = element("h3", null, entry.expression || entry.verdict);
    title.id = "detail-title";
    const place = `${entry.place}${entry.col ? `:${entry.col}` : ""}${entry.function ? ` in ${entry.function}` : ""}`;
    box.append(title, element("p", "where", place));
    box.append(
      element(
        "p",
        `verdict ${entry.category}`,
        null,
        element("span", `swatch ${entry.category}`),
        entry.verdict || "",
      ),
    );
    box.append(facts(entry));
    if (entry.advice)
      box.append(
        element(
          "div",
          "advice",
          null,
          element("h4", null, "What would change it"),
          element("p", null, `${entry.advice[0].toUpperCase()}${entry.advice.slice(1)}.`),
        ),
      );
    box.append(flow(entry));
    const source = element("section", "source");
    source.id = "source";
    box.append(source);
    show(entry.file, entry.line, false);
    if (focus) box.focus();
  }

  return {
    draw,
    start(whenOpened) {
      open = whenOpened;
    },
  };
})();
