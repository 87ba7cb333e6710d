// The board: decide by button or key, show others' changes without moving a row under a finger, lose nothing.

import { matches } from "./hangul.js";
import { KEYS, onKey } from "./keys.js";
import { Undo } from "./undo.js";
import { Unsent, clockFrom, forgetUnsent } from "./unsent.js";

const board = document.querySelector("[data-board]");
const part = board.querySelector("[data-part]");
const find = (selector) => board.querySelector(selector);
const session = Number(board.dataset.session);
const hour = Number(board.dataset.hour);
const course = board.dataset.course;
const takesMarks = board.dataset.takesMarks === "yes";
const now = clockFrom(board.dataset.now);
const said = document.getElementById("said");

let selected = "";
let paused = sessionStorage.getItem("rollcall.paused") === "yes"; // this tab shows others' changes when asked only
let decisions = 0; // made here so far: what was asked for before one of them is stale

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const undoing = new Undo(find("[data-undo-last]"));
const rowOf = (student) => part.querySelector(`[data-student="${CSS.escape(student)}"]`);
const rows = () => [...part.querySelectorAll("[data-student]")];

const unsent = new Unsent({
  loaded: board.dataset.now,
  changed(count) {
    const state = find("[data-save-state]");
    state.textContent = count ? fill(board.dataset.unsaved, { count }) : board.dataset.saved;
    state.classList.toggle("check", count > 0);
    if (!count) trouble("");
  },
  recorded: () => paused || refresh(),
  refused(entry, text) {
    trouble(fill(board.dataset.refused, { text }));
    refresh();
  },
  signedOut: () => trouble(board.dataset.signedOut),
  away: () => trouble(board.dataset.away),
});

function trouble(text) {
  const box = find("[data-trouble]");
  box.hidden = !text;
  box.firstElementChild.textContent = text;
  if (text) said.textContent = text;
}

// ---- who is decided next

function undecided() {
  const order = { check: 0, not_seen: 1, sure: 2 };
  return rows()
    .filter((row) => row.dataset.decided === "no" && !row.dataset.confirm)
    .sort((one, other) => order[one.dataset.list] - order[other.dataset.list]);
}

function select(student) {
  selected = student;
  rows().forEach((row) => row.toggleAttribute("aria-current", row.dataset.student === student));
  const decider = find("[data-decider]");
  const row = student && rowOf(student);
  if (!decider) return;
  decider.hidden = !row;
  if (!row) return;
  decider.querySelector("[data-decider-name]").textContent = row.dataset.name;
  decider.querySelector("[data-decider-number]").textContent = row.dataset.student;
  decider.querySelector("[data-decider-why]").textContent = row.dataset.why;
  decider.querySelector("[data-decider-sheet]").href = `/sessions/${session}/student?hour=${hour}&student=${encodeURIComponent(student)}`;
  for (const button of decider.querySelectorAll("[data-state]")) {
    const state = button.dataset.state;
    button.classList.toggle("main", state === row.dataset.acceptable);
    button.setAttribute("aria-pressed", String(row.dataset.decided === "yes" && row.dataset.before === state));
    button.setAttribute("aria-label", `${button.firstChild.textContent.trim()}: ${row.dataset.name}`);
  }
}

function selectNext() {
  select(undecided()[0]?.dataset.student ?? "");
}

// ---- deciding

function show(row, state) {
  row.dataset.decided = state === "not_taken" ? "no" : "yes";
  row.dataset.confirm = "";
  row.dataset.before = state;
  const hours = [...row.querySelectorAll(".mark")];
  const tabs = [...board.querySelectorAll(".tabs a")];
  const place = Math.max(0, tabs.findIndex((tab) => tab.hasAttribute("aria-current")));
  const mark = hours[Math.min(place, hours.length - 1)];
  const sample = find(`[data-sample="${state}"]`);
  if (mark && sample) {
    const shown = sample.firstElementChild.cloneNode(true);
    shown.classList.add("unsent");
    mark.replaceWith(shown);
  }
  const left = find("[data-undecided]");
  if (left) left.textContent = rows().filter((each) => each.dataset.decided === "no").length;
}

function decide(student, state) {
  const row = rowOf(student);
  if (!row || !takesMarks) return;
  undoing.offer([{ student, state: row.dataset.before || "not_taken" }], fill(board.dataset.undo, { name: row.dataset.name }));
  sendMarks([{ student, state }]);
  show(row, state);
  said.textContent = `${row.dataset.name}: ${find(`[data-sample="${state}"]`)?.textContent.trim() ?? state}`;
  selectNext();
}

function sendMarks(decided) {
  decisions += 1;
  const at = now();
  const marks = decided.map(({ student, state }) => ({ student, course, hour, state, at }));
  unsent.add("/v1/marks", { session, source: "professor", marks });
}

function confirmAll() {
  const sure = rows().filter((row) => row.dataset.confirm);
  if (!sure.length || !takesMarks) return;
  decisions += 1;
  const items = sure.map((row) => ({ student: row.dataset.student, hour, state: row.dataset.confirm }));
  undoing.offer(items.map(({ student }) => ({ student, state: "not_taken" })), fill(board.dataset.undoAll, { count: items.length }));
  unsent.add(`/v1/sessions/${session}/confirmations`, { items, at: now() });
  for (const row of sure) show(row, row.dataset.confirm);
  const button = find("[data-confirm-all]");
  if (button) button.hidden = true;
  said.textContent = fill(board.dataset.undoAll, { count: items.length });
  selectNext();
}

