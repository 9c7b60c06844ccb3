/* Done (换好了): the slip with its seal, the way back for five minutes, and what was recovered. */

import { h, icon } from "../dom.js";
import { nameOf, words } from "../model.js";
import { points, title } from "./parts.js";
import { paperSlip, slipCode } from "./slip.js";

export function doneView(model, room) {
  const undone = model.redemption.undone;
  return [
    h("div", { class: "k-done" }, h("span", { class: "k-tick", "aria-hidden": "true" }, icon("check", "k-icon-bold")),
      h("div", {}, title(words(model, undone ? "done.undone_title" : "done.title"), "k-done-title"),
        !undone && h("p", { class: "k-done-sub" }, words(model, "done.sub", { n: pieces(model) }))),
      !undone && slipCode(model, "k-slip-code")),
    paperSlip(model, room),
  ];
}

export function pieces(model) {
  return model.redemption.lines.reduce((sum, line) => sum + line.quantity, 0);
}

export function undoView(model) {
  const { lines, total_points: total } = model.redemption;
  return [
    h("section", { class: "k-undo", "data-role": "undo-question" },
      title(words(model, "undo.title")),
      h("p", { class: "k-undo-points" }, icon("undo"), words(model, "undo.back", { n: total })),
      h("p", { class: "k-body-text" }, words(model, "undo.goods")),
      h("ul", { class: "k-undo-goods" }, lines.map((line) => h("li", {},
        h("span", {}, `${nameOf(model, line.sku) || line.name} × ${line.quantity}`), points(model, line.sum_points))))),
  ];
}

export function recoveredView(model) {
  const facts = model.recovered;
  const known = facts.slip && facts.n !== undefined;
  return [
    h("div", { class: "k-done k-done-recovered", "data-role": "recovered" },
      h("span", { class: "k-tick", "aria-hidden": "true" }, icon("check", "k-icon-bold")),
      h("div", {}, title(words(model, "recovered.title"), "k-done-title"),
        h("p", { class: "k-done-sub" }, words(model, known ? "recovered.detail" : "recovered.plain", facts)))),
  ];
}
