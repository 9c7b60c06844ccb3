/* One person's visit: card, PIN, goods, leave. The only place that fills the basket. */

import { NoAnswer, Refusal } from "./api.js";
import { isShortNumber, readCode } from "./codes.js";
import { cardTold, either, freshVisit, goodsByCode, nameOf, total, words } from "./model.js";
import { CLOCK_WRONG, KIND, Purchasing } from "./purchasing.js";
import { Leaving } from "./leaving.js";
import { follow, SENDING } from "./state.js";

const SHORT = "ledger.insufficient_balance";
const PIN_WRONG = "people.pin_wrong";
const PIN_FOR_SUM = "redemption.pin_for_sum";
const PROOF_EXPIRED = "people.proof_expired";
const PIN_DIGITS = 6;
const ASK_THE_PIN = new Set([PROOF_EXPIRED, "people.pin_needed", PIN_FOR_SUM]);
const NEWS_READ_MS = 3000;
const LOGGED_CODE = /^[0-9A-Z-]{6,20}$/;

export class Session {
  /** `tell(sound, sentence, urgent)` is heard and read out; `show()` paints the page. */
  constructor({ model, api, outbox, seen, tell, show, onUnpaired }) {
    Object.assign(this, { model, api, tell, show, onUnpaired });
    this.purchasing = new Purchasing({ model, api, outbox, seen, tell, session: this });
    this.leaving = new Leaving({ model, api, tell, session: this });
    this.turn = 0;
    this.visit = 0;
    this.quoting = Promise.resolve();
  }

  go(event) {
    const next = follow(this.model.screen, event, this.model);
    // Half-typed digits never show on another screen.
    if (next && next !== this.model.screen) this.model.typed = "";
    if (next) this.model.screen = next;
    this.show();
    return next !== null;
  }

  /** A code from scanner, camera or tray. A scan also closes whatever question is open. */
  async code(text) {
    const { model } = this;
    const { kind, code } = readCode(text);
    if (kind === "cancel") return this.cancel();
    if (SENDING.has(model.screen) || model.sending || ["pairing", "closed"].includes(model.screen)) return undefined;
    if (model.overlay) model.overlay = null;
    if (kind === "card" || (kind === "number" && !goodsByCode(model, code))) return this.card(code);
    if (kind === "back") return this.refuse({ code: "kiosk.card_back" });
    if (kind === "misread") return this.refuse({ code: "people.card_unknown", facts: {} });
    const item = goodsByCode(model, code);
    if (item) return this.put(item.sku, true);
    if (LOGGED_CODE.test(code)) this.api.unknownCode(code).catch(() => {});
    return this.refuse({ code: "inventory.barcode_unknown", facts: {} });
  }

  async card(code) {
    const { model } = this;
    if (model.card?.code === code) {
      if (["refusal", "number", "pin"].includes(model.screen)) this.go("card");
      return;
    }
    // The number alone opens nothing: what was printed under a code may have been read over a shoulder.
    if (isShortNumber(code)) {
      this.askPin(code, "pin.number");
      return;
    }
    model.reading = true;
    this.show();
    let answer;
    try {
      answer = await this.api.readCard(code);
    } catch (problem) {
      model.reading = false;
      if (["done", "undoing", "signed"].includes(model.screen)) this.reset();
      this.failed(problem);
      return;
    }
    model.reading = false;
    this.meet(answer, code);
  }

  /** Somebody stands here: whose card, how many points, and what they have not been told yet. */
  meet(answer, code) {
    const { model } = this;
    const switched = model.card && !model.basket.isEmpty && !model.redemption;
    // A basket goes with the person who filled it; only one that belongs to nobody is taken over.
    if (model.card || model.redemption || model.signed) this.reset();
    model.card = { ...answer.card, code, proof: answer.proof?.card ?? null, attendance: answer.attendance ?? null };
    model.news = [...(answer.news ?? [])];
    model.newsMore = answer.news_more ?? 0;
    model.large = model.large || Boolean(answer.card.large_type);
    model.aloud = model.aloud || Boolean(answer.card.read_aloud);
    model.notice = switched ? { code: "time.other_card" } : null;
    model.refusal = null;
    model.leftBefore = answer.unconfirmed ?? null;
    if (model.leftBefore) {
      this.go("left_before");
      this.leaving.ask(this.greeting(answer.card));
      return;
    }
    this.go("card");
    this.tell("taken", [this.greeting(answer.card), either(model, model.news[0]?.text)].join(" ").trim());
    this.ask();
  }

