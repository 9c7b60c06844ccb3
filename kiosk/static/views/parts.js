/* Small parts that several screens share. */

import { h, icon } from "../dom.js";
import { words } from "../model.js";

/** A number of points with its unit, which never wraps away from it. */
export function points(model, number, kind = "") {
  return h("span", { class: `k-points ${kind}`.trim() },
    h("span", { class: "k-figure" }, signed(number)), h("span", { class: "k-unit" }, words(model, "points")));
}

export function signed(number) {
  return number < 0 ? `\u2212${-number}` : String(number);
}

/** The yellow button: the next step, at most one on a screen. */
export function yellow(action, text, { sign = "check", waits = false, role = "yellow", ...more } = {}) {
  return h("button", { class: `k-yellow${waits ? " k-waits" : ""}`, type: "button", "data-do": action, "data-role": role,
    "data-key": "yellow", "aria-disabled": waits ? "true" : null, ...more },
  waits ? h("span", { class: "k-turning", "aria-hidden": "true" }) : icon(sign, "k-icon-bold"), h("span", {}, text));
}

export function plain(action, text, sign, { kind = "", role = action, note = null, ...more } = {}) {
  return h("button", { class: `k-button ${kind}`.trim(), type: "button", "data-do": action, "data-role": role, ...more },
    sign && icon(sign), h("span", {}, text, note && h("small", { class: "k-note" }, note)));
}

/** The screen's heading: focus goes here when the screen changes. */
export function title(text, kind = "k-title") {
  return h("h1", { class: kind, tabindex: "-1", "data-role": "title" }, text);
}
