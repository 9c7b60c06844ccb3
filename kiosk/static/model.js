/* What the page knows at this moment, and the few questions that views ask of it. */

import { Basket } from "./basket.js";
import { dayInWords, clockTime } from "./time.js";
import { inCurrency, say, sayRefusal } from "./words.js";

/** Refusals whose `until` is a time of this day, and no day. */
const UNTIL_A_TIME = new Set(["redemption.undo_too_late", "people.pin_locked", "activities.take_back_too_late"]);

/** Everything that ends with a person's visit stands here and nowhere else. */
export function freshVisit() {
  return {
    card: null, leftBefore: null, leftKey: null, news: [], newsMore: 0, shown: false, basket: new Basket(), just: null, quote: null, key: null,
    refusal: null, redemption: null, slipCode: null, signed: null, notice: null, typed: "", padWrong: "", padFacts: {}, pin: null,
    pinFrom: 0, overlay: null,
    sending: false, reading: false, long: false, linesFrom: 0, taken: 0, wallPage: 0, undoKey: null,
    language: "zh-CN", large: false, aloud: false,
  };
}

export function newModel(demonstration) {
  return {
    screen: "starting", demonstration, online: true, started: false, camera: "none", place: null,
    shelf: new Map(), tray: null, trayOpen: false, clockAhead: 0, help: "told", recovered: null,
    ...freshVisit(),
  };
}

/** The sentence of a code, in the language that is set and what points are called here. */
export const words = (model, code, facts) => say(model.language, code, facts, namingOf(model));

const namingOf = (model) => (sentence) => inCurrency(sentence, model.language, model.place?.currency);

export function nameOf(model, sku) {
  const item = model.shelf.get(sku);
  if (!item) return "";
  return model.language === "zh-CN" ? item.name : item.name_en || item.name;
}

/** Text that the bank sends in both languages. */
export function either(model, pair) {
  if (!pair) return "";
  if (typeof pair === "string") return pair;
  return (model.language === "zh-CN" ? pair.zh : pair.en) ?? pair.zh ?? "";
}

/** What a card's holder may sign in to here now, the own ones first. */
export const signChoices = (model) => model.card?.attendance?.choices ?? [];

/** How an activity that is open here is called. */
export function nameOfActivity(model, number) {
  const { signed_in: signedIn, choices } = model.card.attendance;
  const all = [...(signedIn?.activity ? [signedIn.activity] : []), ...choices, ...(model.place?.activities ?? [])];
  return all.find((one) => one.number === number)?.name ?? "";
}

export const priceOf = (model, sku) => model.shelf.get(sku)?.price_points;
export const total = (model) => model.basket.total((sku) => priceOf(model, sku));
export const bankNow = (model) => Date.now() + model.clockAhead;

/** Points before, this basket, after; null where the card is not read yet. */
export function sums(model) {
  const spent = total(model);
  if (!model.card) return { before: null, spent, after: null, short: 0 };
  const before = model.card.points;
  return { before, spent, after: before - spent, short: Math.max(0, spent - before) };
}

export function canConfirm(model) {
  return Boolean(model.card) && !model.basket.isEmpty && sums(model).short === 0
    && !(model.screen === "refusal" && model.refusal && !model.refusal.offer);
}

/** What the bank is told of the card: the proof that came with its PIN, else what was scanned. */
export const cardTold = (model) => model.card?.proof ?? model.card?.code ?? null;

/** Goods for the wall, most wanted first; for the row in the basket, those without a barcode first. */
export function wallGoods(model) {
  return [...model.shelf.values()].sort((a, b) => (b.wanted ?? 0) - (a.wanted ?? 0));
}

export function rowGoods(model, many) {
  return wallGoods(model)
    .filter((item) => item.left > 0 && !model.basket.quantity(item.sku))
    .sort((a, b) => Number(a.barcodes.length > 0) - Number(b.barcodes.length > 0))
    .slice(0, many);
}

/** A scanned code as a product of the shelf; UPC-A is EAN-13 without its leading zero. */
export function goodsByCode(model, code) {
  const forms = [code, `0${code}`, code.replace(/^0/, "")];
  return [...model.shelf.values()].find(
    (item) => item.barcodes.some((barcode) => forms.includes(barcode)) || item.sku === code);
}

/** Title and detail of the refusal that is shown, with names and days in words. */
export function refusalWords(model) {
  const { refusal, language } = model;
  const facts = { phone: model.place?.shop.help_phone ?? "", ...refusal.facts };
  const item = model.shelf.get(refusal.facts.sku);
  facts.name = item ? nameOf(model, item.sku) : language === "zh-CN" ? "这样东西" : "This";
  const restock = either(model, item?.restock);
  facts.restock = restock ? restock + (language === "zh-CN" ? "。" : ".") : "";
  for (const name of ["since", "begins", "ended", "at"]) if (facts[name]) facts[name] = momentInWords(facts[name]);
  if (UNTIL_A_TIME.has(refusal.code)) facts.until = momentInWords(facts.until);
  else if (facts.until) facts.until = dayInWords(facts.until, language);
  if (facts.opens) facts.opens = momentInWords(facts.opens);
  return sayRefusal(language, refusal, facts, namingOf(model));
}

/** Facts may carry a whole instant or hh:mm already. */
function momentInWords(value) {
  return /T.*Z$/.test(String(value ?? "")) ? clockTime(value) : String(value ?? "");
}
