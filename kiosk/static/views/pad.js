/* Digits by finger: the short number under a card's code, its PIN, or the office's pairing code. A PIN
   stands nowhere on the page, not even for a screen reader: a filled cell shows a dot. */

import { h, icon } from "../dom.js";
import { words } from "../model.js";
import { title } from "./parts.js";

export const DIGITS = { number: 8, pairing: 12, pin: 6 };
const GROUP = 4;
const DOT = "\u25cf";
const TITLES = { number: "pad.number_title", pairing: "pair.title", pin: "pin.title" };
const BELOW = { number: "pad.number_sub", pairing: "pair.sub" };

export function padView(model) {
  const { screen, typed } = model;
  const secret = screen === "pin";
  const heading = words(model, TITLES[screen]);
  const told = secret ? words(model, "pin.typed", { n: typed.length }) : typed || heading;
  return h("section", { class: "k-pad", "data-role": "pad" },
    title(heading),
    h("p", { class: `k-body-text${model.padWrong ? " k-pad-wrong" : ""}`, "data-role": "pad-text" },
      model.padWrong && icon("octagon-alert"),
      words(model, model.padWrong || model.padBelow?.[screen] || BELOW[screen] || (model.reading ? "basket.checking" : model.pin.why), { ...model.pin?.facts, ...model.padFacts })),
    h("p", { class: `k-cells${screen === "pairing" ? " k-cells-many" : ""}`, "aria-label": told, role: "img", "data-role": "cells" },
      Array.from({ length: DIGITS[screen] }, (_, place) =>
      h("span", { class: `k-cell${secret ? " k-cell-dot" : ""}${place === typed.length ? " k-cell-next" : ""}${place && place % GROUP === 0 && !secret ? " k-cell-gap" : ""}` },
        secret && typed[place] ? DOT : typed[place] ?? ""))),
    h("div", { class: "k-keys", "data-role": "keys" },
      [..."123456789"].map((digit) => key(digit)),
      h("button", { class: "k-key k-key-word", type: "button", "data-do": "clear", "data-role": "clear" }, words(model, "pad.clear")),
      key("0"),
      h("button", { class: "k-key k-key-word", type: "button", "data-do": "delete", "data-role": "delete" }, words(model, "pad.delete"))),
    secret && h("p", { class: "k-body-text k-pad-hint", "data-role": "pad-hint" }, icon("lock"), words(model, "pin.hint")));
}

function key(digit) {
  return h("button", { class: "k-key", type: "button", "data-do": "digit", "data-digit": digit, "data-role": `digit-${digit}` }, digit);
}

export function startingView(model) {
  return h("section", { class: "k-pad" }, title("…"),
    model.padWrong && h("p", { class: "k-body-text k-pad-wrong" }, icon("octagon-alert"), words(model, model.padWrong)));
}
