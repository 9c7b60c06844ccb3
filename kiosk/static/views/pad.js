/* Digits by finger: the short number under a card's code, or the office's pairing code. */

import { h, icon } from "../dom.js";
import { words } from "../model.js";
import { title } from "./parts.js";

export const DIGITS = { number: 8, pairing: 12 };
const GROUP = 4;

export function padView(model) {
  const pairing = model.screen === "pairing";
  return h("section", { class: "k-pad", "data-role": "pad" },
    title(words(model, pairing ? "pair.title" : "pad.number_title")),
    h("p", { class: `k-body-text${model.padWrong ? " k-pad-wrong" : ""}`, "data-role": "pad-text" },
      model.padWrong && icon("octagon-alert"),
      words(model, model.padWrong || (pairing ? "pair.sub" : "pad.number_sub"))),
    h("p", { class: `k-cells${pairing ? " k-cells-many" : ""}`, "aria-label": model.typed || words(model, pairing ? "pair.title" : "pad.number_title"), role: "img" },
      Array.from({ length: DIGITS[model.screen] }, (_, place) =>
      h("span", { class: `k-cell${place === model.typed.length ? " k-cell-next" : ""}${place && place % GROUP === 0 ? " k-cell-gap" : ""}` },
        model.typed[place] ?? ""))),
    h("div", { class: "k-keys", "data-role": "keys" },
      [..."123456789"].map((digit) => key(digit)),
      h("button", { class: "k-key k-key-word", type: "button", "data-do": "clear", "data-role": "clear" }, words(model, "pad.clear")),
      key("0"),
      h("button", { class: "k-key k-key-word", type: "button", "data-do": "delete", "data-role": "delete" }, words(model, "pad.delete"))));
}

function key(digit) {
  return h("button", { class: "k-key", type: "button", "data-do": "digit", "data-digit": digit, "data-role": `digit-${digit}` }, digit);
}

export function startingView(model) {
  return h("section", { class: "k-pad" }, title("…"),
    model.padWrong && h("p", { class: "k-body-text k-pad-wrong" }, icon("octagon-alert"), words(model, model.padWrong)));
}
