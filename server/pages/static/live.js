// The picture of the class: newer ones as they come, held while somebody is at it; confirm who is sure in view.

import { Undo } from "./undo.js";
import { Unsent, clockFrom, forgetUnsent } from "./unsent.js";

const EVERY_MS = 2000;
// What is held shows people: it goes from the screen when the server has long forgotten it.
const LONGEST_HOLD_MS = 120000;
// Nobody is at the page: it neither shows people nor keeps anybody signed in.
const NOBODY_MS = 600000;

const live = document.querySelector("[data-live]");
const part = live.querySelector("[data-part]");
const find = (selector) => live.querySelector(selector);
const { session, hour, course } = live.dataset;
const now = clockFrom(live.dataset.now);
const said = document.getElementById("said");
const hold = find("[data-hold]");
const undo = new Undo(find("[data-undo-last]"));
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

let shownSince = performance.now();
let touchedAt = performance.now();

const unsent = new Unsent({
  changed(count) {
    const state = find("[data-save-state]");
    state.textContent = count ? fill(live.dataset.unsaved, { count }) : live.dataset.saved;
    state.classList.toggle("check", count > 0);
  },
  recorded: () => refresh(true),
  refused(entry, text) {
    trouble(fill(live.dataset.refused, { text }));
    refresh(true);
  },
  signedOut: () => trouble(live.dataset.signedOut),
  away: () => trouble(live.dataset.away),
});

function trouble(text) {
  const box = find("[data-trouble]");
  box.hidden = !text;
  box.firstElementChild.textContent = text;
  if (text) said.textContent = text;
}

// ---- newer pictures

function isHeld() {
  if (performance.now() - shownSince > LONGEST_HOLD_MS) return false;
  const at = hold.getAttribute("aria-pressed") === "true" || part.querySelector("dialog[open]");
  return at || part.matches(":hover") || part.contains(document.activeElement);
}

async function refresh(asked = false) {
  if (performance.now() - touchedAt > NOBODY_MS) {
    part.replaceChildren();
    return trouble(live.dataset.nobody);
  }
  if (document.hidden || (!asked && isHeld())) return;
  const shown = part.querySelector("[data-picture]")?.dataset.picture ?? "0";
  const after = asked ? "" : `&after=${shown}`;
  const answer = await fetch(`/sessions/${session}/live?hour=${hour}&part=live${after}`, { credentials: "same-origin" }).catch(() => null);
  if (answer?.status === 204) return;
  if (!answer?.ok || answer.redirected) {
    if (performance.now() - shownSince > 1000 * live.dataset.seconds) part.replaceChildren();
    return trouble(answer?.redirected ? live.dataset.signedOut : live.dataset.gone);
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  if (!asked && isHeld()) return;
  part.replaceChildren(...fresh.childNodes);
  shownSince = performance.now();
  if (!unsent.waiting) trouble("");
}

for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, () => {
    const wasAway = performance.now() - touchedAt > NOBODY_MS;
    touchedAt = performance.now();
    if (wasAway) refresh(true);
  });
}

hold.addEventListener("click", () => {
  const held = hold.getAttribute("aria-pressed") !== "true";
  hold.setAttribute("aria-pressed", String(held));
  if (!held) refresh(true);
});

// ---- who is sure in view

function confirmView() {
  const items = [...part.querySelectorAll("[data-in-view] [data-student]")].map((row) => ({ student: row.dataset.student, hour: Number(hour), state: row.dataset.state }));
  const text = fill(live.dataset.undoAll, { count: items.length });
  undo.offer(items.map(({ student }) => ({ student, course, hour: Number(hour), state: "not_taken" })), text);
  unsent.add(`/v1/sessions/${session}/confirmations`, { items, at: now() });
  said.textContent = text;
}

part.addEventListener("click", (event) => {
  const dialog = part.querySelector("[data-sure-dialog]");
  const button = event.target.closest("button");
  if (button?.matches("[data-ask]")) return dialog.showModal();
  if (button?.matches("[data-confirm-view]")) confirmView();
  if (button?.matches("[data-confirm-view], [data-cancel]")) dialog.close();
});

find("[data-undo-last]").addEventListener("click", () => {
  const marks = undo.take().map((mark) => ({ ...mark, at: now() }));
  if (marks.length) unsent.add("/v1/marks", { session: Number(session), source: "professor", marks });
});

document.querySelector("[data-sign-out]")?.addEventListener("submit", forgetUnsent);
document.addEventListener("visibilitychange", () => refresh());
setInterval(() => refresh(), EVERY_MS);
unsent.send();
