/* What stands over the room: are you still there, the two switches, help is called. The footer
   stays uncovered. */

import { h, icon } from "../dom.js";
import { words } from "../model.js";
import { hasVoice } from "../speech.js";
import { QUESTION_S } from "../time.js";
import { plain, yellow } from "./parts.js";

const RADIUS = 96;
const AROUND = 2 * Math.PI * RADIUS;

function card(kind, label, ...children) {
  return h("section", { class: `k-question k-question-${kind}`, role: "dialog", "aria-label": label, "data-role": `question-${kind}` }, children);
}

const heading = (text) => h("h2", { class: "k-question-title", tabindex: "-1", "data-role": "question-title" }, text);

export function timeView(model, left) {
  const seconds = left ?? QUESTION_S;
  const whole = model.large ? QUESTION_S * 2 : QUESTION_S;
  return card("time", words(model, "time.title"),
    ring(seconds, whole),
    heading(words(model, "time.title")),
    h("p", { class: "k-body-text" }, words(model, model.basket.isEmpty || model.redemption ? "time.card" : "time.basket", { n: seconds }),
      h("br"), h("b", {}, words(model, "time.safe"))),
    yellow("stay", words(model, "time.stay"), { role: "stay" }),
    plain("leave", words(model, "time.leave"), "exit", { kind: "k-tall", role: "time-leave" }));
}

/** The ring's length is an attribute, so that no style has to be written into the page. */
function ring(seconds, whole) {
  const circle = (kind, more = {}) => h("circle", { class: kind, cx: 110, cy: 110, r: RADIUS, fill: "none", ...more });
  return h("div", { class: "k-ring", "data-role": "ring" },
    h("svg", { viewBox: "0 0 220 220", "aria-hidden": "true", focusable: "false" }, circle("k-ring-track"),
      circle("k-ring-left", { "stroke-dasharray": `${(AROUND * Math.min(1, seconds / whole)).toFixed(1)} ${AROUND.toFixed(1)}`,
        transform: "rotate(-90 110 110)" })),
    h("span", { class: "k-ring-figure", "data-role": "ring-seconds" }, String(seconds)));
}

export function switchesView(model) {
  const voice = hasVoice(model.language);
  return card("switches", words(model, "switch.title"),
    heading(words(model, "switch.title")),
    h("div", { class: "k-switches" },
      toggle(model, "large", "type", model.large),
      toggle(model, "aloud", voice ? "sound" : "sound-off", model.aloud, voice ? null : words(model, "switch.no_voice"))),
    plain("close", words(model, "switch.close"), "check", { kind: "k-tall" }));
}

function toggle(model, name, sign, on, note = null) {
  return h("button", { class: `k-switch${on ? " k-switch-on" : ""}`, type: "button", "data-do": name, "data-role": `switch-${name}`,
    "aria-pressed": on ? "true" : "false" }, icon(sign, "k-icon-large"),
  h("span", { class: "k-switch-word" }, words(model, `switch.${name}`)),
  h("span", { class: "k-switch-state" }, on && icon("check"), words(model, on ? "switch.on" : "switch.off")),
  note && h("span", { class: "k-switch-note" }, note));
}

export function helpView(model) {
  const phone = model.place?.shop.help_phone ?? "";
  const failed = model.help === "failed";
  const told = model.help === "told";
  return card("help", words(model, "foot.help"),
    icon(failed ? "octagon-alert" : "headset", failed ? "k-icon-stop" : "k-icon-huge"),
    heading(words(model, failed ? "help.failed" : told ? "help.title" : "foot.help")),
    h("p", { class: "k-body-text" }, words(model, told ? "help.wait" : "help.call", { phone })),
    plain("close", words(model, "help.close"), "check", { kind: "k-tall" }));
}