  /** Ask for the PIN of a card that is not open yet, or of the one that stands here. */
  askPin(code, why, facts = {}, then = null) {
    const { model } = this;
    if (["done", "recovered"].includes(model.screen)) this.reset();
    Object.assign(model, { pin: { code, why, facts, then }, typed: "", padWrong: "", padFacts: {}, overlay: null });
    this.go("pin");
    this.tell("question", `${words(model, "pin.title")}. ${words(model, "pin.hint")}`);
  }

  /** The bank wants the PIN again, or for the first time, of whoever stands here; false when it does not. */
  pinWanted(problem, then = null) {
    const { model } = this;
    if (!ASK_THE_PIN.has(problem.code) || !model.card) return false;
    model.card.proof = null;
    if (problem.code === PROOF_EXPIRED && !isShortNumber(model.card.code) && then !== "confirm") {
      // The card itself was here, and without its PIN it still does what a card may.
      if (then === "undo") this.purchasing.undo();
      else this.ask();
      return true;
    }
    const why = problem.code === PIN_FOR_SUM ? "pin.sum" : "pin.again";
    this.askPin(model.card.code, why, problem.facts, then);
    return true;
  }

  /** The sixth digit is the act. What was typed leaves this page once, and is forgotten here at once. */
  async tryPin() {
    const { model } = this;
    const { code, then } = model.pin;
    const pin = model.typed;
    const visit = this.visit;
    Object.assign(model, { typed: "", reading: true });
    this.show();
    let answer;
    try {
      answer = await this.api.readCard(code, pin);
    } catch (problem) {
      model.reading = false;
      if (visit === this.visit) this.wrongPin(problem);
      return;
    }
    model.reading = false;
    if (visit !== this.visit) return;
    if (model.card?.code !== code) {
      this.meet(answer, code);
      return;
    }
    Object.assign(model, { pin: null, quote: null, refusal: null });
    model.card.proof = answer.proof.card;
    if (then === "left") {
      this.go("left_before");
      await this.leaving.answer("taken");
      return;
    }
    if (!this.go(then === "undo" ? "asked" : "card")) return;
    this.tell("taken", this.greeting(answer.card));
    this.ask();
    if (then === "confirm") await this.purchasing.confirm();
  }

  wrongPin(problem) {
    const { model } = this;
    if (problem.code !== PIN_WRONG) {
      this.failed(problem);
      return;
    }
    Object.assign(model, { padWrong: "pin.wrong", padFacts: problem.facts });
    this.tell("refused", words(model, "pin.wrong", problem.facts), true);
    this.show();
  }

  greeting(card) {
    const english = this.model.language !== "zh-CN";
    const hello = card.greeting[english ? "en" : "zh"];
    if (card.hide_balance) return hello;
    return english ? `${hello}. You have ${card.points} points.` : `${hello}，您有 ${card.points} 分。`;
  }

  /** A line of news stands on the screen; after a while it has been read, and the bank is told. */
  newsShown() {
    const [line] = this.model.news;
    if (!line || line.waits) return;
    line.waits = true;
    const visit = this.visit;
    setTimeout(() => { if (visit === this.visit) this.newsTold(line); }, NEWS_READ_MS);
  }

  /** "I know": this line is done with, the next one comes. */
  newsKnown() {
    const line = this.model.news.shift();
    if (line) this.newsTold(line);
  }

