// Single letters as keys: by their place on the keyboard, which is the same under Hangul; never while text is typed.

const SWITCH = "rollcall.keys";

export const KEYS = { KeyP: "present", KeyL: "late", KeyA: "absent", KeyE: "left_early", KeyX: "excused", KeyO: "excused_absence" };

export function keysAreOn() {
  return localStorage.getItem(SWITCH) !== "off";
}

export function setKeys(on) {
  localStorage.setItem(SWITCH, on ? "on" : "off");
}

/** Call `act(code, event)` for keys that are meant for the page; it says whether it has used one. */
export function onKey(act) {
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.altKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select, dialog")) return;
    const letter = event.code.startsWith("Key") && !event.ctrlKey;
    if (letter && !keysAreOn()) return;
    if (act(event.code, event)) event.preventDefault();
  });
}
