/* Starts the station's page and wires its parts: bank, scanner, camera, clock, sounds, screens. */

import { Refusal } from "../api.js";
import { Camera, cameraPermission } from "../camera.js";
import { Capture } from "../capture.js";
import { demonstrate, pickedFromTray } from "../demo.js";
import { bringUpToDate } from "../dom.js";
import { bankNow, refusalWords, words } from "../model.js";
import { play, wakeSounds } from "../sounds.js";
import { DIGITS } from "../views/pad.js";
import { StationApi } from "./api.js";
import { Desk, freshVisit } from "./desk.js";
import { stationView } from "./views.js";

const TOKEN = "station.token";
const WASM = new URL("../vendor/zxing_reader.wasm", import.meta.url).href;
const REFRESH_S = 30;
const RETRY_S = 5;
const NOTICE_S = 15;
const HALF_TYPED_S = 15;
/* So long a screen stays when nobody touches it. */
const STAYS_S = { signed: 15, refusal: 20, pick: 40, number: 40, pin: 40 };
const CODES_MOST = 3;

const root = document.getElementById("k-app");
const model = { screen: "starting", demonstration: root.dataset.demonstration === "1", online: true, started: false,
  camera: "none", place: null, shelf: new Map(), codes: new Map(), tray: null, trayOpen: false, trayWord: "station.tray",
  clockAhead: 0, help: "told", language: "zh-CN", notice: null, padBelow: { pairing: "station.pair_sub" }, ...freshVisit() };
const api = new StationApi({ language: () => model.language, onConnection: connection });
const desk = new Desk({ model, api, tell, show, onUnpaired: unpair, onClosed: () => desk.go("closed") });
const capture = new Capture({ onCode: (text) => {
  touch();
  desk.code(text);
} });
const camera = new Camera({ wasm: WASM, onCode: (text) => capture.taken(text, "camera") });
let touchedAt = Date.now();
let saidScreen = "starting";
let paintedMinute = null;
let seconds = 0;
let asking = false;

function touch() {
  touchedAt = Date.now();
}

/** Paint the page, and lead the keyboard to the new screen's heading. */
function show() {
  root.dataset.screen = model.screen;
  root.dataset.overlay = model.overlay ?? "";
  document.documentElement.lang = model.language;
  const size = getComputedStyle(root);
  const many = (name) => Number.parseInt(size.getPropertyValue(name), 10) || 1;
  const wanted = document.createElement("div");
  wanted.append(...stationView(model, { open: many("--open"), rows: many("--later"), choices: many("--choices") }));
  for (const { name, value } of root.attributes) wanted.setAttribute(name, value);
  bringUpToDate(root, wanted);
  const place = model.screen + (model.overlay ?? "");
  if (place !== saidScreen) {
    saidScreen = place;
    touch();
    root.querySelector(model.overlay ? "[data-role=question-title]" : "[data-role=title]")?.focus({ preventScroll: true });
  }
}

