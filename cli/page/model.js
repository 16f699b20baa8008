// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// model.js - the data of the page (data.js, written by pagedata.c), and what is asked of it.
//
//   title, made_by
//   profile    {program, period, total: [bytes, objects, bytes in use, objects in use]}, or absent
//   entries    [{file, line, col, kind, function, expression, verdict, reason, category, advice, via,
//                amount: [as total], size, copies, placement, flow: [[holder, source, text, how, file, line, col]]}]
//   files      [{name, state, parts: [[first line, [text...]]]}]
//   reasons    {CODE: words}
//   before, after   documents of `escapement measure`, or absent
//   changes    [{change, file, function, expression, before, after, line, col}], of two compiles, or absent
//
// NOT HERE  Anything that is seen. Texts of the program reach the page by textContent alone.
"use strict";

const model = (() => {
  const data = window.ESCAPEMENT;
  const entries = data.entries;
  const AMOUNTS = ["bytes", "count", "bytes in use", "count in use"];

  const categories = {
    outlives: "outlives its function",
    unseen: "the compiler cannot see",
    life: "where or how often it is freed",
    budget: "too large for the frame",
    off: "not wanted",
    none: "no verdict",
    moved: "moved to the stack",
  };
  const kinds = {
    site: "Allocations",
    local: "Locals whose address escapes",
    param: "Parameters",
    result: "Results of functions",
  };

  entries.forEach((entry, index) => {
    entry.index = index;
    entry.place = `${data.files[entry.file].name}:${entry.line}`;
    entry.text = [entry.place, entry.function, entry.expression, entry.verdict, entry.via]
      .join(" ")
      .toLowerCase();
  });

  function reasonOf(entry) {
    if (entry.reason) return data.reasons[entry.reason] || entry.reason;
    if (entry.category === "moved")
      return entry.placement === "optimized-away" ? "optimized away" : "moved to stack";
    return entry.kind === "site" ? "no reason given" : kinds[entry.kind].toLowerCase();
  }

  function amount(entry, which) {
    return entry.amount ? entry.amount[which] : 0;
  }

  // What an area stands for: of a profile one of the four amounts, else every allocation alike.
  const weights = data.profile
    ? [0, 1, 2].map((which) => ({
        name: ["Bytes", "Allocations", "In use"][which],
        value: (entry) => amount(entry, which),
        format: which === 1 ? count : bytes,
        total: data.profile.total[which],
      }))
    : [
        {
          name: "Places",
          value: (entry) => (entry.kind === "site" ? 1 : 0),
          format: (n) => several(n, "place", "places"),
          total: entries.filter((entry) => entry.kind === "site").length,
        },
      ];

  function bytes(n) {
    if (n < 10000) return `${count(n)} B`;
    const units = ["KiB", "MiB", "GiB", "TiB"];
    let unit = -1;
    for (; n >= 1000 && unit < 3; unit++) n /= 1024;
    return `${n < 10 ? n.toFixed(2) : n < 100 ? n.toFixed(1) : n.toFixed(0)} ${units[unit]}`;
  }
  function count(n) {
    return d3.format(",")(Math.round(n));
  }
  function several(n, one, more) {
    return `${count(n)} ${n === 1 ? one : more}`;
  }
  function share(part, whole) {
    const percent = whole > 0 ? (100 * part) / whole : 0;
    return percent > 0 && percent < 0.1 ? "<0.1 %" : `${percent.toFixed(1)} %`;
  }

  // ---- source lines

  function line(file, number) {
    for (const [first, lines] of data.files[file].parts)
      if (number >= first && number < first + lines.length) return lines[number - first];
    return null;
  }

  // The lines from `from` to `to` that are there, each with its number; null where some are left out.
  function lines(file, from, to) {
    const found = [];
    let last = 0;
    for (const [first, texts] of data.files[file].parts) {
      const begin = Math.max(from, first),
        end = Math.min(to, first + texts.length - 1);
      if (begin > end) continue;
      if (last && begin > last + 1) found.push(null);
      for (let n = begin; n <= end; n++) found.push({ number: n, text: texts[n - first] });
      last = end;
    }
    return found;
  }

  function lastLine(file) {
    const parts = data.files[file].parts;
    if (!parts.length) return 0;
    const [first, texts] = parts[parts.length - 1];
    return first + texts.length - 1;
  }

  const atLine = new Map();
  for (const entry of entries) {
    const key = `${entry.file}:${entry.line}`;
    if (!atLine.has(key)) atLine.set(key, []);
    atLine.get(key).push(entry);
  }

  return {
    data,
    entries,
    categories,
    kinds,
    weights,
    AMOUNTS,
    reasonOf,
    amount,
    bytes,
    count,
    several,
    share,
    line,
    lines,
    lastLine,
    entriesAt: (file, number) => atLine.get(`${file}:${number}`) || [],
    fileName: (file) => data.files[file].name,
  };
})();

// An element with a class and text, and children behind it.
function element(tag, className, text, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  made.append(...children);
  return made;
}
