/* One card at the station (签到台): in, or out who is in, or which of several. One key for each scan,
   sent again until the bank has answered; meanwhile no other card is taken. */

import { Refusal, newKey } from "../api.js";
import { isShortNumber, readCode } from "../codes.js";
import { words } from "../model.js";
import { sendUntilAnswered } from "../sending.js";
import { signedWords } from "../signing.js";
import { DIGITS } from "../views/pad.js";

const TRIES = 5;
const DEAF = new Set(["starting", "pairing", "closed"]);
const PIN_WRONG = "people.pin_wrong";
const ASK_THE_PIN = new Set(["people.proof_expired", "people.pin_needed"]);
/* The kiosk's sentences for these speak of points. */
const OWN_WORDS = { "foundation.too_busy": "station.too_busy", "kiosk.too_often": "station.too_often", "": "station.other" };

/** Everything that ends with a person's visit. */
export function freshVisit() {
  return { card: null, number: null, choices: [], signed: null, refusal: null, typed: "", padWrong: "", padFacts: {},
    pin: null, overlay: null, reading: false, sending: false };
}

export class Desk {
  /** `tell(sound, sentence, urgent)` is heard; `show()` paints the page. */
  constructor({ model, api, tell, show, onUnpaired, onClosed }) {
    Object.assign(this, { model, api, tell, show, onUnpaired, onClosed });
  }

  go(screen) {
    if (this.model.screen !== screen) this.model.typed = "";
    this.model.screen = screen;
    this.show();
  }

  /** Back to the list of today; whatever was begun is over. */
  leave() {
    if (DEAF.has(this.model.screen) || this.model.sending) return;
    Object.assign(this.model, freshVisit(), { screen: "ready" });
    this.show();
  }

  /** A code from scanner, camera or tray. */
  code(text) {
    const { model } = this;
    if (DEAF.has(model.screen) || model.sending) return undefined;
    const { kind, code } = readCode(text);
    if (kind === "cancel") return this.leave();
    // Nothing of whoever stood here before stays on the glass.
    Object.assign(model, freshVisit(), { screen: "ready", notice: null });
    if (kind === "card") return this.card(code);
    if (kind === "number") return this.number(code);
    const known = { back: "kiosk.card_back", misread: "people.card_unknown" };
    return this.refuse({ code: known[kind] ?? "station.not_a_card", facts: {} });
  }

  /** The number alone opens nothing: it may have been read over a shoulder. */
  number(code) {
    Object.assign(this.model, { number: code, pin: { why: "pin.number" }, padWrong: "" });
    this.go("pin");
  }

  /** A digit by finger: the last one sends. */
  async digit(digit) {
    const { model } = this;
    if (model.sending || model.typed.length >= DIGITS[model.screen]) return;
    model.typed += digit;
    model.padWrong = "";
    if (model.typed.length < DIGITS[model.screen]) return;
    const typed = model.typed;
    model.typed = "";
    if (model.screen === "pin") await this.prove(typed);
    else if (isShortNumber(typed)) this.number(typed);
    else {
      model.padWrong = "pad.number_wrong";
      this.tell("refused", words(model, model.padWrong), true);
    }
  }

  async prove(pin) {
    const { model } = this;
    const proof = await this.ask(() => this.api.prove(model.number, pin), (problem) => {
      if (problem.code !== PIN_WRONG) return false;
      Object.assign(model, { padWrong: "station.pin_wrong", padFacts: problem.facts });
      this.tell("refused", words(model, model.padWrong, model.padFacts), true);
      this.show();
      return true;
    });
    if (proof) await this.card(proof.card);
  }

  /** Sign out where one is in, in where there is one thing, else ask which. */
  async card(told) {
    const { model } = this;
    model.card = told;
    const standing = await this.ask(() => this.api.standing(told));
    if (!standing) return undefined;
    const { signed_in: signedIn, choices } = standing;
    if (signedIn?.here) return this.sign(signedIn.activity.number);
    if (signedIn) return this.refuse({ code: "activities.signed_in_elsewhere", facts: { since: signedIn.since } });
    const joined = choices.filter((one) => one.joined);
    const [only] = joined.length === 1 ? joined : choices;
    if (only && (joined.length === 1 || choices.length === 1)) return this.sign(only.number);
    if (choices.length) {
      model.choices = choices;
      this.tell("question", words(model, "sign.pick"));
      return this.go("pick");
    }
    // Nothing that this one may come to: the bank says why.
    const open = model.place.activities.find((one) => one.is_open);
    return open ? this.sign(open.number) : this.refuse({ code: "station.nothing_open", facts: {} });
  }

  async sign(number) {
    const { model } = this;
    const key = newKey();
    const answer = await this.ask(() => this.api.scan(number, key, model.card));
    if (!answer) return;
    const name = model.place.activities.find((one) => one.number === number)?.name ?? "";
    model.signed = { ...answer.attendance, who: answer.greeting, name };
    this.go("signed");
    this.tell("done", signedWords(model).join(" "));
  }

  /** A sign-in by mistake, within five minutes. */
  async takeBack() {
    const { model } = this;
    const key = newKey();
    const done = await this.ask(() => this.api.takeBackSignIn(model.signed.attendance, key, model.card));
    if (!done) return;
    this.leave();
    model.notice = { code: "sign.taken_back", tone: "in" };
    this.tell("done", words(model, "sign.taken_back"));
    this.show();
  }

  /** Send until there is an answer; null when it was refused or nobody answers. */
  async ask(send, known = () => false) {
    const { model } = this;
    Object.assign(model, { sending: true, reading: true });
    this.show();
    let refused = null;
    try {
      return await sendUntilAnswered(send, { tries: TRIES });
    } catch (problem) {
      refused = problem;
      return null;
    } finally {
      Object.assign(model, { sending: false, reading: false });
      if (refused && !known(refused)) this.failed(refused);
    }
  }

  failed(problem) {
    const { code } = problem;
    if (!(problem instanceof Refusal)) return this.refuse({ code: "station.no_connection", facts: {} });
    if (code === "people.device_unknown") return this.onUnpaired();
    if (code === "foundation.clock_wrong") return this.onClosed();
    if (ASK_THE_PIN.has(code) && this.model.number) return this.number(this.model.number);
    return this.refuse({ code: OWN_WORDS[code] ?? code, facts: problem.facts, title: problem.title, detail: problem.detail });
  }

  refuse(refusal) {
    this.model.refusal = refusal;
    this.go("refusal");
    this.tell("refused", null, true);
  }
}
