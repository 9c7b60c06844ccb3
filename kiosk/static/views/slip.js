/* The slip (兑换小票), on the screen as white paper with a seal, and for the printer in black only. */

import { h } from "../dom.js";
import { nameOf, words } from "../model.js";
import { clockTime, dayInWords, stamp } from "../time.js";
import { points, signed } from "./parts.js";

const nameOfLine = (model, line) => nameOf(model, line.sku) || line.name;
const donorsOf = (redemption) => [...new Set(redemption.lines.map((line) => line.donor).filter(Boolean))];
/** One line per product and price, whether its pieces were scanned or tapped. */
function linesOf(redemption) {
  const merged = new Map();
  for (const line of redemption.lines) {
    const key = `${line.sku} ${line.price_points}`;
    const before = merged.get(key);
    merged.set(key, before ? { ...before, quantity: before.quantity + line.quantity,
      sum_points: before.sum_points + line.sum_points } : line);
  }
  return [...merged.values()];
}
/** What of the points that are left expires soon, in one line; nothing where they are not to be seen. */
function expiringLine(model, closed) {
  const soon = model.redemption.expiring ?? [];
  if (closed || soon.length === 0) return "";
  const n = soon.reduce((sum, one) => sum + one.points, 0);
  return words(model, soon.length > 1 ? "slip.expiring_many" : "slip.expiring", { n, day: dayInWords(soon[0].day, model.language) });
}
/** The slip as a code for a telephone: text, nothing personal. */
export const slipCode = ({ slipCode: code }, kind) => code && h("svg", { class: kind, viewBox: `0 0 ${code.side} ${code.side}`, "data-role": "slip-code", "aria-hidden": "true" },
  h("path", { d: code.path }));
const seal = () => h("span", { class: "k-seal k-seal-done", "aria-hidden": "true" }, h("span", {}, "已"), h("span", {}, "兑"));

export function paperSlip(model, room) {
  const { redemption, card } = model;
  const fits = room.slip;
  const lines = linesOf(redemption);
  const hidden = lines.length > fits;
  const shown = hidden ? lines.slice(0, fits - 1) : lines;
  const closed = card.hide_balance && !model.shown;
  const balance = (value, kind) => (closed ? h("b", {}, words(model, "slip.hidden")) : points(model, value, kind));
  const donors = donorsOf(redemption);
  const expiring = expiringLine(model, closed);
  return h("article", { class: "k-slip", "data-role": "slip" },
    h("div", { class: "k-slip-head" },
      h("p", {}, h("span", { class: "k-slip-word" }, words(model, "slip.number")),
        h("b", { class: "k-slip-number", "data-role": "slip-number" }, redemption.slip)),
      h("p", { class: "k-slip-when" }, h("span", {}, card.masked_name), h("span", {}, stamp(redemption.at, model.language)))),
    h("div", { class: "k-slip-lines" },
      h("ul", {}, shown.map((line) => h("li", {}, h("span", { class: "k-slip-name" }, `${nameOfLine(model, line)} × ${line.quantity}`),
        h("b", {}, signed(line.sum_points))))),
      hidden && h("p", { class: "k-slip-word" }, words(model, "slip.more_lines", { n: lines.length - shown.length })),
      seal()),
    h("dl", { class: "k-slip-sums" },
      h("div", {}, h("dt", {}, words(model, "slip.before")), h("dd", {}, balance(redemption.points_before))),
      h("div", { class: "k-slip-used" }, h("dt", {}, words(model, "slip.used")),
        h("dd", { "data-role": "slip-used" }, points(model, -redemption.total_points, "k-cost"))),
      h("div", { class: "k-slip-now" }, h("dt", {}, words(model, "slip.now")),
        h("dd", { "data-role": "slip-now" }, balance(redemption.points_after, "k-hero")))),
    h("div", { class: "k-slip-foot" },
      expiring && h("p", { class: "k-slip-expiring", "data-role": "slip-expiring" }, expiring),
      donors.length > 0 && !expiring && h("p", { class: "k-slip-donors" }, words(model, "slip.donors", { names: donors.join(model.language === "zh-CN" ? "、" : ", ") })),
      h("p", {}, words(model, "slip.phone", { phone: model.place.shop.help_phone }))));
}

/** The same order on paper; everything is printed, nothing depends on a colour. */
export function printedSlip(model) {
  const { redemption, card, place } = model;
  const row = (left, right, kind = "") => h("p", { class: `k-print-row ${kind}`.trim() }, h("span", {}, left), h("span", {}, right));
  const unit = words(model, "points");
  const rule = () => h("hr", {});
  const closed = card.hide_balance && !model.shown;
  const donors = donorsOf(redemption);
  const expiring = expiringLine(model, closed);
  return h("div", { class: "k-print" },
    (model.demonstration || place.demonstration) && h("p", { class: "k-print-demo" }, words(model, "demo.mark")),
    h("p", { class: "k-print-shop" }, place.shop.name),
    h("p", { class: "k-print-number" }, redemption.slip),
    row(card.masked_name, stamp(redemption.at, model.language)), rule(),
    linesOf(redemption).map((line) => row(`${nameOfLine(model, line)} × ${line.quantity}`, signed(line.sum_points))), rule(),
    !closed && row(words(model, "slip.before"), `${redemption.points_before} ${unit}`),
    row(words(model, "slip.used"), `${signed(-redemption.total_points)} ${unit}`),
    !closed && row(words(model, "slip.now"), `${redemption.points_after} ${unit}`, "k-print-now"),
    expiring && h("p", {}, expiring), rule(),
    redemption.undo_until > redemption.at
      && h("p", {}, words(model, "slip.undo_until", { time: clockTime(redemption.undo_until) })),
    donors.length > 0 && h("p", {}, words(model, "slip.donors", { names: donors.join("、") })),
    h("p", {}, words(model, "slip.phone", { phone: place.shop.help_phone })), seal(), slipCode(model, "k-print-code"));
}
