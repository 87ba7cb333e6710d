// Single letters as keys: by their place on the keyboard, which is the same under Hangul; never while text is typed.
// Whether they are keys at all is kept with the account; where nobody signs in, in this browser.

const SWITCH = "rollcall.keys";
const box = document.querySelector("[data-keys]");
const ofAccount = box?.dataset.keys ?? "";

export const KEYS = { KeyP: "present", KeyL: "late", KeyA: "absent", KeyE: "left_early", KeyX: "excused", KeyO: "excused_absence" };

let on = ofAccount ? ofAccount === "on" : localStorage.getItem(SWITCH) !== "off";

if (box) {
  box.checked = on;
  box.addEventListener("change", () => {
    on = box.checked;
    if (!ofAccount) return localStorage.setItem(SWITCH, on ? "on" : "off");
    fetch("/letter-keys", { method: "POST", body: new URLSearchParams({ on: on ? "yes" : "no" }), credentials: "same-origin", keepalive: true }).catch(() => {});
  });
}

/** Call `act(code, event)` for keys that are meant for the page; it says whether it has used one. */
export function onKey(act) {
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
    const letter = event.code.startsWith("Key") && !event.ctrlKey;
    if (letter && !on) return;
    if (act(event.code, event)) event.preventDefault();
  });
}
