// Call the roll by name: one large name, one answer, back; all answers go up in one batch at the end.
// Until then they are in this tab's sessionStorage, as numbers and states.

import { KEYS, onKey } from "./keys.js";
import { Unsent, clockFrom, forgetUnsent } from "./unsent.js";

const page = document.querySelector("[data-roll-call]");
const find = (selector) => page.querySelector(selector);
const { session, course, hour } = { session: Number(page.dataset.session), course: page.dataset.course, hour: Number(page.dataset.hour) };
const store = `rollcall.roll.${session}.${hour}`;
const now = clockFrom(page.dataset.now);
const everybody = [...page.querySelectorAll("[data-student]")];
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const word = (state) => find(`[data-word="${state}"]`).textContent;

const kept = JSON.parse(sessionStorage.getItem(store) || "{}");
const answers = new Map(kept.answers || []);
let all = Boolean(kept.all);
let list = called();
let place = Math.min(kept.place || 0, list.length);
let finished = false;

const unsent = new Unsent({
  loaded: page.dataset.now,
  changed(count) {
    if (finished && !count) leave();
  },
  recorded: () => {},
  refused(entry, text) {
    finished = false;
    trouble(fill(page.dataset.refused, { text }));
  },
  signedOut: () => trouble(page.dataset.signedOut),
  away: () => trouble(page.dataset.away),
});

function called() {
  const doubtful = everybody.filter((each) => each.dataset.call === "yes");
  return all || !doubtful.length ? everybody : doubtful;
}

function trouble(text) {
  const box = find("[data-trouble]");
  box.hidden = !text;
  box.firstElementChild.textContent = text;
}

function keep() {
  sessionStorage.setItem(store, JSON.stringify({ answers: [...answers], all, place }));
}

function show() {
  const student = list[place];
  find("[data-called]").textContent = student ? student.dataset.name : page.dataset.end;
  find("[data-called-number]").textContent = student ? student.dataset.student : "";
  const answer = student && answers.get(student.dataset.student);
  find("[data-answer]").textContent = student ? (answer ? fill(page.dataset.answered, { state: word(answer) }) : page.dataset.nobody) : "";
  find("[data-progress]").textContent = fill(page.dataset.place, { hour, place: Math.min(place + 1, list.length), total: list.length });
  Object.assign(find("[data-bar]"), { max: list.length || 1, value: place });
  for (const button of page.querySelectorAll("[data-state]")) {
    button.disabled = !student;
    button.setAttribute("aria-pressed", String(answer === button.dataset.state));
  }
}

function answer(state) {
  if (!list[place]) return;
  answers.set(list[place].dataset.student, state);
  place += 1;
  keep();
  show();
}

function back() {
  place = Math.max(0, place - 1);
  keep();
  show();
}

function callEverybody() {
  const at = list[place];
  all = true;
  list = called();
  place = at ? list.indexOf(at) : 0;
  keep();
  show();
}

function finish() {
  sessionStorage.removeItem(store);
  finished = true;
  if (!answers.size) return leave();
  const at = now();
  const marks = [...answers].map(([student, state]) => ({ student, course, hour, state, at }));
  unsent.add("/v1/marks", { session, source: "roll_call", partial: true, marks });
}

function leave() {
  location.assign(`/sessions/${session}?hour=${hour}`);
}

page.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.state) return answer(button.dataset.state);
  if (button.matches("[data-back]")) return back();
  if (button.matches("[data-everybody]")) return callEverybody();
  if (button.matches("[data-finish]")) return finish();
});
document.querySelector("[data-sign-out]")?.addEventListener("submit", () => {
  forgetUnsent();
  sessionStorage.removeItem(store);
});
onKey((code) => {
  if (KEYS[code]) return answer(KEYS[code]), true;
  if (code === "KeyB" || code === "Backspace") return back(), true;
  if (code === "KeyG") return callEverybody(), true;
  if (code === "KeyQ") return finish(), true;
  return false;
});
show();
unsent.send();
