/* One purchase: confirmed under a key, looked for when no answer came, undone. Nothing is charged twice. */

import { Refusal, newKey } from "./api.js";
import { Basket } from "./basket.js";
import { canConfirm, cardTold, sums, total, words } from "./model.js";
import { ASK_AGAIN_MS, pause, sendUntilAnswered } from "./sending.js";

export const KIND = "goods";
export const CLOCK_WRONG = "foundation.clock_wrong";
const LONG_WAIT_TRIES = 20;
const ASK_THE_PRICE_AGAIN = new Set(["redemption.quote_expired", "redemption.quote_unreadable",
  "redemption.total_differs", "foundation.key_reused", "foundation.too_busy"]);

export class Purchasing {
  /** `session` is the visit that a purchase belongs to; `outbox` and `seen` outlive it. */
  constructor({ model, api, outbox, seen, tell, session }) {
    Object.assign(this, { model, api, outbox, seen, tell, session });
  }

  /** The one big button: the key is on the disk before the first byte leaves. */
  async confirm() {
    const { model, session } = this;
    if (!canConfirm(model) || !session.go("confirm")) return;
    model.seen = total(model);
    await session.quoting;
    if (!model.quote && model.screen === "confirming") await session.ask();
    if (model.screen !== "confirming") return;
    if (!model.quote || total(model) !== model.seen) {
      session.refuse(model.refusal ?? { code: "kiosk.no_connection" });
      return;
    }
    if (model.pinFrom) {
      session.askPin(model.card.code, "pin.sum", { from_points: model.pinFrom }, "confirm");
      return;
    }
    model.key ??= newKey();
    const { visit } = session;
    const purchase = { key: model.key, visit, tail: model.card.card_tail,
      body: { kind: KIND, card: cardTold(model), quote: model.quote.quote, total_points: model.quote.total_points } };
    try {
      await this.outbox.put({ key: model.key, total_points: model.quote.total_points });
    } catch {
      session.refuse({ code: "kiosk.other" });
      return;
    }
    try {
      this.booked(purchase, await this.api.redeem(purchase.key, purchase.body));
    } catch (problem) {
      if (problem instanceof Refusal) await this.notBooked(purchase, problem);
      else await this.find(purchase);
    }
  }

  booked(purchase, answer) {
    const { model, session } = this;
    this.outbox.drop(purchase.key).catch(() => {});
    if (!purchase.elsewhere) this.seen.note(purchase.key, answer.redemption, purchase.tail);
    if (purchase.visit !== session.visit) return;
    model.redemption = answer.redemption;
    model.key = null;
    model.card.points = answer.redemption.points_after;
    model.taken = model.basket.count;
    model.refusal = null;
    session.go("booked");
    this.fetchCode(answer.redemption.number);
    const left = model.card.hide_balance && !model.shown ? ""
      : `${words(model, "slip.now")} ${answer.redemption.points_after} ${words(model, "points")}. `;
    this.tell("done", `${words(model, "done.title")}. ${left}${words(model, "done.sub", { n: model.taken })}`);
  }

  /** The slip as a code for a telephone; where it does not come, nobody misses it. */
  async fetchCode(number) {
    const { model } = this;
    model.slipCode = null;
    const code = await this.api.slipCode(number).catch(() => null);
    if (!code || model.redemption?.number !== number) return;
    model.slipCode = code;
    this.session.show();
  }

  /** A definite no: the key is used up, the basket stays, and the difference is shown. */
  async notBooked(purchase, problem) {
    const { model, session } = this;
    await this.outbox.drop(purchase.key).catch(() => {});
    if (purchase.visit !== session.visit) return;
    model.key = null;
    model.quote = null;
    const { sku, now, was } = problem.facts;
    if (problem.code === "people.device_unknown") {
      session.onUnpaired();
    } else if (problem.code === CLOCK_WRONG) {
      session.close();
    } else if (session.pinWanted(problem, "confirm")) {
      return;
    } else if (problem.code === "redemption.quote_used" && problem.facts.number) {
      // This very basket went through under an earlier key: its slip is the true answer.
      await this.api.redemption(problem.facts.number)
        .then((answer) => this.booked({ ...purchase, elsewhere: true }, answer), (other) => session.failed(other));
    } else if (problem.code === "redemption.price_changed" && model.shelf.has(sku)) {
      model.shelf.get(sku).price_points = now;
      session.refuse({ code: problem.code, facts: { sku, was, now }, offer: true });
      session.ask();
    } else if (problem.code === "ledger.insufficient_balance") {
      if (Number.isInteger(problem.facts.available)) model.card.points = problem.facts.available;
      session.refuse({ code: problem.code, facts: { short: sums(model).short, ...problem.facts } });
    } else if (sku) {
      session.setAside(problem, null, null);
    } else {
      const again = ASK_THE_PRICE_AGAIN.has(problem.code);
      session.refuse({ code: problem.code, facts: problem.facts, title: problem.title,
        detail: problem.detail, offer: again });
      if (again) session.ask();
    }
  }

