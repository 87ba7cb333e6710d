// Keep decisions until the server has acknowledged them: numbers and states in this tab's sessionStorage, no names.
// Each goes under a key of its own, so that sending it again records it once. Until it has waited for the network it goes
// with the time when the page was loaded: the server holds what a page decides to its own clock, for that of a page stands
// still while the device sleeps. What has waited keeps its time.

const STORE = "rollcall.unsent";
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30000;

const pageTime = () => performance.now();

/** The server's clock, as it was when the page was made and has gone on since: a wrong clock of the phone does no harm. */
export function clockFrom(iso) {
  const made = Date.parse(iso) - pageTime();
  return () => new Date(made + pageTime()).toISOString();
}

export function newKey() {
  return crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function forgetUnsent() {
  sessionStorage.removeItem(STORE);
}

export class Unsent {
  /** changed(count): how many wait. recorded(entry), refused(entry, text), signedOut(), away(): what became of them. */
  constructor({ loaded, changed, recorded, refused, signedOut, away }) {
    this.on = { changed, recorded, refused, signedOut, away };
    this.loaded = loaded; // by the server's clock
    this.entries = JSON.parse(sessionStorage.getItem(STORE) || "[]");
    this.pause = FIRST_PAUSE_MS;
    this.sending = false;
    this.timer = 0;
    window.addEventListener("online", () => this.send());
    this.waits();
  }

  add(path, body) {
    this.entries.push({ key: newKey(), path, body, ...(!this.cut && { loaded: this.loaded }) });
    this.keep();
    this.send();
  }

  /** The network is away: what is here has to wait, and what comes until it is back. */
  waits() {
    this.cut = this.entries.length > 0;
    this.entries.forEach((entry) => delete entry.loaded);
    this.keep();
  }

  get waiting() {
    return this.entries.length;
  }

  keep() {
    sessionStorage.setItem(STORE, JSON.stringify(this.entries));
    this.on.changed(this.entries.length);
  }

  async send() {
    if (this.sending || !this.entries.length) return;
    this.sending = true;
    clearTimeout(this.timer);
    try {
      while (this.entries.length) {
        const entry = this.entries[0];
        const outcome = await this.deliver(entry);
        if (outcome === "again") {
          this.waits();
          return this.later();
        }
        if (outcome === "signed out") return this.on.signedOut();
        this.entries.shift();
        this.cut = false;
        this.pause = FIRST_PAUSE_MS;
        this.keep();
        outcome(entry);
      }
    } finally {
      this.sending = false;
    }
  }

  later() {
    this.on.away();
    this.timer = setTimeout(() => this.send(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }

  /** "again", "signed out", or whom to tell once it is no longer kept. */
  async deliver(entry) {
    let answer;
    try {
      answer = await fetch(entry.path, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "Idempotency-Key": entry.key,
          Rollcall: "1",
          ...(entry.loaded && { "Rollcall-Loaded": entry.loaded }),
        },
        body: JSON.stringify(entry.body),
        credentials: "same-origin",
        keepalive: true,
      });
    } catch {
      return "again";
    }
    if (answer.status === 401) return "signed out";
    if (answer.status >= 500 || answer.status === 429) return "again";
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return (sent) => this.on.recorded(sent, said);
    return (sent) => this.on.refused(sent, said.detail || String(answer.status));
  }
}
