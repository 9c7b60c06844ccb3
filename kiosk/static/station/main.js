/* Starts the station's page: the desk, today's list, and the codes that telephones scan. */

import { Machine, isDemonstration } from "../machine.js";
import { bankNow } from "../model.js";
import { wakeSounds } from "../sounds.js";
import { StationApi } from "./api.js";
import { Desk, freshVisit } from "./desk.js";
import { stationView } from "./views.js";

/* So long a screen stays when nobody touches it. */
const STAYS_S = { signed: 15, refusal: 20, pick: 40, number: 40, pin: 40 };
const CODES_MOST = 3;

const model = { screen: "starting", demonstration: isDemonstration, online: true, started: false, camera: "none",
  place: null, shelf: new Map(), codes: new Map(), tray: null, trayOpen: false, trayWord: "station.tray", clockAhead: 0,
  help: "told", language: "zh-CN", notice: null, padBelow: { pairing: "station.pair_sub" }, ...freshVisit() };
const api = new StationApi({ language: () => model.language, onConnection: (works) => machine.connection(works) });
const desk = new Desk({ model, api, tell: (...told) => machine.tell(...told), show: () => machine.show(),
  onUnpaired: () => machine.unpair(), onClosed: () => desk.go("closed") });
let touchedAt = Date.now();
let asking = false;

const machine = new Machine({ model, api, token: "station.token", page: {
  actions: {
    sign: ({ activity }) => desk.sign(activity),
    "take-back": () => desk.takeBack(),
    leave: () => desk.leave(),
    number: () => desk.go("number"),
  },
  lineWords: { back: "station.line_back", lost: "station.line_lost" },
  otherKind: "station.pair_kind",
  trayOf: ({ cards }) => ({ cards, goods: [] }),
  view: (room) => stationView(model, { open: room("--open", 1), rows: room("--later", 1), choices: room("--choices", 1) }),
  moved: touch,
  touched: touch,
  quietS,
  code: (text) => desk.code(text),
  digit: (digit) => desk.digit(digit),
  everySecond,
  load,
  entered: () => {
    desk.go("ready");
    closeOrOpen();
  },
  reset: () => Object.assign(model, freshVisit(), { place: null }),
  askOffice: () => { model.screen = "pairing"; },
  refresh,
} });

function touch() {
  touchedAt = Date.now();
}

function quietS() {
  return (Date.now() - touchedAt) / 1000;
}

// --------------------------------------------------------------------------- today, and its codes

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
    if (!model.started) await machine.begin();
    else if (!model.sending) {
      await load();
      closeOrOpen();
    }
  } catch (problem) {
    if (problem.code === "people.device_unknown") machine.unpair();
  }
  machine.show();
}

/** One code; null where there is none, as for one that has just ended. */
async function shownCode(number) {
  try {
    return await api.shownCode(number);
  } catch (problem) {
    if (problem.code === "people.device_unknown") machine.unpair();
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

// ------------------------------------------------------------------------------------ the clock

function everySecond() {
  if (!model.sending && quietS() > (STAYS_S[model.screen] ?? Infinity)) {
    model.language = "zh-CN";
    desk.leave();
  }
  if (model.screen === "ready" && quietS() > STAYS_S.number && (model.overlay || model.language !== "zh-CN")) {
    Object.assign(model, { overlay: null, language: "zh-CN" });
    machine.show();
  }
  const isOld = [...model.codes.values()].some((one) => Date.parse(one.until) <= bankNow(model));
  if (isOld && model.online) askCodes().then(() => machine.show());
}

/** A tablet at a gate must not go dark between two people. */
async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Not every browser allows it; the tablet's own settings can.
  }
}

document.addEventListener("pointerdown", () => {
  wakeSounds();
  touch();
}, true);
document.addEventListener("visibilitychange", () => { if (!document.hidden) stayAwake(); });
stayAwake();
machine.start();
