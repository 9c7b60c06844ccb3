/* The station's screens (签到台), on the kiosk's plate and counter: model in, elements out. */

import { demonstrationView } from "../demo.js";
import { h, icon } from "../dom.js";
import { bankNow, either, refusalWords, words } from "../model.js";
import { clockTime, lengthInWords, stamp } from "../time.js";
import { padView, startingView } from "../views/pad.js";
import { foot, plateView } from "../views/page.js";
import { plain, title, yellow } from "../views/parts.js";
import { helpView } from "../views/questions.js";
import { howItWent, pickAmong } from "../views/signing.js";

const ROOMS = { starting: startingView, pairing: padView, number: padView, pin: padView, ready: readyView, pick: pickView,
  signed: signedView, refusal: refusalView, closed: closedView };

/** `room` says how many open activities and how many more of today fit. */
export function stationView(model, room) {
  const behind = model.overlay === "help";
  return [
    demonstrationView(model),
    plateView(model, behind, "签到台"),
    h("main", { class: `k-main k-main-${model.screen}${behind ? " k-behind" : ""}`, "data-role": "main",
      "data-key": `main-${model.screen}`, inert: behind }, ROOMS[model.screen](model, room)),
    bannerView(model),
    h("section", { class: `k-counter${behind ? " k-behind" : ""}`, "data-role": "counter", "data-key": "counter",
      inert: behind, "aria-label": words(model, "station.call") }, counterView(model)),
    footerView(model),
    behind && h("div", { class: "k-over k-over-help", "data-key": "over-help" }, helpView(model)),
  ].filter(Boolean);
}

// ------------------------------------------------------------------------------------- today

function readyView(model, room) {
  const all = model.place?.activities ?? [];
  const open = all.filter((one) => one.is_open);
  const now = new Date(bankNow(model)).toISOString();
  const later = all.filter((one) => !one.is_open && one.begins_at > now);
  if (!open.length && !later.length) {
    return [title(words(model, "station.today"), "k-hidden"),
      h("div", { class: "k-empty" }, h("p", {}, words(model, "station.none")), h("p", { class: "s-hint" }, words(model, "station.none_how")))];
  }
  const rows = later.slice(0, room.rows);
  const left = open.length - Math.min(open.length, room.open) + later.length - rows.length;
  return [
    title(words(model, "station.today"), "s-title"),
    h("ul", { class: "s-list", "data-role": "today" },
      open.slice(0, room.open).map((one) => openView(model, one)),
      rows.map((one) => h("li", { class: "s-row", "data-key": one.number }, h("b", {}, one.name),
        h("span", {}, where(one)), h("span", { class: "s-when" }, icon("clock"), words(model, "station.from", { time: clockTime(one.opens_at) })))),
      left > 0 && h("li", { class: "s-hint" }, words(model, "station.more", { n: left }))),
  ];
}

const where = (one) => `${one.place} · ${clockTime(one.begins_at)}–${clockTime(one.ends_at)}`;

function openView(model, one) {
  const shown = model.codes.get(one.number);
  return h("li", { class: "s-open", "data-key": one.number, "data-role": "open", "data-activity": one.number },
    h("div", { class: "s-open-what" }, h("p", { class: "s-open-name" }, one.name), h("p", {}, where(one)),
      h("p", { class: "s-here" }, icon("user-check"), h("span", {}, words(model, "station.now"), " · ", words(model, "station.here", { n: one.signed_in })))),
    shown && h("div", { class: "s-code" },
      h("div", {}, h("p", { class: "s-hint" }, words(model, shown.qr ? "station.phone_scan" : "station.phone_type")),
        h("p", { class: "s-digits", "data-role": "shown-code" }, `${shown.code.slice(0, 3)} ${shown.code.slice(3)}`)),
      shown.qr && h("svg", { class: "s-qr", viewBox: `0 0 ${shown.qr.side} ${shown.qr.side}`, "aria-hidden": "true" },
        h("path", { d: shown.qr.path }))));
}