function undo() {
  const back = undoing.take();
  if (!back.length) return;
  sendMarks(back);
  for (const { student, state } of back) {
    const row = rowOf(student);
    if (row) show(row, state);
  }
  select(back[0].student);
}

// ---- what others changed

function busyWithLists() {
  const lists = find("[data-lists]");
  return lists.matches(":hover") || lists.contains(document.activeElement);
}

async function refresh({ asked = false } = {}) {
  if (unsent.waiting) return;
  const before = decisions;
  const answer = await fetch(`/sessions/${session}?hour=${hour}&part=board`, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  if (unsent.waiting) return;
  if (decisions !== before) return refresh({ asked });
  if (!asked && busyWithLists()) return showInPlace(fresh);
  // The field that finds somebody stays: it may be written into.
  for (const place of [".figures", "[data-decider]", "[data-lists]"]) find(place)?.replaceWith(fresh.querySelector(place) ?? "");
  filter();
  find("[data-new-changes]").hidden = true;
  if (selected && rowOf(selected)?.dataset.decided === "no") select(selected);
  else selectNext();
}

/** While a finger or the focus is in the lists, marks change where they stand; who would move waits for the button. */
function showInPlace(fresh) {
  let moved = 0;
  for (const row of fresh.querySelectorAll("[data-student]")) {
    const shown = rowOf(row.dataset.student);
    if (shown?.dataset.list !== row.dataset.list) moved += 1;
    if (!shown) continue;
    Object.assign(shown.dataset, { ...row.dataset, list: shown.dataset.list });
    shown.replaceChildren(...row.childNodes);
  }
  find(".figures").replaceWith(fresh.querySelector(".figures"));
  const button = find("[data-new-changes]");
  button.textContent = fill(board.dataset.new, { count: moved });
  button.hidden = moved === 0;
}

/** Something is new: shown at once, or on demand where updates are paused. */
function changed() {
  if (!paused) return refresh();
  const button = find("[data-new-changes]");
  button.textContent = board.dataset.waiting;
  button.hidden = false;
}

function pause(wanted) {
  paused = wanted;
  sessionStorage.setItem("rollcall.paused", paused ? "yes" : "no");
  find("[data-pause]").setAttribute("aria-pressed", String(paused));
  if (!paused) refresh();
}

function listen() {
  const source = new EventSource(`/v1/sessions/${session}/events`);
  source.addEventListener("changed", () => changed());
  document.addEventListener("visibilitychange", () => document.hidden || paused || refresh());
}

// ---- finding somebody

const finder = find("[data-find]");

/** Rows that do not match are hidden, and who is marked stays marked. */
function filter() {
  const typed = finder.value.trim();
  let count = 0;
  for (const row of rows()) {
    const found = !typed || matches(typed, row.dataset.student, row.dataset.name);
    row.closest("li").hidden = !found;
    count += found;
  }
  return typed ? count : 0;
}

finder.addEventListener("input", () => {
  const count = filter();
  said.textContent = finder.value.trim() ? fill(board.dataset.found, { count }) : "";
});
finder.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Escape" && finder.value) {
    finder.value = "";
    filter();
  }
  if (event.key !== "Enter") return;
  event.preventDefault();
  const first = rows().find((row) => !row.closest("li").hidden);
  if (!finder.value.trim() || !first) return;
  select(first.dataset.student);
  first.focus(); // letters decide from here
});

// ---- cover

function cover(covered) {
  document.querySelector("[data-covered]").hidden = !covered;
  for (const each of document.querySelectorAll(".top, main > *, .foot")) if (!each.matches("[data-covered]")) each.inert = covered;
  if (covered) document.querySelector("[data-uncover]").focus();
}

// ---- keys and fingers

board.addEventListener("click", (event) => {
  const target = event.target.closest("button, a");
  if (!target) return;
  if (target.dataset.student) return select(target.dataset.student);
  if (target.dataset.state && selected) return decide(selected, target.dataset.state);
  if (target.matches("[data-confirm-all]")) return confirmAll();
  if (target.matches("[data-undo-last]")) return undo();
  if (target.matches("[data-new-changes]")) return refresh({ asked: true });
  if (target.matches("[data-cover]")) return cover(true);
  if (target.matches("[data-pause]")) return pause(!paused);
});
document.querySelector("[data-uncover]").addEventListener("click", () => cover(false));
document.querySelector("[data-sign-out]")?.addEventListener("submit", forgetUnsent);

onKey((code, event) => {
  if (!document.querySelector("[data-covered]").hidden) {
    if (code !== "Escape" && code !== "KeyB") return false;
    cover(false);
    return true;
  }
  if (event.ctrlKey) return code === "Enter" ? (find("[data-submit]")?.click(), true) : false;
  if (KEYS[code] && selected) return decide(selected, KEYS[code]), true;
  if (code === "KeyS") return confirmAll(), true;
  if (code === "KeyZ") return undo(), true;
  if (code === "KeyB") return cover(true), true;
  if (code === "KeyR") return find('a[href*="roll-call"]')?.click(), true;
  const row = selected && rowOf(selected);
  if (code === "Enter" && !event.target.closest("a, button, summary") && row?.dataset.acceptable) return decide(selected, row.dataset.acceptable), true;
  return false;
});

find("[data-pause]").setAttribute("aria-pressed", String(paused));
selectNext();
unsent.send();
listen();
