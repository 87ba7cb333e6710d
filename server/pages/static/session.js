// Say in time that the session ends, put the end off by one press, and send no form that would be lost.
// Nothing moves the focus: somebody may be typing.

const WARN_S = 120;
const PRESSED_TWICE_MS = 2000;

const box = document.querySelector("[data-session-end]");
const text = box.querySelector("p");
const [stay, again] = [box.querySelector("[data-stay]"), box.querySelector("[data-sign-in]")];
let timer = 0;

async function ask(method = "GET") {
  const answer = await fetch("/session-end", { method, credentials: "same-origin" });
  return answer.json();
}

function look(left) {
  clearTimeout(timer);
  if (left.left_s <= 0) return show(box.dataset.over, again);
  if (left.left_s > WARN_S) {
    box.hidden = true;
    timer = setTimeout(askAgain, (left.left_s - WARN_S) * 1000);
    return;
  }
  // The longest that a session may last cannot be put off.
  show(left.most_s > left.left_s + 1 ? box.dataset.ends : box.dataset.endsAnyway, left.most_s > left.left_s + 1 ? stay : again);
  timer = setTimeout(askAgain, (left.left_s + 1) * 1000);
}

function show(words, button) {
  [stay.hidden, again.hidden] = [button !== stay, button !== again];
  if (text.textContent !== words || box.hidden) text.textContent = words;
  box.hidden = false;
}

/** The live board and other tabs put the end off too: the server is asked before anything is said. */
async function askAgain() {
  try {
    look(await ask());
  } catch {
    timer = setTimeout(askAgain, 10000);
  }
}

stay.addEventListener("click", async () => look(await ask("POST").catch(() => ({ left_s: WARN_S, most_s: 2 * WARN_S }))));
document.addEventListener("visibilitychange", () => document.hidden || askAgain());
window.addEventListener("focus", askAgain);

/** What was written into a form stays on the page where it could not be sent; what is pressed twice goes once. */
let passing = null;
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form === passing || form.method !== "post" || !form.querySelector("textarea, input:not([type=hidden], [type=checkbox], [type=radio])")) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  setTimeout(() => delete form.dataset.sending, PRESSED_TWICE_MS);
  try {
    const left = await ask();
    if (left.left_s <= 0) {
      delete form.dataset.sending;
      return look(left);
    }
    passing = form;
    form.requestSubmit(event.submitter);
  } catch {
    delete form.dataset.sending;
    show(box.dataset.away, again);
    again.hidden = true;
  } finally {
    passing = null;
  }
});

look({ left_s: Number(box.dataset.left), most_s: Infinity });
