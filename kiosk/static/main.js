/* Starts the page and wires its parts: bank, scanner, camera, clock, sounds, screens. */

import { Api, Refusal } from "./api.js";
import { Camera, cameraPermission } from "./camera.js";
import { Capture } from "./capture.js";
import { demonstrate, pickedFromTray } from "./demo.js";
import { bringUpToDate } from "./dom.js";
import { bankNow, newModel, refusalWords, words } from "./model.js";
import { Outbox } from "./outbox.js";
import { printSlip } from "./print.js";
import { Seen } from "./seen.js";
import { Session } from "./session.js";
import { Signing } from "./signing.js";
import { play, wakeSounds } from "./sounds.js";
import { hush, speak } from "./speech.js";
import { timePlan } from "./state.js";
import { IdleWatch } from "./time.js";
import { DIGITS } from "./views/pad.js";
import { pageView } from "./views/page.js";

const TOKEN = "kiosk.token";
const WASM = new URL("./vendor/zxing_reader.wasm", import.meta.url).href;
const REFRESH_S = 30;
const RETRY_S = 5;
const DOUBLE_TAP_MS = 450;
const NOTICE_S = 15;
const HALF_TYPED_S = 15;

const root = document.getElementById("k-app");
const model = newModel(root.dataset.demonstration === "1");
const api = new Api({ language: () => model.language, onConnection: connection });
const outbox = new Outbox();
const seen = new Seen({ api });
const session = new Session({ model, api, outbox, seen, tell, show, onUnpaired: unpair });
const signing = new Signing({ model, api, session, tell });
const capture = new Capture({ onCode: (text) => {
  hush();
  idle.touch();
  session.code(text);
} });
const idle = new IdleWatch({ onAsk: askForTime, onTick: () => show(), onGone: timeIsUp });
const camera = new Camera({ wasm: WASM, onCode: (text) => capture.taken(text, "camera") });
let lastTap = { at: -Infinity, screen: "" };
let saidScreen = "starting";
let paintedMinute = null;
let seconds = 0;

/** Paint the page, and lead the keyboard to the new screen's heading. */
function show() {
  root.dataset.screen = model.screen;
  root.dataset.overlay = model.overlay ?? "";
  document.documentElement.classList.toggle("large", model.large);
  document.documentElement.lang = model.language;
  const size = getComputedStyle(root);
  const many = (name, usual) => Number.parseInt(size.getPropertyValue(name), 10) || usual;
  const room = { columns: many("--columns", 3), rows: many("--rows", 3), lines: many("--lines", 4),
    still: many("--still", 3), slip: many("--slip", 4), pictures: many("--pictures", 3), side: size.getPropertyValue("--side").trim() === "1" };
  const wanted = document.createElement("div");
  wanted.append(...pageView(model, room, idle.left));
  for (const { name, value } of root.attributes) wanted.setAttribute(name, value);
  bringUpToDate(root, wanted);
  if (root.querySelector("[data-role=news]")) session.newsShown();
  const place = model.screen + (model.overlay ?? "");
  if (place !== saidScreen) {
    saidScreen = place;
    root.querySelector(model.overlay ? "[data-role=question-title]" : "[data-role=title]")
      ?.focus({ preventScroll: true });
  }
}

/** Sound, live region and voice together; a refusal's own words are said by default. */
function tell(sound, sentence, urgent = false) {
  play(sound);
  const refused = !sentence && model.refusal ? refusalWords(model) : null;
  const text = sentence ?? (refused ? `${refused.title}. ${refused.detail}` : "");
  const region = document.getElementById(urgent ? "k-urgent" : "k-polite");
  // The same sentence again must be a change, or it is not read out a second time.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
  if (model.aloud) speak(text, model.language, model.place?.currency);
}

function connection(works) {
  if (model.online === works || !model.started) return;
  model.online = works;
  if (works) {
    model.notice = { code: "line.back", tone: "in" };
    if (model.refusal?.code === "kiosk.no_connection") session.go(model.basket.isEmpty ? "leave" : "back");
  }
  tell(works ? "done" : "refused", words(model, works ? "line.back" : "line.lost"), !works);
  show();
  if (works) refresh();
}

