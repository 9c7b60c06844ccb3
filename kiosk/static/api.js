/* The kiosk's only way to the bank. Every call ends in one of three ways: an answer, a `Refusal`
   (definite: nothing has changed), or `NoAnswer` (nobody knows; ask for the receipt by key). */

const BASE = "/api/v1";
const PATIENCE_MS = 8000;
const TOO_OFTEN = 429;
/* Above 500 and definite all the same: nothing was booked. */
const DEFINITE = new Set(["foundation.too_busy", "foundation.clock_wrong"]);

/** The bank said no, with a code and facts; nothing has changed. */
export class Refusal extends Error {
  constructor(problem, status) {
    super(problem.code ?? String(status));
    this.code = status === TOO_OFTEN ? "kiosk.too_often" : problem.code ?? "";
    this.facts = problem.facts ?? {};
    this.status = status;
    this.title = problem.title ?? "";
    this.detail = problem.detail ?? "";
  }
}

/** Nothing came back, or nothing that can be understood: it may have happened or not. */
export class NoAnswer extends Error {}

/** A key that is used for one basket and never again (幂等键). */
export function newKey() {
  // Not randomUUID: that one is missing where the page comes by plain http in the shop's own net.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bank as the kiosk sees it. `onConnection(true|false)` hears how each call went. */
export class Api {
  constructor({ language = () => "zh-CN", onConnection = () => {}, fetcher } = {}) {
    this.token = "";
    this.language = language;
    this.onConnection = onConnection;
    this.fetch = fetcher ?? ((...all) => globalThis.fetch(...all));
  }

  async call(method, path, { body, key, patience = PATIENCE_MS } = {}) {
    const headers = { Accept: "application/json", "Accept-Language": this.language() };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (key) headers["Idempotency-Key"] = key;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response;
    let answer;
    const stop = new AbortController();
    const bell = setTimeout(() => stop.abort(), patience);
    try {
      response = await this.fetch(BASE + path, {
        method, headers, cache: "no-store", credentials: "omit", signal: stop.signal,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      answer = await response.json();
    } catch {
      this.onConnection(false);
      throw new NoAnswer(path);
    } finally {
      clearTimeout(bell);
    }
    this.onConnection(true);
    if (response.ok) return answer;
    const definite = response.status < 500 || DEFINITE.has(answer?.code);
    if (!definite || !answer || typeof answer !== "object") throw new NoAnswer(path);
    throw new Refusal(answer, response.status);
  }

  kiosk() { return this.call("GET", "/kiosk"); }

  shelf() { return this.call("GET", "/shelf"); }

  pair(code) { return this.call("POST", "/devices/pair", { body: { code } }); }

  pairingCode() { return this.call("POST", "/demo/pairing-code", { body: {} }); }

  tray() { return this.call("GET", "/demo/tray"); }

  /** A PIN comes with what was typed or scanned, never with anything else. */
  readCard(code, pin = null) { return this.call("POST", "/cards/read", { body: { code, pin } }); }

  quote(body) { return this.call("POST", "/quotes", { body }); }

  redeem(key, body) { return this.call("POST", "/redemptions", { body, key }); }

  redemption(number) { return this.call("GET", `/redemptions/${encodeURIComponent(number)}`); }

  slipCode(number) { return this.call("GET", `/redemptions/${encodeURIComponent(number)}/code`); }

  undo(number, key, card) {
    const path = `/redemptions/${encodeURIComponent(number)}/undo`;
    return this.call("POST", path, { body: { card }, key });
  }

  keepLeft(key, card, quote) { return this.call("POST", "/unconfirmed", { body: { card, quote }, key }); }

  answerLeft(number, key, card, answer) {
    return this.call("POST", `/unconfirmed/${encodeURIComponent(number)}/answer`, { body: { card, answer }, key });
  }

  receipt(key) { return this.call("GET", `/receipts/${key}`); }

  voidKey(key) { return this.call("POST", `/receipts/${key}/void`, { body: {}, key: newKey() }); }

  seen(receipts, key) { return this.call("POST", "/kiosk/seen", { body: { receipts }, key }); }

  unknownCode(code) {
    return this.call("POST", "/unknown-codes", { body: { code }, key: newKey() });
  }

  signIn(activity, key, card) { return this.call("POST", `/activities/${activity}/sign-in`, { body: { card }, key }); }

  signOut(activity, key, card) { return this.call("POST", `/activities/${activity}/sign-out`, { body: { card }, key }); }

  takeBackSignIn(attendance, key, card) {
    return this.call("POST", `/attendances/${attendance}/undo`, { body: { card }, key });
  }

  newsTold(card, news) { return this.call("POST", "/news/told", { body: { card, news }, key: newKey() }); }

  callHelp() { return this.call("POST", "/help-calls", { body: {}, key: newKey() }); }
}
