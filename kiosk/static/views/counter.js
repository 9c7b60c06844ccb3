/* The counter (柜台): the call for the card, the sum, and the one yellow button. */

import { h, icon } from "../dom.js";
import { canConfirm, nameOf, sums, words } from "../model.js";
import { clockTime } from "../time.js";
import { greetingView, newsOnWall, newsView } from "./basket.js";
import { isBetween } from "./wall.js";
import { plain, points, signed, yellow } from "./parts.js";
import { afterSigning, signButton } from "./signing.js";

const COUNTER_LINES = { closed: "closed.counter", pairing: "pair.counter" };

export function counterView(model, room) {
  if (model.screen === "wall") return model.card ? greeted(model, room) : wallCall(model, room);
  if (["basket", "confirming", "refusal", "checking"].includes(model.screen)) return toPay(model, room);
  if (model.screen === "done") return afterwards(model);
  if (model.screen === "undoing") return beforeUndo(model);
  if (model.screen === "signed") return afterSigning(model);
  if (model.screen === "activities") return plain("back", words(model, "sign.pick_back"), "undo", { kind: "k-on-plate k-tall" });
  if (model.screen === "left_before") return plain("back", words(model, "last.later"), "clock", { kind: "k-on-plate k-tall" });
  if (model.screen === "recovered") return yellow("home", words(model, "done.home"));
  if (model.screen === "pin") {
    return [model.card && !model.basket.isEmpty && sumBar(model),
      plain("back", words(model, model.card ? "pin.back" : "pad.back"), "undo", { kind: "k-on-plate k-tall" })];
  }
  if (model.screen === "number") return plain("back", words(model, "pad.back"), "undo", { kind: "k-on-plate k-tall" });
  return h("p", { class: "k-counter-line" }, words(model, COUNTER_LINES[model.screen] ?? "wall.call"));
}

function wallCall(model, room) {
  const filled = !model.basket.isEmpty;
  return h("div", { class: `k-call${filled ? " k-call-filled" : ""}`, "data-role": "call" },
    h("div", { class: "k-card-drawing", "aria-hidden": "true" },
      h("img", { src: new URL("../card.svg", import.meta.url).href, alt: "" })),
    h("div", { class: "k-call-words" },
      h("h2", { class: "k-call-title" }, words(model, model.reading ? "wall.reading" : "wall.call")),
      filled ? thisOnly(model) : callLines(model, room)),
    h("div", { class: "k-call-buttons" },
      filled ? yellow("back", words(model, "wall.to_basket", { n: model.basket.count }), { sign: "bag" })
        : [plain("number", words(model, "wall.number"), "keyboard", { kind: "k-on-plate" }),
          model.camera === "prompt" && plain("camera", words(model, "wall.camera"), "camera", { kind: "k-on-plate" })]));
}

function callLines(model, room) {
  const camera = model.camera === "on" && !model.large;
  if (room.side || model.large) {
    return h("p", { class: "k-call-line" }, words(model, camera ? "wall.camera_on" : "wall.how_side"));
  }
  return [h("p", { class: "k-call-line" }, words(model, "wall.how_1")),
    h("p", { class: "k-call-line" }, words(model, camera ? "wall.camera_on" : "wall.how_2"))];
}

/** With a card read the wall's counter shows who stands here and what there is. */
function greeted(model, room) {
  const filled = !model.basket.isEmpty;
  const sign = signButton(model, !filled);
  return [
    h("div", { class: "k-on-plate-greeting" }, greetingView(model, words(model, "wall.pick"))),
    filled || newsOnWall(model, room) ? null : newsView(model, { silent: Boolean(sign) && isBetween(model, room) }),
    sumBar(model),
    filled && yellow("back", words(model, "wall.to_basket", { n: model.basket.count }), { sign: "bag" }),
    sign,
  ];
}

