/* Starts the kiosk's page: the visit, its purchases and sign-ins, and how long a person may be quiet. */

import { Api } from "./api.js";
import { Machine, isDemonstration } from "./machine.js";
import { newModel, words } from "./model.js";
import { Outbox } from "./outbox.js";
import { printSlip } from "./print.js";
import { Seen } from "./seen.js";
import { Session } from "./session.js";
import { Signing } from "./signing.js";
import { wakeSounds } from "./sounds.js";
import { hush } from "./speech.js";
import { timePlan } from "./state.js";
import { IdleWatch } from "./time.js";
import { pageView } from "./views/page.js";

const model = newModel(isDemonstration);
const api = new Api({ language: () => model.language, onConnection: (works) => machine.connection(works) });
const outbox = new Outbox();
const seen = new Seen({ api });
const tell = (...told) => machine.tell(...told);
const show = () => machine.show();
const session = new Session({ model, api, outbox, seen, tell, show, onUnpaired: () => machine.unpair() });
const signing = new Signing({ model, api, session, tell });
const idle = new IdleWatch({ onAsk: askForTime, onTick: show, onGone: () => session.timedOut() });

/** Everything that a finger can do here, beside what every machine can. */
const actions = {
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
  "left-taken": () => session.leaving.answer("taken"),
  "left-not": () => session.leaving.answer("not_taken"),
  news: () => session.newsKnown(),
  sign: ({ activity }) => signing.press(activity ?? null),
  "take-back": () => signing.takeBack(),
  peek: () => { model.shown = true; },
  "wall-back": () => { model.wallPage -= 1; },
  "wall-next": () => { model.wallPage += 1; },
  "lines-to": ({ from }) => { model.linesFrom = Number(from); },
  print: () => printSlip(model),
  switches: () => { model.overlay = model.overlay === "switches" ? null : "switches"; },
  large: () => { model.large = !model.large; },
  aloud: () => { model.aloud = !model.aloud; },
  stay: () => { model.overlay = null; },
};

const machine = new Machine({ model, api, token: "kiosk.token", page: {
  actions,
  lineWords: { back: "line.back", lost: "line.lost" },
  view: (room) => pageView(model, { columns: room("--columns", 3), rows: room("--rows", 3), lines: room("--lines", 4),
    still: room("--still", 3), slip: room("--slip", 4), pictures: room("--pictures", 3), side: room("--side", 0) === 1 }, idle.left),
  painted: () => { if (document.querySelector("[data-role=news]")) session.newsShown(); },
  code: (text) => session.code(text),
  digit: (digit) => session.digit(digit),
  touched: () => {
    hush();
    idle.touch();
  },
  quietS: () => (Date.now() - idle.touchedAt) / 1000,
  everySecond: () => idle.tick(timePlan(model), model.large ? 2 : 1),
  mayPress: (verb) => { if (model.overlay === "time" && !["leave", "help"].includes(verb)) model.overlay = null; },
  lineIsBack: () => {
    if (model.refusal?.code === "kiosk.no_connection") session.go(model.basket.isEmpty ? "leave" : "back");
  },
  ready: async () => {
    await outbox.open();
    await seen.open();
  },
  load,
  entered: () => {
    session.go("paired");
    closeOrOpen();
  },
  begun: () => {
    session.purchasing.recover();
    seen.meet(model.place);
  },
  reset: () => session.reset(),
  askOffice: () => session.go("unpaired"),
  refresh,
} });

function askForTime() {
  model.overlay = "time";
  tell("question", `${words(model, "time.title")} ${words(model, "time.safe")}`, true);
  show();
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
    if (!api.token && model.demonstration) await machine.begin();
    else if (!api.token) return;
    else if (!model.started) await machine.enter();
    else if (!model.card && model.basket.isEmpty) await load();
    else model.place = await api.kiosk();
    closeOrOpen();
    if (model.place) seen.meet(model.place);
    show();
  } catch (problem) {
    if (problem.code === "people.device_unknown") machine.unpair();
  }
}

document.addEventListener("pointerdown", touched, true);
document.addEventListener("keydown", touched, true);
session.onLeft = () => refresh();
machine.start();
