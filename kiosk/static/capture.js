/* Catches what a barcode scanner types (键盘式扫码枪). It listens on the whole document and tells a
   scanner from a hand by the gap between keys; it reads the physical key, so that a Chinese input
   method changes nothing. Camera and demonstration tray end in the same `taken` as the scanner. */

export const LONGEST_GAP_MS = 60;
export const PAUSE_END_MS = 200;
export const SAME_SCAN_MS = 1000;
const LATE_ENTER_MS = 400;
const BUSY_MS = 50;
const SHORTEST_CODE = 6;
const FAST_KEYS = 3;

const SIGNS = { Minus: "-", NumpadSubtract: "-", Backslash: "\\", BracketRight: "]", Slash: "/",
  NumpadDivide: "/", Period: ".", NumpadDecimal: "." };
const SILENT = /^(Shift|Control|Alt|Meta|CapsLock|NumLock)/;

/** The character that a key stands for on a US keyboard, by the key itself and not by its text. */
export function characterOf(event) {
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter) return letter[1];
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  if (digit) return digit[1];
  if (event.code in SIGNS) return SIGNS[event.code];
  // Keyboards on screen and some Bluetooth scanners name no physical key.
  return !event.code && event.key && [...event.key].length === 1 ? event.key : "";
}

/** Turns key presses into codes and hands every code, from wherever it comes, to one function. */
export class Capture {
  constructor({ onCode, now = () => performance.now(), later = (f, ms) => setTimeout(f, ms) }) {
    this.onCode = onCode;
    this.now = now;
    this.later = later;
    this.typed = "";
    this.lastKeyAt = -Infinity;
    this.endedAt = -Infinity;
    this.field = null;
    this.turn = 0;
    this.lastCode = "";
    this.lastCodeAt = -Infinity;
  }

  /** Listen on the whole document, before any button hears of the key. */
  listen(target = document) {
    target.addEventListener("keydown", (event) => this.key(event), true);
    return this;
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || SILENT.test(event.code)) return;
    // The time of the key itself, not of our hearing of it: a busy page must not tear a code apart.
    const at = event.timeStamp;
    const isEnd = event.code === "Enter" || event.code === "NumpadEnter" || event.code === "Tab"
      || (!event.code && event.key === "Enter");
    if (event.repeat) {
      // A key that is held down is a hand. Only a held Enter after a scan must not press anything.
      if (isEnd && at - this.endedAt <= LATE_ENTER_MS) swallow(event);
      return;
    }
    const inTime = at - this.lastKeyAt <= LONGEST_GAP_MS;
    if (isEnd) {
      // Some scanners take a breath before their Enter; no hand types so many keys so fast.
      const isLate = this.typed.length >= SHORTEST_CODE && at - this.lastKeyAt <= LATE_ENTER_MS;
      if (isLate || (inTime && this.typed.length >= FAST_KEYS)) {
        swallow(event);
        this.finish();
      } else if (at - this.endedAt <= LATE_ENTER_MS) {
        swallow(event);
      } else {
        this.forget();
      }
      return;
    }
    const character = characterOf(event);
    if (!character) {
      this.forget();
      return;
    }
    if (!inTime) this.begin();
    this.typed += character;
    this.lastKeyAt = at;
    this.turn += 1;
    this.endAfterPause(this.turn);
  }

  /** A pause is an end too. A page that was busy hears its timer late, and perhaps before the keys
      that were pressed meanwhile: they get another pause to be heard. */
  endAfterPause(turn, mayBeBusy = true) {
    const asked = this.now();
    this.later(() => {
      if (turn !== this.turn || this.typed.length < SHORTEST_CODE) return;
      const wasBusy = this.now() - asked > PAUSE_END_MS + BUSY_MS;
      if (wasBusy && mayBeBusy) this.endAfterPause(turn, false);
      else this.finish();
    }, PAUSE_END_MS);
  }

  begin() {
    this.typed = "";
    const field = document.activeElement;
    const holdsText = field && "value" in field && /^(INPUT|TEXTAREA)$/.test(field.tagName);
    this.field = holdsText ? { element: field, value: field.value } : null;
  }

  forget() {
    this.typed = "";
    this.lastKeyAt = -Infinity;
    this.field = null;
    this.turn += 1;
  }

  finish() {
    const text = this.typed;
    this.endedAt = this.lastKeyAt;
    if (this.field) this.field.element.value = this.field.value;
    this.forget();
    if (text.length >= SHORTEST_CODE) this.taken(text, "scanner");
  }

  /** The one door for codes. The same code again within about a second is the same scan. */
  taken(text, source) {
    const at = this.now();
    const same = text === this.lastCode && at - this.lastCodeAt < SAME_SCAN_MS;
    this.lastCode = text;
    this.lastCodeAt = at;
    if (same) return false;
    this.onCode(text, source);
    return true;
  }
}

function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}
