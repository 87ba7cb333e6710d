// Offer for ten seconds to take back what was just decided.

const UNDO_MS = 10000;

export class Undo {
  /** button: shown while there is something to take back. */
  constructor(button) {
    this.button = button;
    this.back = [];
    this.timer = 0;
  }

  /** back: what `take` gives. text: the button's. */
  offer(back, text) {
    this.back = back;
    this.button.textContent = text;
    this.button.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.take(), UNDO_MS);
  }

  /** What is to be taken back, once. */
  take() {
    const back = this.back;
    this.back = [];
    this.button.hidden = true;
    return back;
  }
}
