// What was decided and is not at the server yet goes first: the counts and the submission are to know it.

import { Unsent, forgetUnsent } from "./unsent.js";

const form = document.querySelector("[data-submit-form]");
const button = form?.querySelector("button");
const had = { waiting: false };

new Unsent({
  changed(count) {
    if (button) button.disabled = count > 0;
    if (had.waiting && !count) location.reload();
    had.waiting = count > 0;
  },
  recorded() {},
  refused() {},
  signedOut: () => location.reload(),
  away() {},
}).send();
document.querySelector("[data-sign-out]")?.addEventListener("submit", forgetUnsent);
