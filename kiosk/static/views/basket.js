/* The basket (篮子): greeting, at most one line of news, the lines, and goods without a barcode. */

import { h, icon, picture } from "../dom.js";
import { either, nameOf, priceOf, rowGoods, words } from "../model.js";
import { plain, points, title } from "./parts.js";

const LONG_HELLO = 12;
const LONG_NAME = { "zh-CN": 8, en: 14 };

export function basketView(model, room) {
  const skus = model.basket.skus();
  const more = skus.length > room.lines;
  // Long names take two lines each: where the list is full, the news waits for more room.
  const full = skus.length >= room.lines && skus.some((sku) => nameOf(model, sku).length > LONG_NAME[model.language]);
  return [
    greetingView(model, words(model, "basket.count", { n: model.basket.count })),
    more || full || model.notice || !model.online ? null : newsView(model),
    linesView(model, room),
    model.large ? plain("browse", words(model, "basket.one_more"), "bag", { kind: "k-wide", role: "browse" })
      : picturesView(model, room, more),
  ];
}

/** The form of address chosen with the card, else the masked name; nobody yet: what this is. */
export function greetingView(model, aside) {
  const card = model.card;
  const hello = card ? either(model, card.greeting) || words(model, "greet.plain") : words(model, "basket.title");
  return h("div", { class: "k-greeting", "data-key": "greeting" }, title(hello, `k-hello${hello.length > LONG_HELLO ? " k-hello-long" : ""}`),
    model.large && model.aloud ? h("p", { class: "k-aloud" }, icon("sound"), words(model, "greet.aloud"))
      : h("p", { class: "k-aside", "data-role": "count" }, aside));
}

/** One line that this person has not been told yet; the rest comes one by one.
    `silent` is for where another button needs the room: what stood there for a while has been told. */
export function newsView(model, { silent = false } = {}) {
  const first = model.news[0];
  if (!first) return null;
  const rest = model.news.length - 1 + model.newsMore;
  return h("div", { class: `k-news k-news-${first.tone === "stop" ? "stop" : "in"}`, "data-role": "news", "data-key": "news" },
    icon(first.tone === "stop" ? "clock" : "check"), h("p", {}, either(model, first.text)),
    !silent && plain("news", words(model, rest ? "news.more" : "news.known", { n: rest }), null, { kind: "k-small", role: "news-known" }));
}

/** In large type a counter at the side has no room for news: it stands above the shelf then. */
export function newsOnWall(model, room) {
  return room.side && model.large && model.basket.isEmpty;
}

/** As many lines as fit; the newest stays in view, up and down bring the others. */
export function linesView(model, room) {
  const skus = model.basket.skus();
  const last = Math.max(0, skus.length - room.lines);
  let from = model.linesFrom;
  if (typeof from === "object" && from !== null) {
    const place = skus.indexOf(from.containing);
    from = place < 0 ? last : Math.min(last, Math.floor(place / room.lines) * room.lines);
    if (place >= from + room.lines) from = place - room.lines + 1;
  }
  from = Math.min(Math.max(0, from), last);
  const to = Math.min(skus.length, from + room.lines);
  return h("div", { class: "k-lines", "data-role": "lines", "data-key": "lines" },
    h("ul", { class: `k-line-list k-line-list-${room.lines}` },
      skus.slice(from, to).map((sku) => lineView(model, sku))),
    skus.length > room.lines && h("div", { class: "k-line-pager", "data-role": "line-pager" },
      lineStep(model, "up", Math.max(0, from - room.lines), from === 0),
      h("p", {}, words(model, "basket.window", { from: from + 1, to, n: skus.length })),
      lineStep(model, "down", Math.min(last, from + room.lines), to === skus.length)));
}

function lineStep(model, way, from, off) {
  return h("button", { class: "k-button k-small", type: "button", "data-do": "lines-to", "data-from": from,
    "data-role": `lines-${way}`, "aria-disabled": off ? "true" : null },
  icon("arrow-down", way === "up" ? "k-icon-up" : ""), h("span", {}, words(model, `basket.${way}`)));
}

function lineView(model, sku) {
  const item = model.shelf.get(sku);
  const quantity = model.basket.quantity(sku);
  const name = nameOf(model, sku);
  const price = priceOf(model, sku);
  const just = model.just === sku;
  return h("li", { class: `k-line${just ? " k-line-just" : ""}`, "data-role": "line", "data-sku": sku, "data-key": sku },
    picture(item?.picture),
    h("div", { class: "k-line-what" },
      h("p", { class: "k-line-name" }, name),
      model.large ? points(model, price, "k-cost k-line-each")
        : h("p", { class: "k-line-spec" }, item?.spec && h("span", { class: "k-nobreak" }, item.spec),
          item?.spec ? " · " : "", h("span", { class: "k-nobreak" }, words(model, "basket.each", { n: price }))),
      just && !model.large && h("span", { class: "k-just" }, words(model, "basket.just"))),
    h("div", { class: "k-stepper" },
      minusView(model, sku, name, quantity),
      h("span", { class: "k-quantity", "data-role": "quantity" }, String(quantity)),
      h("button", { class: "k-step", type: "button", "data-do": "plus", "data-role": "plus", "data-sku": sku,
        "aria-label": words(model, "basket.plus", { name }) }, icon("plus", "k-icon-bold"))),
    !model.large && points(model, quantity * price, "k-cost k-line-sum"),
    !model.large && h("button", { class: "k-remove", type: "button", "data-do": "remove", "data-role": "remove",
      "data-sku": sku, "aria-label": words(model, "basket.remove_name", { name }) }, h("span", {}, words(model, "basket.remove"))));
}

/** In large type the minus of the last piece says what it does. */
function minusView(model, sku, name, quantity) {
  const removes = model.large && quantity === 1;
  return h("button", { class: `k-step${removes ? " k-step-word" : ""}`, type: "button", "data-do": "minus", "data-role": "minus",
    "data-sku": sku, "aria-label": words(model, removes ? "basket.remove_name" : "basket.minus", { name }) },
  removes ? h("span", {}, words(model, "basket.remove")) : icon("minus", "k-icon-bold"));
}

function picturesView(model, room, bare) {
  return h("div", { class: "k-pictures", "data-key": "pictures" },
    !bare && h("h2", { class: "k-pictures-title" }, words(model, "basket.pictures")),
    h("div", { class: "k-picture-row" },
      rowGoods(model, room.pictures).map((item) => h("button", { class: "k-picture-tile", type: "button",
        "data-do": "add", "data-role": "picture-tile", "data-sku": item.sku, "data-key": item.sku },
      picture(item.picture), h("span", { class: "k-picture-words" }, h("b", {}, nameOf(model, item.sku)),
        points(model, item.price_points, "k-cost")))),
      h("button", { class: "k-picture-tile k-picture-all", type: "button", "data-do": "browse", "data-role": "browse",
        "data-key": "all" }, icon("bag", "k-icon-large"), h("span", { class: "k-picture-words" }, words(model, "basket.all")))));
}