// ------------------------------------------------------------------------------------- a card

function pickView(model, room) {
  return pickAmong(model, model.choices.slice(0, room.choices));
}

/** How it went: when one came, or how long one was there, in large figures. */
function signedView(model) {
  const { signed, language } = model;
  if (signed.status === "in") return howItWent(model, clockTime(signed.signed_in_at), either(model, signed.who));
  return howItWent(model, lengthInWords(signed.minutes, language), either(model, signed.who),
    ` · ${clockTime(signed.signed_in_at)}–${clockTime(signed.signed_out_at)}`);
}

function refusalView(model) {
  const told = refusalWords(model);
  return h("section", { class: "k-refusal s-refusal", "data-role": "refusal", "data-code": model.refusal.code },
    icon("octagon-alert", "k-icon-stop"),
    h("div", {}, title(told.title, "k-refusal-title"), h("p", { class: "k-refusal-text" }, told.detail)));
}

function closedView(model) {
  return h("section", { class: "k-refusal s-refusal", "data-role": "closed" }, icon("octagon-alert", "k-icon-stop"),
    h("div", {}, title(words(model, "closed.title"), "k-refusal-title"),
      h("p", { class: "k-refusal-text" }, words(model, "station.closed_safe")),
      h("p", { class: "k-refusal-text" }, words(model, "closed.now", { stamp: stamp(bankNow(model), model.language) }))));
}

// ---------------------------------------------------------------------------- below and around

function counterView(model) {
  const { screen, signed } = model;
  if (screen === "signed") {
    return [signed.undo_until && plain("take-back", words(model, "sign.take_back"), "undo", { kind: "k-on-plate k-tall",
      note: words(model, "sign.take_back_until", { time: clockTime(signed.undo_until) }) }),
    yellow("leave", words(model, "station.ready"))];
  }
  if (["number", "pin", "pick"].includes(screen)) {
    return plain("leave", words(model, "station.back"), "undo", { kind: "k-on-plate k-tall" });
  }
  if (["starting", "pairing", "closed"].includes(screen)) return null;
  return h("div", { class: "k-call", "data-role": "call" },
    h("div", { class: "k-card-drawing", "aria-hidden": "true" },
      h("img", { src: new URL("../card.svg", import.meta.url).href, alt: "" })),
    h("div", { class: "k-call-words" },
      h("h2", { class: "k-call-title" }, words(model, model.reading ? "wall.reading" : "station.call")),
      h("p", { class: "k-call-line" }, words(model, "station.how"))),
    h("div", { class: "k-call-buttons" }, screen === "refusal" && plain("leave", words(model, "station.home"), "undo", { kind: "k-on-plate" }),
      plain("number", words(model, "wall.number"), "keyboard", { kind: "k-on-plate" }),
      model.camera === "prompt" && plain("camera", words(model, "wall.camera"), "camera", { kind: "k-on-plate" })));
}

function bannerView(model) {
  const lost = model.started && !model.online;
  const said = lost ? "station.line_lost" : model.notice?.code;
  if (!said) return null;
  return h("section", { class: `k-banner ${lost ? "k-banner-stop" : "k-banner-in"}`, "data-role": "banner", "data-key": "banner",
    "aria-label": words(model, lost ? "foot.offline" : "foot.online") }, icon(lost ? "octagon-alert" : "check"), h("span", {}, words(model, said)));
}

function footerView(model) {
  const number = model.place?.device.number;
  return h("footer", { class: "k-foot s-foot", "data-role": "footer", "data-key": "footer" },
    h("p", { class: "k-machine", "data-role": "machine" }, icon(model.online ? "wifi" : "octagon-alert"),
      h("span", {}, number ? `${words(model, "station.machine", { number })} · ` : "", words(model, model.online ? "foot.online" : "foot.offline"))),
    foot(model, "language", "language", "globe", { lang: model.language === "zh-CN" ? "en" : "zh-CN" }),
    foot(model, "help", "help", "headset", { strong: true }));
}