  /** Nothing waits for this, and a line whose mark was lost comes again at the next scan. */
  newsTold(line) {
    if (line.told || !this.model.card) return;
    line.told = true;
    this.api.newsTold(cardTold(this.model), [line.id]).catch(() => { line.told = false; });
  }

  /** One piece into the basket, scanned or tapped. */
  put(sku, scanned) {
    const { model } = this;
    if (["done", "undoing", "recovered"].includes(model.screen)) this.reset();
    const item = model.shelf.get(sku);
    if (!item) return;
    if (!scanned && item.left <= model.basket.quantity(sku)) {
      const code = item.left > 0 ? "redemption.sold_out" : "kiosk.sold_out_tile";
      this.refuse({ code, facts: { sku } });
      return;
    }
    this.change((basket) => basket.put(sku, 1, scanned), sku);
    this.go("line");
    const unit = words(model, "points");
    this.tell("taken", `${nameOf(model, sku)} ${item.price_points} ${unit}, ${words(model, "sum.this")} ${total(model)} ${unit}`);
  }

  take(sku, all = false) {
    const { model } = this;
    if (model.screen !== "basket") return;
    this.change((basket) => (all ? basket.remove(sku) : basket.take(sku)), null);
    this.go(model.basket.isEmpty ? "emptied" : "line");
    const unit = words(model, "points");
    this.tell("removed", `${words(model, "basket.remove")} ${nameOf(model, sku)}, ${words(model, "sum.this")} ${total(model)} ${unit}`);
  }

  /** Every change makes a new basket: the old price offer and its key are void. */
  change(work, just) {
    const { model } = this;
    const before = model.basket.copy();
    work(model.basket);
    model.just = just;
    model.key = null;
    model.quote = null;
    model.refusal = null;
    model.notice = null;
    if (just) this.showLine(just);
    this.ask(before, just);
  }

  showLine(sku) {
    this.model.linesFrom = { containing: sku };
  }

  /** Ask what this basket costs now. `before` and `just` let a refused change be taken back. */
  ask(before = null, just = null) {
    this.turn += 1;
    this.quoting = this.model.basket.isEmpty ? Promise.resolve() : this.quote(this.turn, before, just);
    return this.quoting;
  }

  async quote(turn, before, just) {
    const { model } = this;
    const seen = total(model);
    let quote;
    try {
      quote = await this.api.quote({
        kind: KIND, card: cardTold(model), lines: model.basket.lines(),
      });
    } catch (problem) {
      if (turn === this.turn && problem instanceof Refusal) this.failed(problem);
      return;
    }
    if (turn !== this.turn) return;
    // What the sum shows already, and what the confirming press will ask for, stands in nobody's way.
    model.pinFrom = quote.refusals.find((one) => one.code === PIN_FOR_SUM)?.facts.from_points ?? 0;
    const refusals = quote.refusals.filter((one) => ![SHORT, PIN_FOR_SUM].includes(one.code));
    if (refusals.length) {
      this.setAside(refusals[0], before, just);
      return;
    }
    if (quote.points_before !== null && model.card) model.card.points = quote.points_before;
    model.quote = quote;
    if (quote.total_points !== seen) this.newPrices(quote);
    else this.show();
  }

  /** The bank's price is another one than the tag's: correct the tag, show the difference. */
  newPrices(quote) {
    const { model } = this;
    let first = null;
    for (const line of quote.lines) {
      const item = model.shelf.get(line.sku);
      if (!item || item.price_points === line.price_points) continue;
      first ??= { sku: line.sku, was: item.price_points, now: line.price_points };
      item.price_points = line.price_points;
    }
    if (first) this.refuse({ code: "redemption.price_changed", facts: first, offer: true });
    else this.show();
  }

