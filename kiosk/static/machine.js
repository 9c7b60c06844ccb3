/* What the page of any machine does, the kiosk's and the station's: it is paired, paints, is heard, takes taps
   and codes, calls for help, and looks at the clock. What differs is the `page` that it is given. */

import { Refusal } from "./api.js";
import { Camera, cameraPermission } from "./camera.js";
import { Capture } from "./capture.js";
import { demonstrate, pickedFromTray } from "./demo.js";
import { bringUpToDate } from "./dom.js";
import { bankNow, refusalWords, words } from "./model.js";
import { play } from "./sounds.js";
import { speak } from "./speech.js";
import { DIGITS } from "./views/pad.js";

const WASM = new URL("./vendor/zxing_reader.wasm", import.meta.url).href;
const REFRESH_S = 30;
const RETRY_S = 5;
const DOUBLE_TAP_MS = 450;
const NOTICE_S = 15;
const HALF_TYPED_S = 15;

export const root = document.getElementById("k-app");

/** Whether this is a demonstration, as the page says that was sent. */
export const isDemonstration = root.dataset.demonstration === "1";

export class Machine {
  /**
   * `token` is where the machine's token is kept. `page` has, for this machine: `view(room)`, `actions`, `code(text)`,
   * `digit(digit)`, `touched()`, `quietS()`, `everySecond()`, `load()`, `entered()`, `reset()`, `askOffice()`,
   * `refresh()`, `lineWords`; and may have `painted`, `moved`, `mayPress`, `lineIsBack`, `ready`, `begun`, `otherKind`,
   * `trayOf`.
   */
  constructor({ model, api, token, page }) {
    Object.assign(this, { model, api, token, page });
    this.capture = new Capture({ onCode: (text) => {
      page.touched();
      page.code(text);
    } });
    this.camera = new Camera({ wasm: WASM, onCode: (text) => this.capture.taken(text, "camera") });
    this.actions = { ...this.ownActions(), ...page.actions };
    this.lastTap = { at: -Infinity, screen: "" };
    this.saidPlace = "starting";
    this.paintedMinute = null;
    this.seconds = 0;
  }

  ownActions() {
    const { model } = this;
    return {
      language: () => { model.language = model.language === "zh-CN" ? "en" : "zh-CN"; },
      close: () => { model.overlay = null; },
      help: () => this.callHelp(),
      camera: () => this.startCamera(),
      tray: () => { model.trayOpen = !model.trayOpen; },
      code: ({ code }) => { this.capture.taken(code, "tray"); },
      digit: ({ digit }) => (model.screen === "pairing" ? this.pairingDigit(digit) : this.page.digit(digit)),
      clear: () => { model.typed = ""; },
      delete: () => { model.typed = model.typed.slice(0, -1); },
    };
  }

  // ------------------------------------------------------------------------ seen and heard

  /** Paint the page, and lead the keyboard to the new screen's heading. */
  show() {
    const { model, page } = this;
    root.dataset.screen = model.screen;
    root.dataset.overlay = model.overlay ?? "";
    document.documentElement.classList.toggle("large", Boolean(model.large));
    document.documentElement.lang = model.language;
    const size = getComputedStyle(root);
    const room = (name, usual) => Number.parseInt(size.getPropertyValue(name), 10) || usual;
    const wanted = document.createElement("div");
    wanted.append(...page.view(room));
    for (const { name, value } of root.attributes) wanted.setAttribute(name, value);
    bringUpToDate(root, wanted);
    page.painted?.();
    const place = model.screen + (model.overlay ?? "");
    if (place === this.saidPlace) return;
    this.saidPlace = place;
    page.moved?.();
    root.querySelector(model.overlay ? "[data-role=question-title]" : "[data-role=title]")
      ?.focus({ preventScroll: true });
  }

  /** Sound, live region and voice together; a refusal's own words are said by default. */
  tell(sound, sentence, urgent = false) {
    const { model } = this;
    play(sound);
    const refused = !sentence && model.refusal ? refusalWords(model) : null;
    const text = sentence ?? (refused ? `${refused.title}. ${refused.detail}` : "");
    const region = document.getElementById(urgent ? "k-urgent" : "k-polite");
    // The same sentence again must be a change, or it is not read out a second time.
    region.textContent = region.textContent === text ? `${text}\u00a0` : text;
    if (model.aloud) speak(text, model.language, model.place?.currency);
  }

  /** The line is lost, or back. */
  connection(works) {
    const { model, page } = this;
    if (model.online === works || !model.started) return;
    model.online = works;
    const { back, lost } = page.lineWords;
    if (works) {
      model.notice = { code: back, tone: "in" };
      page.lineIsBack?.();
    }
    this.tell(works ? "done" : "refused", words(model, works ? back : lost), !works);
    this.show();
    if (works) page.refresh();
  }

  // ------------------------------------------------------------------------------ touched