/** Sound and live region together; a refusal's own words are said by default. */
function tell(sound, sentence, urgent = false) {
  play(sound);
  const refused = !sentence && model.refusal ? refusalWords(model) : null;
  const text = sentence ?? (refused ? `${refused.title}. ${refused.detail}` : "");
  const region = document.getElementById(urgent ? "k-urgent" : "k-polite");
  // The same sentence again must be a change, or it is not read out a second time.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}

function connection(works) {
  if (model.online === works || !model.started) return;
  model.online = works;
  if (works) model.notice = { code: "station.line_back" };
  tell(works ? "done" : "refused", words(model, works ? "station.line_back" : "station.line_lost"), !works);
  show();
  if (works) refresh();
}

const ACTIONS = {
  sign: ({ activity }) => desk.sign(activity),
  "take-back": () => desk.takeBack(),
  leave: () => desk.leave(),
  number: () => desk.go("number"),
  language: () => { model.language = model.language === "zh-CN" ? "en" : "zh-CN"; },
  help: callHelp,
  close: () => { model.overlay = null; },
  camera: startCamera,
  tray: () => { model.trayOpen = !model.trayOpen; },
  code: ({ code }) => { capture.taken(code, "tray"); },
  digit: ({ digit }) => (model.screen === "pairing" ? pairingDigit(digit) : desk.digit(digit)),
  clear: () => { model.typed = ""; },
  delete: () => { model.typed = model.typed.slice(0, -1); },
};

function pressed(event) {
  const button = event.target.closest("[data-do]");
  touch();
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  Promise.resolve(ACTIONS[button.dataset.do](button.dataset)).then(() => show());
}

async function callHelp() {
  model.overlay = "help";
  show();
  try {
    await api.callHelp();
    model.help = "told";
  } catch {
    model.help = "failed";
  }
  tell("question", words(model, model.help === "failed" ? "help.call" : "help.title", { phone: model.place?.shop.help_phone ?? "" }));
}

async function startCamera() {
  model.camera = (await camera.start()) ? "on" : "none";
}

// -------------------------------------------------------------------------------- the machine

async function pairingDigit(digit) {
  if (model.typed.length >= DIGITS.pairing) return;
  model.typed += digit;
  model.padWrong = "";
  if (model.typed.length === DIGITS.pairing) await pair(model.typed);
}

/** Trade the office's code for this tablet's token. */
async function pair(code) {
  model.typed = "";
  try {
    const answer = await api.pair(code);
    api.token = answer.token;
    localStorage.setItem(TOKEN, answer.token);
    await enter();
  } catch (problem) {
    model.padWrong = problem instanceof Refusal ? "pair.wrong" : "pair.no_line";
    tell("refused", words(model, model.padWrong), true);
  }
}

function unpair() {
  localStorage.removeItem(TOKEN);
  api.token = "";
  Object.assign(model, freshVisit(), { started: false, place: null });
  begin();
}

/** With a token to today's list; without one the demonstration pairs itself, others ask the office. */
async function begin() {
  api.token = localStorage.getItem(TOKEN) ?? "";
  if (api.token) await enter();
  else if (model.demonstration) {
    try {
      const { code } = await api.pairingCode();
      await pair(code);
    } catch {
      model.padWrong = "pair.no_line";
    }
  }
  if (!model.started && !api.token) model.screen = "pairing";
  show();
}

async function enter() {
  try {
    await load();
  } catch (problem) {
    const isOther = problem instanceof Refusal && [401, 403].includes(problem.status);
    model.padWrong = isOther ? "" : "pair.no_line";
    if (isOther) {
      localStorage.removeItem(TOKEN);
      api.token = "";
      if (problem.status === 403) model.padWrong = "station.pair_kind";
    }
    return;
  }
  model.started = true;
  desk.go("ready");
  closeOrOpen();
  if (model.place.demonstration) {
    const tray = await demonstrate(api);
    model.tray = tray && { cards: tray.cards, goods: [] };
  }
  const picked = pickedFromTray(model.tray, location.hash);
  history.replaceState(null, "", location.pathname + location.search);
  if (picked) capture.taken(picked, "tray");
}

async function load() {
  model.place = await api.station();
  model.clockAhead = Date.parse(model.place.now) - Date.now();
  await askCodes();
}

/** While the bank's clock is in doubt nobody is signed in. */
function closeOrOpen() {
  if (!model.started) return;
  if (!model.place.clock_is_right) desk.go("closed");
  else if (model.screen === "closed") desk.go("ready");
}

async function refresh() {
  try {
    if (!model.started) await begin();
    else if (!model.sending) {
      await load();
      closeOrOpen();
    }
  } catch (problem) {
    if (problem.code === "people.device_unknown") unpair();
  }
  show();
}

/** One code; null where there is none, as for one that has just ended. */
async function shownCode(number) {
  try {
    return await api.shownCode(number);
  } catch (problem) {
    if (problem.code === "people.device_unknown") unpair();
    return null;
  }
}

/** The codes that are shown, each asked for again when the next half minute begins. */
async function askCodes() {
  const open = (model.place?.activities ?? []).filter((one) => one.is_open).slice(0, CODES_MOST);
  if (asking || !model.place?.clock_is_right) return;
  asking = true;
  // What is no longer open is not carried over.
  const codes = new Map();
  try {
    for (const { number } of open) {
      const shown = model.codes.get(number);
      const stands = shown && Date.parse(shown.until) > bankNow(model);
      const code = stands ? shown : await shownCode(number);
      if (code) codes.set(number, code);
    }
    model.codes = codes;
  } finally {
    asking = false;
  }
}

function everySecond() {
  seconds += 1;
  const quiet = (Date.now() - touchedAt) / 1000;
  if (model.typed && quiet > HALF_TYPED_S && model.screen !== "pairing") {
    model.typed = "";
    show();
  }
  if (!model.sending && quiet > (STAYS_S[model.screen] ?? Infinity)) {
    model.language = "zh-CN";
    desk.leave();
  }
  if (model.screen === "ready" && quiet > STAYS_S.number && (model.overlay || model.language !== "zh-CN")) {
    Object.assign(model, { overlay: null, language: "zh-CN" });
    show();
  }
  if (model.notice) model.notice.since ??= seconds;
  if (model.notice && seconds - model.notice.since >= NOTICE_S) {
    model.notice = null;
    show();
  }
  const minute = Math.floor(bankNow(model) / 60000);
  const isOld = [...model.codes.values()].some((one) => Date.parse(one.until) <= bankNow(model));
  if (isOld && model.online) askCodes().then(() => show());
  if (minute !== paintedMinute) {
    paintedMinute = minute;
    show();
  }
  if (seconds % (model.online && model.started ? REFRESH_S : RETRY_S) === 0) refresh();
}

/** A tablet at a gate must not go dark between two people. */
async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Not every browser allows it; the tablet's own settings can.
  }
}

async function start() {
  capture.listen();
  root.addEventListener("click", pressed);
  document.addEventListener("pointerdown", () => { wakeSounds(); touch(); }, true);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) stayAwake(); });
  globalThis.addEventListener("resize", () => show());
  globalThis.addEventListener("online", () => refresh());
  globalThis.addEventListener("offline", () => connection(false));
  setInterval(everySecond, 1000);
  show();
  stayAwake();
  await begin();
  model.camera = await cameraPermission();
  const wished = new URLSearchParams(location.search).get("camera") === "1";
  if (model.camera === "granted" || (wished && model.camera === "prompt")) await startCamera();
  show();
}

start();