function askForTime() {
  model.overlay = "time";
  tell("question", `${words(model, "time.title")} ${words(model, "time.safe")}`, true);
  show();
}

function timeIsUp() {
  session.leave("time.emptied");
}

const ACTIONS = {
  add: ({ sku }) => session.put(sku, false),
  plus: ({ sku }) => session.put(sku, false),
  minus: ({ sku }) => session.take(sku),
  remove: ({ sku }) => session.take(sku, true),
  browse: () => session.go("browse"),
  back: () => session.go("back"),
  confirm: () => session.purchasing.confirm(),
  undo: () => session.go("undo"),
  keep: () => session.go("keep"),
  "undo-now": () => session.purchasing.undo(),
  leave: () => session.leave("left.emptied"),
  home: () => session.leave(null),
  number: () => session.go("number"),
  news: () => session.newsKnown(),
  sign: ({ activity }) => signing.press(activity ?? null),
  "take-back": () => signing.takeBack(),
  peek: () => { model.shown = true; },
  "wall-back": () => { model.wallPage -= 1; },
  "wall-next": () => { model.wallPage += 1; },
  "lines-to": ({ from }) => { model.linesFrom = Number(from); },
  print: () => printSlip(model),
  language: () => { model.language = model.language === "zh-CN" ? "en" : "zh-CN"; },
  switches: () => { model.overlay = model.overlay === "switches" ? null : "switches"; },
  large: () => { model.large = !model.large; },
  aloud: () => { model.aloud = !model.aloud; },
  close: () => { model.overlay = null; },
  stay: () => { model.overlay = null; },
  help: callHelp,
  camera: async () => { await startCamera(); },
  tray: () => { model.trayOpen = !model.trayOpen; },
  code: ({ code }) => { capture.taken(code, "tray"); },
  digit: ({ digit }) => typeDigit(digit),
  clear: () => { model.typed = ""; },
  delete: () => { model.typed = model.typed.slice(0, -1); },
};

function pressed(event) {
  const button = event.target.closest("[data-do]");
  hush();
  idle.touch();
  // A second tap of a double tap must not press what the first tap brought under the finger.
  const doubled = event.detail > 0 && event.timeStamp - lastTap.at < DOUBLE_TAP_MS
    && lastTap.screen !== model.screen;
  lastTap = { at: event.timeStamp, screen: model.screen };
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  if (doubled) {
    lastTap.at = -Infinity;
    return;
  }
  if (model.overlay === "time" && !["leave", "help"].includes(button.dataset.do)) model.overlay = null;
  Promise.resolve(ACTIONS[button.dataset.do](button.dataset)).then(() => show());
}

/** Any touch answers "are you still there?"; the question's own buttons then do their work. */
function touched(event) {
  wakeSounds();
  // A scanner types, too: what its code means for an open question is decided when it is complete.
  if (event.type === "keydown" && model.overlay === "time") return;
  idle.touch();
  if (model.overlay === "time" && !event.target.closest?.("[data-do]")) {
    model.overlay = null;
    show();
  }
}

async function callHelp() {
  model.help = "calling";
  model.overlay = "help";
  show();
  try {
    await api.callHelp();
    model.help = "told";
  } catch {
    model.help = "failed";
  }
  const phone = model.place?.shop.help_phone ?? "";
  tell("question", model.help === "failed" ? words(model, "help.call", { phone })
    : `${words(model, "help.title")} ${words(model, "help.wait", { phone })}`);
}

async function typeDigit(digit) {
  if (["number", "pin"].includes(model.screen)) {
    session.digit(digit);
    return;
  }
  if (model.typed.length >= DIGITS.pairing) return;
  model.typed += digit;
  model.padWrong = "";
  if (model.typed.length === DIGITS.pairing) await pair(model.typed);
}

/** Trade the office's code for this machine's token. */
async function pair(code) {
  try {
    const answer = await api.pair(code);
    api.token = answer.token;
    localStorage.setItem(TOKEN, answer.token);
    model.typed = "";
    await enter();
  } catch (problem) {
    model.typed = "";
    model.padWrong = problem instanceof Refusal ? "pair.wrong" : "pair.no_line";
    tell("refused", words(model, model.padWrong), true);
  }
}