  pressed(event) {
    const { model, page } = this;
    const button = event.target.closest("[data-do]");
    page.touched();
    // A second tap of a double tap must not press what the first tap brought under the finger.
    const doubled = event.detail > 0 && event.timeStamp - this.lastTap.at < DOUBLE_TAP_MS
      && this.lastTap.screen !== model.screen;
    this.lastTap = { at: doubled ? -Infinity : event.timeStamp, screen: model.screen };
    if (doubled || !button || button.getAttribute("aria-disabled") === "true") return;
    page.mayPress?.(button.dataset.do);
    Promise.resolve(this.actions[button.dataset.do](button.dataset)).then(() => this.show());
  }

  async callHelp() {
    const { model } = this;
    Object.assign(model, { help: "calling", overlay: "help" });
    this.show();
    try {
      await this.api.callHelp();
      model.help = "told";
    } catch {
      model.help = "failed";
    }
    const phone = model.place?.shop.help_phone ?? "";
    this.tell("question", model.help === "failed" ? words(model, "help.call", { phone })
      : `${words(model, "help.title")} ${words(model, "help.wait", { phone })}`);
  }

  async startCamera() {
    this.model.camera = (await this.camera.start()) ? "on" : "none";
    this.show();
  }

  // ------------------------------------------------------------------------------- paired

  async pairingDigit(digit) {
    const { model } = this;
    if (model.typed.length >= DIGITS.pairing) return;
    model.typed += digit;
    model.padWrong = "";
    if (model.typed.length === DIGITS.pairing) await this.pair(model.typed);
  }

  /** Trade the office's code for this machine's token. */
  async pair(code) {
    const { model, api } = this;
    try {
      const answer = await api.pair(code);
      api.token = answer.token;
      localStorage.setItem(this.token, answer.token);
      model.typed = "";
      await this.enter();
    } catch (problem) {
      model.typed = "";
      model.padWrong = problem instanceof Refusal ? "pair.wrong" : "pair.no_line";
      this.tell("refused", words(model, model.padWrong), true);
    }
  }

  forget() {
    localStorage.removeItem(this.token);
    this.api.token = "";
  }

  unpair() {
    this.forget();
    this.model.started = false;
    this.page.reset();
    this.page.askOffice();
    this.begin();
  }

  /** With a token to the first screen; without one the demonstration pairs itself, others ask the office. */
  async begin() {
    const { model, api } = this;
    api.token = localStorage.getItem(this.token) ?? "";
    if (!api.token && model.demonstration) {
      try {
        const { code } = await api.pairingCode();
        await this.pair(code);
      } catch {
        model.padWrong = "pair.no_line";
      }
    }
    if (api.token && !model.started) await this.enter();
    if (!model.started && !api.token) this.page.askOffice();
    this.show();
  }

  async enter() {
    const { model, page } = this;
    try {
      await page.load();
    } catch (problem) {
      const isOther = problem instanceof Refusal && [401, 403].includes(problem.status);
      if (isOther) this.forget();
      if (!isOther) model.padWrong = "pair.no_line";
      else if (problem.status === 403 && page.otherKind) model.padWrong = page.otherKind;
      this.show();
      return;
    }
    model.started = true;
    page.entered();
    if (model.place.demonstration) model.tray = await demonstrate(this.api);
    if (model.tray && page.trayOf) model.tray = page.trayOf(model.tray);
    const picked = pickedFromTray(model.tray, location.hash);
    history.replaceState(null, "", location.pathname + location.search);
    if (picked) this.capture.taken(picked, "tray");
    this.show();
    page.begun?.();
  }

  // ------------------------------------------------------------------------------ the clock

  everySecond() {
    const { model, page } = this;
    this.seconds += 1;
    page.everySecond();
    if (model.typed && model.screen !== "pairing" && page.quietS() > HALF_TYPED_S) {
      model.typed = "";
      this.show();
    }
    if (model.notice) model.notice.since ??= this.seconds;
    if (model.notice && this.seconds - model.notice.since >= NOTICE_S) {
      model.notice = null;
      this.show();
    }
    const minute = Math.floor(bankNow(model) / 60000);
    if (minute !== this.paintedMinute) {
      this.paintedMinute = minute;
      this.show();
    }
    if (this.seconds % (model.online && model.started ? REFRESH_S : RETRY_S) === 0) page.refresh();
  }

  async start() {
    const { model, page } = this;
    this.capture.listen();
    root.addEventListener("click", (event) => this.pressed(event));
    globalThis.addEventListener("resize", () => this.show());
    globalThis.addEventListener("online", () => page.refresh());
    globalThis.addEventListener("offline", () => this.connection(false));
    setInterval(() => this.everySecond(), 1000);
    this.show();
    await page.ready?.();
    await this.begin();
    model.camera = await cameraPermission();
    const wished = new URLSearchParams(location.search).get("camera") === "1";
    if (model.camera === "granted" || (wished && model.camera === "prompt")) await this.startCamera();
    this.show();
  }
}
