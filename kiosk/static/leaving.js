/* A basket that was left without the button (未确认的篮子): kept when time ran out, and asked about at the
   card's next scan. Nothing is charged before somebody has said that the things were taken. */

import { NoAnswer, Refusal, newKey } from "./api.js";
import { cardTold, either, nameOf, words } from "./model.js";
import { sendUntilAnswered } from "./sending.js";

const TRIES = 20;

export class Leaving {
  /** `session` is the visit that the question belongs to. */
  constructor({ model, api, tell, session }) {
    Object.assign(this, { model, api, tell, session });
  }

  /** Before the visit is forgotten: what stood on the screen, where the button could have been pressed. */
  keep() {
    const { model } = this;
    if (!model.card || !model.quote || model.basket.isEmpty || model.redemption) return;
    const [key, card, { quote }] = [newKey(), cardTold(model), model.quote];
    // Nobody waits for it, and what the bank refuses to keep is not asked about.
    sendUntilAnswered(() => this.api.keepLeft(key, card, quote), { tries: TRIES }).catch(() => {});
  }

  /** The question is read out after the greeting. */
  ask(greeting) {
    const { model } = this;
    this.tell("question", `${greeting} ${words(model, "last.title", leftFacts(model))} ${words(model, "last.ask")}`, true);
  }

  /** "Taken" books it, at the price of then; "not taken" closes it. Then the visit goes on. */
  async answer(said) {
    const { model, session } = this;
    const left = model.leftBefore;
    if (!left || model.sending) return;
    const { visit } = session;
    model.sending = true;
    model.leftKey ??= newKey();
    session.show();
    try {
      const { leftKey: key } = model;
      const answer = await sendUntilAnswered(() => this.api.answerLeft(left.number, key, cardTold(model), said),
        { tries: TRIES, isOver: () => visit !== session.visit });
      if (visit !== session.visit) return;
      this.answered(answer.redemption);
    } catch (problem) {
      if (visit !== session.visit) return;
      Object.assign(model, { sending: false, leftKey: null });
      if (session.pinWanted(problem, "left")) return;
      // It stays open for the worker; this visit goes on without the question.
      model.leftBefore = null;
      if (problem instanceof Refusal || problem instanceof NoAnswer) session.failed(problem);
      else throw problem;
    }
  }

  answered(booked) {
    const { model, session } = this;
    Object.assign(model, { sending: false, leftKey: null, leftBefore: null });
    if (booked) model.card.points = booked.points_after;
    const [code, facts] = booked ? ["last.booked", { n: booked.total_points }] : ["last.closed", {}];
    model.notice = { code, facts, tone: "in" };
    session.go("back");
    this.tell("done", [words(model, code, facts), either(model, model.news[0]?.text)].join(" ").trim());
    session.ask();
  }
}

/** What lay in it, in words, and what it cost then. */
export function leftFacts(model) {
  const { lines, total_points: n } = model.leftBefore;
  const and = model.language === "zh-CN" ? "、" : ", ";
  const goods = lines.map((line) => `${nameOf(model, line.sku) || line.name}${line.quantity > 1 ? ` × ${line.quantity}` : ""}`);
  return { goods: goods.join(and), n };
}
