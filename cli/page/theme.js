// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// theme.js - light or dark, before anything is drawn: what was chosen last, or what the system wants.
//
// Storage may be forbidden, as it is for pages opened as files in some browsers; then a choice lasts as
// long as the page.
"use strict";

const theme = {
  key: "escapement-theme",

  stored() {
    try {
      return localStorage.getItem(theme.key) || "auto";
    } catch (e) {
      return "auto";
    }
  },

  choose(name) {
    if (name === "light" || name === "dark") document.documentElement.dataset.theme = name;
    else delete document.documentElement.dataset.theme;
    try {
      localStorage.setItem(theme.key, name);
    } catch (e) {
      // as above
    }
  },

  // Called when the switch is there.
  bind() {
    for (const input of document.querySelectorAll("input[name=theme]")) {
      input.checked = input.value === theme.stored();
      input.addEventListener("change", () => theme.choose(input.value));
    }
  },
};
theme.choose(theme.stored());
