/* Signing in and out (签到、签退) of what is open at this machine: beside the shopping, never in its way.
   One key for each press, sent again until the bank has answered. */

import { NoAnswer, Refusal, newKey } from "./api.js";
import { cardTold, nameOfActivity, signChoices, words } from "./model.js";
import { sendUntilAnswered } from "./sending.js";
import { clockTime, lengthInWords } from "./time.js";

const TRIES = 20;

export class Signing {
  /** `session` is the visit; what is pressed here belongs to it and ends with it. */
  constructor({ model, api, session, tell }) {
    Object.assign(this, { model, api, session, tell });
  }

  /** The one button: sign out where one is in, in where there is one thing, else choose. */
  press(activity = null) {
    const { model } = this;
    const signedIn = model.card?.attendance?.signed_in;
    if (signedIn) return this.sign("signOut", signedIn.activity?.number);
    const choices = signChoices(model);
    if (activity || choices.length === 1) return this.sign("signIn", activity ?? choices[0].number);
    this.session.go("pick");
    return undefined;
  }

  async sign(verb, number) {
    const { model } = this;
    if (!number || !model.card || model.sending) return;
    const answer = await this.ask((key) => this.api[verb](number, key, cardTold(model)));
    if (!answer) return;
    const { attendance, greeting } = answer;
    model.signed = { ...attendance, who: greeting, name: nameOfActivity(model, number) };
    model.card.attendance = {
      signed_in: attendance.status === "in" ? { attendance: attendance.attendance, since: attendance.signed_in_at,
        here: true, activity: { number, name: model.signed.name } } : null,
      choices: [],
    };
    this.session.go("signed");
    this.tell("done", signedWords(model).join(" "));
  }

  /** A sign-in by mistake, within five minutes. */
  async takeBack() {
    const { model } = this;
    const number = model.signed?.attendance;
    if (!number || model.sending) return;
    const answer = await this.ask((key) => this.api.takeBackSignIn(number, key, cardTold(model)));
    if (!answer) return;
    Object.assign(model, { signed: null, notice: { code: "sign.taken_back", tone: "in" } });
    model.card.attendance = { signed_in: null, choices: model.place.activities };
    this.session.go("taken_back");
    this.tell("done", words(model, "sign.taken_back"));
  }

  /** Send until there is an answer; null when it was refused, when nobody answers, or when the person has gone. */
  async ask(send) {
    const { model, session } = this;
    const visit = session.visit;
    const key = newKey();
    model.sending = true;
    session.show();
    try {
      const answer = await sendUntilAnswered(() => send(key), { tries: TRIES, isOver: () => visit !== session.visit });
      return visit === session.visit ? answer : null;
    } catch (problem) {
      if (visit === session.visit) {
        model.sending = false;
        if (problem instanceof Refusal || problem instanceof NoAnswer) session.failed(problem);
        else throw problem;
      }
      return null;
    } finally {
      if (visit === session.visit) model.sending = false;
    }
  }
}

/** What the result page says: a title and the line below it. */
export function signedWords(model) {
  const { signed, language } = model;
  const who = language === "zh-CN" ? signed.who.zh : signed.who.en;
  if (signed.status === "in") {
    return [words(model, "sign.in_title"), words(model, "sign.in_sub", { who, time: clockTime(signed.signed_in_at) })];
  }
  const length = lengthInWords(signed.minutes, language);
  if (signed.forgotten) return [words(model, "sign.stopped_title"), words(model, "sign.stopped_sub", { length })];
  return [words(model, "sign.out_title"), words(model, signed.leader_confirms ? "sign.out_leader" : "sign.out_sub", { length })];
}