function toPay(model, room) {
  if (model.basket.isEmpty && !model.card) return wallHint(model);
  if (!model.card) {
    return h("div", { class: "k-no-card", "data-role": "call" },
      h("div", {}, h("h2", { class: "k-call-title" }, words(model, model.reading ? "wall.reading" : "basket.card_call")),
        h("p", { class: "k-call-line" }, words(model, "basket.card_how"))), thisOnly(model));
  }
  return [sumBar(model), confirmView(model, room)];
}

function wallHint(model) {
  return h("div", { class: "k-no-card", "data-role": "call" },
    h("div", {}, h("h2", { class: "k-call-title" }, words(model, "wall.call")),
      h("p", { class: "k-call-line" }, words(model, "wall.how_side"))));
}

function confirmView(model, room) {
  const n = model.basket.count;
  if (model.screen === "checking") return null;
  if (model.screen === "confirming") return yellow("confirm", words(model, "basket.checking"), { waits: true });
  if (sums(model).short > 0) {
    return h("p", { class: "k-short-hint", "data-role": "short-hint" }, words(model, "basket.short_hint"));
  }
  if (!canConfirm(model)) return null;
  const { refusal } = model;
  if (model.screen === "refusal" && refusal.aside) {
    const name = nameOf(model, refusal.aside);
    const text = model.language === "zh-CN" && name.length > 6 ? "basket.confirm" : "refusal.without";
    return yellow("confirm", words(model, text, { name, n }));
  }
  return yellow("confirm", words(model, room.side ? "basket.confirm_side" : "basket.confirm", { n }));
}

/** Without a card only this basket's sum is known. */
function thisOnly(model) {
  return h("p", { class: "k-this-only", "data-role": "sum-this" },
    h("span", {}, words(model, "sum.this")), points(model, sums(model).spent));
}

/** Now − this = after, always in the same place; the third is on white, because it is the answer. */
export function sumBar(model) {
  const { before, spent, after, short } = sums(model);
  const hidden = model.card.hide_balance && !model.shown;
  const cell = (role, word, figure, kind = "") => h("div", { class: `k-sum-cell ${kind}`.trim(), "data-role": role },
    h("span", { class: "k-sum-word" }, words(model, word)), h("span", { class: `k-sum-figure${figure.length > 4 ? " k-sum-long" : ""}` }, figure));
  const sign = (mark) => h("span", { class: "k-sum-sign", "aria-hidden": "true" }, mark);
  return h("div", { class: "k-sum", "data-role": "sum", "data-key": "sum" },
    hidden ? h("button", { class: "k-sum-cell k-sum-peek", type: "button", "data-do": "peek", "data-role": "peek" },
      h("span", { class: "k-sum-word" }, words(model, "sum.now")), h("span", { class: "k-sum-show" }, words(model, "sum.hidden")))
      : cell("sum-before", "sum.now", signed(before)),
    sign("\u2212"),
    cell("sum-this", "sum.this", signed(spent)),
    sign("="),
    short > 0 ? shortCell(model, short)
      : cell("sum-after", "sum.after", hidden ? "···" : signed(after), "k-sum-after"));
}

function shortCell(model, short) {
  return h("div", { class: "k-sum-cell k-sum-after k-sum-short", "data-role": "sum-short" },
    h("span", { class: "k-sum-word" }, icon("octagon-alert"), words(model, "sum.short")),
    points(model, short, `k-sum-figure${short > 9999 ? " k-sum-long" : ""}`));
}

function afterwards(model) {
  const until = model.redemption.undo_until;
  return [
    h("div", { class: "k-pair" },
      !model.redemption.undone && until > model.redemption.at && plain("undo", words(model, "done.undo"), "undo", { kind: "k-on-plate",
        note: words(model, "done.undo_until", { time: clockTime(until) }) }),
      plain("print", words(model, "done.print"), "print", { kind: "k-on-plate" })),
    yellow("home", words(model, "done.home")),
  ];
}

function beforeUndo(model) {
  return [
    plain("keep", words(model, "undo.no"), "check", { kind: "k-on-plate k-tall" }),
    yellow("undo-now", model.sending ? words(model, "basket.checking")
      : words(model, "undo.yes", { n: model.redemption.total_points }), { sign: "undo", waits: model.sending }),
  ];
}