  /** Nobody knows whether it happened: ask by key, and send the same again where it did not. */
  async find(purchase) {
    const { model, session } = this;
    model.long = false;
    session.go("lost");
    this.tell("question", words(model, "checking.title"), true);
    for (let tries = 1; purchase.visit === session.visit; tries += 1) {
      await pause(ASK_AGAIN_MS);
      if (purchase.visit !== session.visit) break;
      try {
        if (await this.findOnce(purchase)) return;
      } catch (problem) {
        if (problem.code === "people.device_unknown") {
          session.onUnpaired();
          return;
        }
      }
      if (tries === LONG_WAIT_TRIES) {
        model.long = true;
        session.show();
      }
    }
    this.tellOutcome(await this.settle(purchase.key), purchase.body.total_points);
  }

  /** One try; true when the outcome is known and shown. */
  async findOnce(purchase) {
    let receipt = await this.receiptOf(purchase.key);
    let refusal = null;
    if (!receipt) {
      try {
        this.booked(purchase, await this.api.redeem(purchase.key, purchase.body));
        return true;
      } catch (problem) {
        if (!(problem instanceof Refusal)) throw problem;
        refusal = problem;
      }
      // An earlier copy may still be on its way; only a void key makes a refusal final.
      receipt = await this.api.voidKey(purchase.key);
    }
    if (receipt.state === "done") {
      const { number } = receipt.answer.redemption ?? receipt.answer;
      this.booked(purchase, await this.api.redemption(number));
    } else {
      await this.notBooked(purchase, refusal ?? new Refusal({ code: "kiosk.other" }, 409));
    }
    return true;
  }

  /** What stands under a key, or null where nothing does. */
  async receiptOf(key) {
    try {
      return await this.api.receipt(key);
    } catch (problem) {
      if (!(problem instanceof Refusal) || problem.status !== 404) throw problem;
      return null;
    }
  }

  /**
   * The person has gone: find out what became of a key, and see to it that it cannot book later.
   * Nothing is known (undefined) where this device may not ask any more.
   */
  async settle(key) {
    for (;;) {
      try {
        return await this.ending(key);
      } catch (problem) {
        if (problem instanceof Refusal && problem.status === 401) return undefined;
      }
      await pause(ASK_AGAIN_MS * 3);
    }
  }

  /** The receipt of a key, or null when it booked nothing and now never can. */
  async ending(key) {
    // The request may arrive between the two questions: voiding then answers its receipt.
    const receipt = await this.receiptOf(key) ?? await this.api.voidKey(key);
    await this.outbox.drop(key);
    if (receipt.state === "done") this.seen.note(key, receipt.answer.redemption);
    return receipt.state === "done" ? receipt : null;
  }

  /** After a reload or a power cut: say what became of the purchase that was under way. */
  async recover() {
    for (const record of await this.outbox.list().catch(() => [])) {
      this.tellOutcome(await this.settle(record.key), record.total_points);
    }
  }

  /** On an idle wall, say what became of the last purchase; nobody else's visit is disturbed. */
  tellOutcome(receipt, points) {
    const { model, session } = this;
    if (!["starting", "wall", "closed"].includes(model.screen) || model.card || receipt === undefined) return;
    if (receipt) {
      const answer = receipt.answer.redemption ?? receipt.answer;
      model.recovered = { slip: answer.slip ?? answer.number ?? "", n: answer.total_points ?? points };
      session.go("recovered");
      this.tell("done", words(model, "recovered.title"), true);
    } else {
      model.notice = { code: "recovered.not" };
      this.tell("refused", words(model, "recovered.not"), true);
      session.show();
    }
  }

  async undo() {
    const { model, session } = this;
    if (model.sending || model.screen !== "undoing") return;
    model.sending = true;
    session.show();
    const { number, lines } = model.redemption;
    const { visit } = session;
    // The same question twice is the same undo: the key belongs to the redemption shown.
    model.undoKey ??= newKey();
    try {
      const { undoKey: key } = model;
      const answer = await sendUntilAnswered(() => this.api.undo(number, key, cardTold(model)), { tries: LONG_WAIT_TRIES });
      this.seen.undone(number);
      if (visit !== session.visit) return;
      model.sending = false;
      model.undoKey = null;
      model.redemption = null;
      model.card.points = answer.redemption.points_after;
      model.basket = new Basket(lines.map((line) => ({ ...line, scanned: Boolean(line.scanned) })));
      model.just = null;
      model.notice = { code: "undo.done", tone: "in" };
      session.go("undone");
      this.tell("done", words(model, "undo.done"));
      session.ask();
    } catch (problem) {
      if (visit !== session.visit) return;
      model.sending = false;
      model.undoKey = null;
      if (problem.code === "redemption.already_undone") model.basket = new Basket();
      if (!session.pinWanted(problem, "undo")) session.failed(problem);
    }
  }
}
