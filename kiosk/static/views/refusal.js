/* A refusal is never red: the stop shape, what stayed safe, a way on, and the basket as it is now. */

import { h, icon, picture } from "../dom.js";
import { bankNow, either, nameOf, priceOf, refusalWords, words } from "../model.js";
import { stamp } from "../time.js";
import { greetingView } from "./basket.js";
import { plain, points, title } from "./parts.js";

const GONE = new Set(["redemption.sold_out", "kiosk.sold_out_tile"]);
/* No other goods would help: whoever it is goes to the desk, and the next person comes. */
const FOR_THE_DESK = new Set(["people.ask_at_desk"]);
/* It is the card or its PIN and not the goods: somebody who helps is nearer than something else to choose. */
const FOR_HELP = new Set([...FOR_THE_DESK, "people.card_blocked", "people.card_unknown",
  "people.pin_locked", "people.pin_blocked", "people.pin_missing"]);

export function refusalView(model, room) {
  const { title: heading, detail } = refusalWords(model);
  const { basket, refusal } = model;
  const filled = !basket.isEmpty;
  const fits = Math.max(1, room.still - (refusal.aside ? 1 : 0));
  return [
    model.card || filled ? greetingView(model, filled ? words(model, "refusal.count", { n: basket.count }) : "") : null,
    h("section", { class: "k-refusal", "data-role": "refusal", "data-code": refusal.code },
      icon("octagon-alert", "k-icon-stop"),
      h("div", {}, title(heading, "k-refusal-title"), h("p", { class: "k-refusal-text", "data-role": "refusal-text" }, detail))),
    (filled || refusal.aside) && h("ul", { class: "k-line-list k-line-list-still" },
      basket.skus().slice(-fits).map((sku) => stillLine(model, sku)),
      refusal.aside && asideLine(model, refusal.aside)),
    h("div", { class: "k-pair k-choices" },
      FOR_HELP.has(refusal.code) ? plain("help", words(model, "foot.help"), "headset")
        : plain("browse", words(model, "refusal.other"), "bag"),
      filled && !FOR_THE_DESK.has(refusal.code) ? plain("back", words(model, "refusal.back"), "undo")
        : plain("leave", words(model, "refusal.home"), "exit", { role: "to-start" })),
  ];
}

function stillLine(model, sku) {
  const item = model.shelf.get(sku);
  return h("li", { class: "k-line k-line-still", "data-role": "still-line", "data-sku": sku }, picture(item?.picture),
    h("div", { class: "k-line-what" }, h("p", { class: "k-line-name" }, nameOf(model, sku)),
      item?.spec && h("p", { class: "k-line-spec" }, item.spec)),
    h("span", { class: "k-quantity" }, `× ${model.basket.quantity(sku)}`),
    points(model, model.basket.quantity(sku) * priceOf(model, sku), "k-cost k-line-sum"));
}

function asideLine(model, sku) {
  const item = model.shelf.get(sku);
  const gone = GONE.has(model.refusal.code);
  return h("li", { class: "k-line k-line-still k-line-aside", "data-role": "aside-line" }, picture(item?.picture),
    h("div", { class: "k-line-what" }, h("p", { class: "k-line-name" }, nameOf(model, sku)),
      gone && item?.restock && h("p", { class: "k-line-spec" }, either(model, item.restock))),
    h("span", { class: "k-chip-gone" }, words(model, gone ? "wall.sold_out" : "refusal.aside")));
}

/** Nobody knows yet whether it happened; it can only happen once. */
export function checkingView(model) {
  return [
    model.card && greetingView(model, words(model, "basket.count", { n: model.basket.count })),
    h("section", { class: "k-checking", "data-role": "checking" },
      h("span", { class: "k-turning k-turning-large", "aria-hidden": "true" }),
      h("div", {}, title(words(model, "checking.title"), "k-refusal-title"),
        h("p", { class: "k-refusal-text" }, words(model, "checking.safe")),
        model.long && h("p", { class: "k-refusal-text" }, words(model, "checking.long")))),
  ];
}

/** Closed: nobody knows what day it is. What the clock shows stands here, for whoever comes to look. */
export function closedView(model) {
  const phone = model.place?.shop.help_phone;
  return h("section", { class: "k-refusal", "data-role": "closed" },
    icon("octagon-alert", "k-icon-stop"),
    h("div", {}, title(words(model, "closed.title"), "k-refusal-title"),
      h("p", { class: "k-refusal-text" }, words(model, "closed.safe")),
      phone && h("p", { class: "k-refusal-text" }, words(model, "slip.phone", { phone })),
      h("p", { class: "k-refusal-text", "data-role": "closed-now" },
        words(model, "closed.now", { stamp: stamp(bankNow(model), model.language) }))));
}