  /** Take out what cannot be had, keep the rest, and offer the rest at its true sum. */
  setAside(refusal, before, just) {
    const { model } = this;
    const sku = refusal.sku ?? refusal.facts?.sku ?? null;
    const facts = { ...refusal.facts, ...(sku ? { sku } : {}) };
    const aboutGoods = sku && model.basket.quantity(sku) > 0;
    if (aboutGoods && sku === just && before) {
      model.basket = before;
    } else if (aboutGoods) {
      const scanned = model.basket.lines().find((line) => line.sku === sku && line.scanned);
      const keep = refusal.code === "redemption.sold_out" ? Number(facts.left ?? 0) : 0;
      model.basket.remove(sku);
      if (keep > 0) model.basket.put(sku, keep, Boolean(scanned));
    } else if (before && just && refusal.code === "redemption.daily_limit") {
      model.basket = before;
    }
    const helped = aboutGoods || model.basket === before;
    model.just = null;
    this.refuse({ code: refusal.code, facts, title: refusal.title, detail: refusal.detail,
      aside: aboutGoods && !model.basket.quantity(sku) ? sku : null, offer: helped });
    if (helped) this.ask();
  }

  /** Show a refusal. `offer` says whether the yellow button has something true to offer. */
  refuse(refusal) {
    const { model } = this;
    model.refusal = { facts: {}, aside: null, offer: false, ...refusal };
    model.overlay = null;
    this.go("refused");
    this.tell("refused", null, true);
  }

  /** The bank's clock is in doubt: nothing can be booked before the office has looked at it. */
  close() {
    if (!follow(this.model.screen, "closed", this.model)) return;
    this.reset();
    this.go("closed");
    this.tell("refused", `${words(this.model, "closed.title")}. ${words(this.model, "closed.safe")}`, true);
  }

  /** What every failed call comes to, except the one that confirms. */
  failed(problem) {
    if (problem.code === CLOCK_WRONG) this.close();
    else if (this.pinWanted(problem)) return;
    else if (problem instanceof NoAnswer) this.refuse({ code: "kiosk.no_connection" });
    else if (problem.code === "people.device_unknown") this.onUnpaired();
    else if (problem instanceof Refusal) this.refuse(problem);
    else throw problem;
  }

  /** Typed digits of the short number, or of the PIN; a number whose check fails is not sent. */
  digit(digit) {
    const { model } = this;
    if (model.screen === "pin") {
      if (model.reading || model.typed.length >= PIN_DIGITS) return;
      Object.assign(model, { typed: model.typed + digit, padWrong: "", padFacts: {} });
      if (model.typed.length === PIN_DIGITS) this.tryPin();
      else this.show();
      return;
    }
    if (model.screen !== "number" || model.typed.length >= 8) return;
    model.typed += digit;
    model.padWrong = "";
    if (model.typed.length === 8) {
      const number = model.typed;
      model.typed = "";
      if (isShortNumber(number)) this.card(number);
      else model.padWrong = "pad.number_wrong";
      if (model.padWrong) this.tell("refused", words(model, model.padWrong), true);
    }
    this.show();
  }

  /** The way out: first an open question, then the basket. Nothing is booked. */
  cancel() {
    const { model } = this;
    if (model.screen === "pairing" || model.screen === "confirming" || model.sending) return;
    if (model.overlay) {
      model.overlay = null;
      this.show();
    } else if (model.screen === "undoing") {
      this.go("keep");
    } else {
      this.leave("left.emptied");
    }
  }

  /** Time ran out. What lies in a basket that could have been confirmed is asked about at the next scan. */
  timedOut() {
    this.leaving.keep();
    this.leave("time.emptied");
  }

  leave(notice) {
    const { model } = this;
    if (model.screen === "confirming" || model.sending) return;
    const hadGoods = !model.basket.isEmpty && !["done", "undoing", "checking"].includes(model.screen);
    this.reset();
    if (hadGoods && notice) model.notice = { code: notice };
    this.go("leave");
    if (hadGoods) this.tell("removed", words(model, "time.emptied"));
    this.onLeft?.();
  }

  /** Forget the person: card, basket, key and whatever was asked for them. */
  reset() {
    this.visit += 1;
    this.turn += 1;
    Object.assign(this.model, freshVisit());
  }
}

