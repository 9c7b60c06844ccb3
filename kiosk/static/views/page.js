/* The whole screen: door plate, room, banner, counter, footer, and at most one question over it. */

import { demonstrationView } from "../demo.js";
import { h, icon } from "../dom.js";
import { bankNow, words } from "../model.js";
import { clockTime } from "../time.js";
import { basketView } from "./basket.js";
import { counterView } from "./counter.js";
import { doneView, recoveredView, undoView } from "./done.js";
import { checkingView, closedView, refusalView } from "./refusal.js";
import { leftView } from "./left.js";
import { padView, startingView } from "./pad.js";
import { helpView, switchesView, timeView } from "./questions.js";
import { pickView, signedView } from "./signing.js";
import { wallView } from "./wall.js";

const ROOMS = {
  starting: startingView, pairing: padView, number: padView, pin: padView, wall: wallView, basket: basketView,
  confirming: basketView, checking: checkingView, refusal: refusalView, done: doneView,
  undoing: undoView, left_before: leftView, activities: pickView, signed: signedView, recovered: recoveredView, closed: closedView,
};
const QUESTIONS = { time: timeView, switches: switchesView, help: helpView };

/** `room` says how much fits: columns and rows of tiles, lines, pictures, counter at the side. */
export function pageView(model, room, secondsLeft) {
  const question = QUESTIONS[model.overlay];
  const behind = Boolean(question);
  return [
    demonstrationView(model),
    plateView(model, behind),
    h("main", { class: `k-main k-main-${model.screen}${behind ? " k-behind" : ""}`, "data-role": "main",
      "data-key": `main-${model.screen === "confirming" ? "basket" : model.screen}`, inert: behind },
    ROOMS[model.screen](model, room)),
    bannerView(model),
    h("section", { class: `k-counter${behind ? " k-behind" : ""}`, "data-role": "counter", "data-key": "counter",
      inert: behind, "aria-label": words(model, "sum.this") }, counterView(model, room)),
    footerView(model),
    question && h("div", { class: `k-over k-over-${model.overlay}`, "data-key": `over-${model.overlay}` },
      question(model, secondsLeft)),
  ].filter(Boolean);
}

/** `name` stands there until the place is known. */
export function plateView(model, behind, name = "自助兑换机") {
  const shop = model.place?.shop;
  return h("header", { class: `k-plate${behind ? " k-behind" : ""}`, "data-role": "plate", "data-key": "plate" },
    h("span", { class: "k-seal k-seal-mark", "aria-hidden": "true" }, h("span", {}, "公"), h("span", {}, "益")),
    h("div", { class: "k-plate-names" },
      h("p", { class: "k-plate-name" }, shop?.name ?? name),
      shop?.tagline && h("p", { class: "k-plate-line" }, shop.tagline)),
    h("div", { class: "k-plate-time" },
      h("p", { class: "k-plate-clock", "data-role": "clock" }, clockTime(bankNow(model))),
      shop && h("p", { class: "k-plate-open" }, words(model, "plate.open_until", { time: shop.open_until }))));
}

function bannerView(model) {
  if (model.started && !model.online) {
    return h("section", { class: "k-banner k-banner-stop", "data-role": "banner", "data-key": "banner", "aria-label": words(model, "foot.offline") },
      icon("octagon-alert"), h("span", {}, words(model, "line.lost")));
  }
  if (!model.notice || model.screen === "done") return null;
  const good = model.notice.tone === "in";
  return h("section", { class: `k-banner ${good ? "k-banner-in" : "k-banner-plain"}`, "data-role": "notice", "data-key": "banner",
    "aria-label": words(model, "basket.title") },
    icon(good ? "check" : "undo"), h("span", {}, words(model, model.notice.code, model.notice.facts)));
}

/** Four equal places; exit left and help right on every screen. */
function footerView(model) {
  const idle = ["starting", "pairing", "closed"].includes(model.screen)
    || (model.screen === "wall" && !model.card && model.basket.isEmpty);
  const busy = model.screen === "confirming" || model.sending;
  return h("footer", { class: "k-foot", "data-role": "footer", "data-key": "footer" },
    idle ? machineView(model)
      : foot(model, "leave", "exit", "exit", { "data-key": "exit", "aria-disabled": busy ? "true" : null, strong: true }),
    foot(model, "switches", "type", "type", { "aria-expanded": model.overlay === "switches" ? "true" : "false" }),
    foot(model, "language", "language", "globe", { lang: model.language === "zh-CN" ? "en" : "zh-CN" }),
    foot(model, "help", "help", "headset", { strong: true }));
}

export function foot(model, action, word, sign, { strong, ...more } = {}) {
  return h("button", { class: `k-foot-button${strong ? " k-strong" : ""}`, type: "button", "data-do": action,
    "data-role": word, ...more }, sign !== "globe" && icon(sign), h("span", {}, words(model, `foot.${word}`)));
}

function machineView(model) {
  const number = model.place?.device.number;
  const state = [icon(model.online ? "wifi" : "octagon-alert"),
    h("span", { class: "k-machine-state" }, number && words(model, "foot.machine", { number }),
      h("span", { class: "k-machine-line" }, number ? " · " : "", words(model, model.online ? "foot.online" : "foot.offline")))];
  if (model.screen !== "wall" || !model.online) {
    return h("p", { class: "k-machine", "data-role": "machine", "data-key": "machine" }, state);
  }
  // From the wall alone, where nobody is in the middle of anything; that page leads back here.
  return h("a", { class: "k-machine", "data-role": "machine", "data-key": "machine-link",
    href: `/privacy?from=kiosk&large=1&lang=${model.language}` },
  state[0], h("span", {}, state[1], h("span", { class: "k-privacy" }, words(model, "foot.privacy"))));
}