function unpair() {
  localStorage.removeItem(TOKEN);
  api.token = "";
  session.reset();
  model.started = false;
  session.go("unpaired");
  begin();
}

/** With a token to the wall; without one the demonstration pairs itself, a shop asks the office. */
async function begin() {
  api.token = localStorage.getItem(TOKEN) ?? "";
  if (!api.token && model.demonstration) {
    try {
      const { code } = await api.pairingCode();
      await pair(code);
    } catch {
      model.padWrong = "pair.no_line";
    }
  }
  if (api.token && !model.started) await enter();
  if (!model.started && !api.token) session.go("unpaired");
  show();
}

async function enter() {
  try {
    await load();
  } catch (problem) {
    if (problem instanceof Refusal && [401, 403].includes(problem.status)) {
      localStorage.removeItem(TOKEN);
      api.token = "";
      return;
    }
    model.padWrong = "pair.no_line";
    show();
    return;
  }
  model.started = true;
  session.go("paired");
  closeOrOpen();
  if (model.place.demonstration) model.tray = await demonstrate(api);
  const picked = pickedFromTray(model.tray, location.hash);
  history.replaceState(null, "", location.pathname + location.search);
  if (picked) capture.taken(picked, "tray");
  show();
  session.purchasing.recover();
  seen.meet(model.place);
}

async function load() {
  const [place, shelf] = await Promise.all([api.kiosk(), api.shelf()]);
  model.place = place;
  model.clockAhead = Date.parse(place.now) - Date.now();
  model.shelf = new Map(shelf.items.map((item) => [item.sku, item]));
}

/** While the bank's clock is in doubt the kiosk is closed; what was just booked is shown to its end. */
function closeOrOpen() {
  if (!model.started) return;
  if (model.place.clock_is_right) session.go("opened");
  else if (!["done", "undoing"].includes(model.screen)) session.close();
}

/** Fetch tags and stock again, but never change a price under a person's finger. */
async function refresh() {
  if (["confirming", "checking"].includes(model.screen)) return;
  try {
    if (!api.token && model.demonstration) await begin();
    else if (!api.token) return;
    else if (!model.started) await enter();
    else if (!model.card && model.basket.isEmpty) await load();
    else model.place = await api.kiosk();
    closeOrOpen();
    if (model.place) seen.meet(model.place);
    show();
  } catch (problem) {
    if (problem.code === "people.device_unknown") unpair();
  }
}

async function startCamera() {
  model.camera = (await camera.start()) ? "on" : "none";
  show();
}

function everySecond() {
  seconds += 1;
  idle.tick(timePlan(model), model.large ? 2 : 1);
  if (["number", "pin"].includes(model.screen) && model.typed && Date.now() - idle.touchedAt > HALF_TYPED_S * 1000) {
    model.typed = "";
    show();
  }
  if (model.notice) model.notice.since ??= seconds;
  if (model.notice && seconds - model.notice.since >= NOTICE_S) {
    model.notice = null;
    show();
  }
  const minute = Math.floor(bankNow(model) / 60000);
  if (minute !== paintedMinute) {
    paintedMinute = minute;
    show();
  }
  if (seconds % (model.online && model.started ? REFRESH_S : RETRY_S) === 0) refresh();
}

async function start() {
  capture.listen();
  root.addEventListener("click", pressed);
  document.addEventListener("pointerdown", touched, true);
  document.addEventListener("keydown", touched, true);
  globalThis.addEventListener("resize", () => show());
  globalThis.addEventListener("online", () => refresh());
  globalThis.addEventListener("offline", () => connection(false));
  session.onLeft = () => refresh();
  setInterval(everySecond, 1000);
  show();
  await outbox.open();
  await seen.open();
  await begin();
  model.camera = await cameraPermission();
  const wished = new URLSearchParams(location.search).get("camera") === "1";
  if (model.camera === "granted" || (wished && model.camera === "prompt")) await startCamera();
  show();
}

start();
