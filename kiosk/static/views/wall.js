/* The wall (货架): goods stand on boards, a paper price tag hangs under each. */

import { h, icon, picture } from "../dom.js";
import { either, nameOf, wallGoods, words } from "../model.js";
import { newsOnWall, newsView } from "./basket.js";
import { points, title } from "./parts.js";
import { activitiesBand, signButton } from "./signing.js";

const FEW = 6;
const LONG_NAME = 7;
const MUCH = 1000;

export function wallView(model, room) {
  const goods = wallGoods(model);
  if (model.started && goods.length === 0) {
    return [title(words(model, "wall.title"), "k-hidden"), h("p", { class: "k-empty" }, words(model, "wall.empty"))];
  }
  const fits = room.columns * room.rows;
  const pages = Math.max(1, Math.ceil(goods.length / fits));
  const page = Math.min(Math.max(0, model.wallPage), pages - 1);
  model.wallPage = page;
  const shown = goods.slice(page * fits, (page + 1) * fits);
  const rows = [];
  for (let from = 0; from < shown.length; from += room.columns) rows.push(shown.slice(from, from + room.columns));
  // The best shelf for a hand is the lowest: the most wanted stand there.
  rows.reverse();
  return [
    title(words(model, "wall.title"), "k-hidden"),
    model.card ? newsOnWall(model, room) && newsView(model, { silent: Boolean(signButton(model)) && isBetween(model, room) }) : activitiesBand(model),
    h("div", { class: `k-shelves k-shelves-${room.rows}`, "data-role": "shelves" },
      Array.from({ length: room.rows - rows.length }, () => bareShelf()),
      rows.map((row) => shelf(model, row))),
    pages > 1 && pager(model, page, pages),
  ];
}

/** Does the wall have pages before and after this one? Then both ways to turn it are there. */
export function isBetween(model, room) {
  const pages = Math.ceil(wallGoods(model).length / (room.columns * room.rows));
  return model.wallPage > 0 && model.wallPage < pages - 1;
}

function shelf(model, row) {
  return h("div", { class: "k-shelf" }, h("span", { class: "k-board", "aria-hidden": "true" }),
    row.map((item) => tile(model, item)));
}

/** A board with nothing on it, as high as the others. */
function bareShelf() {
  return h("div", { class: "k-shelf" }, h("span", { class: "k-board", "aria-hidden": "true" }),
    h("span", { class: "k-tag k-tag-ghost", "aria-hidden": "true" }, h("span", { class: "k-tag-name" }, "·"),
      h("span", { class: "k-tag-price" }, "·"), h("span", { class: "k-tag-more" }, "·")));
}

function tile(model, item) {
  const gone = item.left <= 0;
  const name = nameOf(model, item.sku);
  const restock = either(model, item.restock) || words(model, "wall.restock_none");
  const hours = (item.hours_tenths / 10).toFixed(item.hours_tenths % 10 ? 1 : 0);
  const long = name.length > (model.language === "zh-CN" ? LONG_NAME : LONG_NAME * 2);
  return h("button", { class: `k-tile${gone ? " k-tile-gone" : ""}`, type: "button", "data-do": "add",
    "data-role": "tile", "data-sku": item.sku, "data-left": item.left, "data-key": item.sku },
  picture(item.picture),
  h("span", { class: "k-tag" },
    h("span", { class: `k-tag-name${long ? " k-tag-name-long" : ""}` }, h("b", {}, name), item.spec && !long && h("span", { class: "k-tag-spec" }, item.spec)),
    h("span", { class: `k-tag-price${item.price_points >= MUCH ? " k-tag-price-long" : ""}` }, points(model, item.price_points, "k-cost")),
    h("span", { class: "k-tag-more" }, gone ? restock
      : [h("span", { class: "k-nobreak" }, words(model, "wall.hours", { hours })), h("span", { class: "k-dot" }, " · "),
        h("span", { class: "k-nobreak" }, words(model, item.left < FEW ? "wall.few" : "wall.left", { n: item.left }))]),
    gone ? h("span", { class: "k-chip-gone" }, words(model, "wall.sold_out"))
      : h("span", { class: "k-add" }, icon("plus"), h("span", { class: "k-hidden" }, words(model, "wall.add")))));
}

function pager(model, page, pages) {
  // Where one more button stands in the counter, a way that leads nowhere is left out.
  const bare = Boolean(model.card && signButton(model));
  const button = (action, word, sign, off) => off && bare ? h("span", {}) : h("button", { class: "k-button k-pager-button", type: "button",
    "data-do": action, "data-role": action, "aria-disabled": off ? "true" : null },
  sign === "before" && icon("chevron-right", "k-icon-left"), h("span", {}, words(model, word)),
  sign === "after" && icon("chevron-right"));
  return h("nav", { class: "k-pager", "data-role": "pager", "aria-label": words(model, "wall.title") },
    button("wall-back", "wall.back_row", "before", page === 0),
    h("p", {}, words(model, "wall.page", { page: page + 1, pages })),
    button("wall-next", "wall.next_row", "after", page === pages - 1));
}
