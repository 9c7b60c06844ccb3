/* Activities (活动): the band on the wall, the choice where several are open, and how it went. */

import { h, icon } from "../dom.js";
import { bankNow, either, signChoices, words } from "../model.js";
import { signedWords } from "../signing.js";
import { clockTime, isSameDay } from "../time.js";
import { plain, title, yellow } from "./parts.js";

const SHOWN_MOST = 3;
const SHORT_NAME = 8;

/** What is open here now, for whoever stands before the wall; nothing to press, the card does it. */
export function activitiesBand(model) {
  const [first, ...rest] = model.place?.activities ?? [];
  if (!first) return null;
  return h("p", { class: "k-activities", "data-role": "activities", "data-key": "activities" },
    icon("user-check"), h("span", {},
      h("b", {}, words(model, rest.length ? "sign.band_many" : "sign.band", { name: first.name, n: rest.length })), " ",
      h("span", { class: "k-nobreak" }, words(model, untilWhen(model, first.ends_at), { time: clockTime(first.ends_at) }))));
}

const untilWhen = (model, ends) => isSameDay(ends, bankNow(model)) ? "sign.band_until" : "sign.band_until_tomorrow";

/** Beside the shopping: one button for whoever may sign in or out here now. It is the next step, and
    yellow, for who is in or has joined; others may have come for soap. */
export function signButton(model, mayBeYellow) {
  const { attendance } = model.card;
  if (!attendance || (attendance.signed_in && !attendance.signed_in.here)) return null;
  const text = signText(model, attendance.signed_in);
  if (!text) return null;
  const waits = model.sending;
  const expected = attendance.signed_in || signChoices(model)[0].joined;
  if (mayBeYellow && expected) return yellow("sign", waits ? words(model, "basket.checking") : text, { sign: "user-check", role: "sign", waits });
  return plain("sign", text, "user-check", { kind: "k-on-plate k-tall", "aria-disabled": waits ? "true" : null });
}

function signText(model, signedIn) {
  if (signedIn) return wholeName(model, "sign.out", signedIn.activity.name);
  const choices = signChoices(model);
  if (choices.length === 0) return "";
  return choices.length === 1 ? wholeName(model, "sign.in", choices[0].name) : words(model, "sign.in_many", { n: choices.length });
}

/** The name of an activity does not break while it is short. */
function wholeName(model, code, name) {
  return [words(model, code), model.language === "zh-CN" ? "" : " ", h("span", { class: name.length <= SHORT_NAME ? "k-nobreak" : "" }, name)];
}

/** Several are open: one large button each. */
export const pickView = (model) => pickAmong(model, signChoices(model).slice(0, SHOWN_MOST));

/** The same for whatever machine it is. */
export function pickAmong(model, choices) {
  return [
    title(words(model, "sign.pick")),
    h("div", { class: "k-pick" }, choices.map((one) => h("button", {
      class: "k-button k-pick-one", type: "button", "data-do": "sign", "data-role": "pick", "data-activity": one.number,
      "data-key": one.number, "aria-disabled": model.sending ? "true" : null },
    icon("user-check", "k-icon-large"), h("span", {}, one.name, h("small", {}, words(model, "sign.pick_where",
      { place: one.place, from: clockTime(one.begins_at), to: clockTime(one.ends_at) })))))),
  ];
}

/** How it went: the time in large figures, and what happens to it now. */
export function signedView(model) {
  const { signed } = model;
  return howItWent(model, clockTime(signed.status === "in" ? signed.signed_in_at : signed.signed_out_at), either(model, signed.who));
}

/** The same for whatever machine it is, with its figure, and who it is. */
export function howItWent(model, figure, ...who) {
  const [heading, sub] = signedWords(model);
  const { signed } = model;
  return [
    h("div", { class: "k-done k-done-signed", "data-role": "signed", "data-status": signed.status },
      h("span", { class: "k-tick", "aria-hidden": "true" }, icon(signed.forgotten ? "clock" : "check", "k-icon-bold")),
      h("div", {}, title(heading, "k-done-title"), h("p", { class: "k-done-sub", "data-role": "signed-sub" }, sub))),
    h("section", { class: "k-stub" }, h("p", { class: "k-stub-name" }, signed.name),
      h("p", { class: "k-stub-time", "data-role": "signed-figure" }, figure),
      h("p", { class: "k-stub-who" }, who)),
  ];
}

export function afterSigning(model) {
  const { signed } = model;
  return [
    h("div", { class: "k-pair" },
      signed.undo_until && plain("take-back", words(model, "sign.take_back"), "undo", { kind: "k-on-plate",
        note: words(model, "sign.take_back_until", { time: clockTime(signed.undo_until) }) }),
      plain("back", words(model, "sign.shop"), "bag", { kind: "k-on-plate" })),
    yellow("home", words(model, "done.home")),
  ];
}
