/* "Last time you chose soap and did not confirm. Did you take it?" Two equal answers, neither of them expected. */

import { h, picture } from "../dom.js";
import { leftFacts } from "../leaving.js";
import { nameOf, words } from "../model.js";
import { dayInWords } from "../time.js";
import { greetingView } from "./basket.js";
import { plain, title } from "./parts.js";

export function leftView(model, room) {
  const { lines, left_at: at } = model.leftBefore ?? { lines: [], left_at: "" };
  const facts = model.leftBefore ? leftFacts(model) : { goods: "", n: 0 };
  const waits = model.sending ? { "aria-disabled": "true" } : {};
  return [
    greetingView(model, dayInWords(at, model.language)),
    h("section", { class: "k-refusal k-left", "data-role": "left" },
      title(words(model, "last.title", facts), "k-refusal-title"),
      h("p", { class: "k-left-ask" }, words(model, "last.ask")),
      h("p", { class: "k-refusal-text" }, words(model, "last.safe"))),
    // The question names them already; pictures stand where there is room for them.
    !model.large && h("ul", { class: "k-line-list k-line-list-still" }, lines.slice(0, Math.max(1, room.still - 1)).map((line) =>
      h("li", { class: "k-line k-line-still", "data-role": "left-line", "data-sku": line.sku },
        picture(model.shelf.get(line.sku)?.picture),
        h("div", { class: "k-line-what" }, h("p", { class: "k-line-name" }, nameOf(model, line.sku) || line.name)),
        h("span", { class: "k-quantity" }, `× ${line.quantity}`)))),
    h("div", { class: "k-pair k-choices" },
      plain("left-taken", words(model, "last.taken", facts), "check", { kind: "k-tall", role: "left-taken", ...waits }),
      plain("left-not", words(model, "last.not"), "undo", { kind: "k-tall", role: "left-not", ...waits })),
  ];
}
