/* Reads sentences aloud (朗读). A machine with a voice for the language says everything. Chromium on
   Linux has none: there the clips of `voice/` are joined, phrases and numbers, and what has no clip (the
   name of a thing or a person) is left out. Speech stops at the next touch or scan. */

import { hushClips, playClips } from "./sounds.js";

const HOME = new URL("./voice/", import.meta.url);
const DIGITS = { zh: [..."零一二三四五六七八九"],
  en: ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"] };
const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const NUMBER = /^(\d{1,2}):(\d{2})|^\d{1,3}(?:,\d{3})+|^\d+(?:\.\d+)?/;
const LETTER = /\p{Script=Latin}/u;
const HAN = /\p{Script=Han}/u;

let index = null;
let turn = 0;

async function phrasesOf(language) {
  index ??= fetch(new URL("index.json", HOME)).then((answer) => (answer.ok ? answer.json() : {}))
    .catch(() => { index = null; return {}; });
  return (await index)[language] ?? {};
}

function voiceFor(language) {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  return voices.find((voice) => voice.lang.replace("_", "-").startsWith(language.slice(0, 2)));
}

/** Whether anything can be heard: a voice of the machine, or clips and something to play them. */
export function hasVoice(language) {
  return Boolean(voiceFor(language) || globalThis.AudioContext);
}

/* Whole numbers below a hundred million as they are said, in the words that have clips. */
function chinese(number) {
  if (number >= 10_000) {
    const [many, rest] = [Math.floor(number / 10_000), number % 10_000];
    return [...chinese(many), "万", ...(rest ? [...(rest < 1000 ? ["零"] : []), ...chinese(rest)] : [])];
  }
  const said = [];
  let gap = false;
  for (const [unit, name] of [[1000, "千"], [100, "百"], [10, "十"], [1, ""]]) {
    const digit = Math.floor(number / unit) % 10;
    if (digit === 0) {
      gap = said.length > 0;
      continue;
    }
    if (gap) said.push("零");
    gap = false;
    // 十二, but 一百一十二.
    if (!(unit === 10 && digit === 1 && said.length === 0)) said.push(DIGITS.zh[digit]);
    if (name) said.push(name);
  }
  return said.length ? said : ["零"];
}

function english(number) {
  if (number >= 1000) return [...english(Math.floor(number / 1000)), "thousand", ...rest(number % 1000)];
  if (number >= 100) return [DIGITS.en[Math.floor(number / 100)], "hundred", ...rest(number % 100)];
  if (number < 20) return [DIGITS.en[number]];
  return [TENS[Math.floor(number / 10)], ...rest(number % 10)];
}

function rest(number) {
  return number ? english(number) : [];
}

function spelled([text, hours, minutes], language) {
  if (hours !== undefined) {
    if (language !== "zh") return [...english(Number(hours)), ...rest(Number(minutes))];
    return [...chinese(Number(hours)), "点", ...(Number(minutes) ? [...chinese(Number(minutes)), "分"] : [])];
  }
  const [whole, part = ""] = text.replaceAll(",", "").split(".");
  if (Number(whole) >= 100_000_000) return [];
  const [say, dot, digits] = language === "zh" ? [chinese, "点", DIGITS.zh] : [english, "point", DIGITS.en];
  return [...say(Number(whole)), ...(part ? [dot, ...[...part].map((one) => digits[one])] : [])];
}

/**
 * The phrases of a sentence that can be said, in their order: the longest that fits at each place. A single
 * Chinese character is said only beside a number ("30 分"), never out of the middle of a name.
 */
export function phrasesIn(sentence, known, language) {
  const longest = Math.max(0, ...Object.keys(known).map((phrase) => phrase.length));
  const said = [];
  let afterNumber = false;
  let at = 0;
  while (at < sentence.length) {
    const left = sentence.slice(at);
    if (left[0] === " ") { at += 1; continue; }
    const phrase = fitting(sentence, at, Math.min(longest, left.length), known, language, afterNumber);
    const number = phrase ? null : NUMBER.exec(left);
    if (phrase) said.push(phrase);
    if (number) said.push(...spelled(number, language));
    afterNumber = Boolean(number);
    at += phrase?.length ?? number?.[0].length ?? 1;
  }
  return said;
}

function fitting(sentence, at, longest, known, language, afterNumber) {
  for (let length = longest; length > 0; length -= 1) {
    const phrase = sentence.slice(at, at + length);
    if (!Object.hasOwn(known, phrase)) continue;
    const [before, after] = [sentence[at - 1] ?? "", sentence.slice(at + length)];
    if (language === "zh") {
      if (length > 1 || !HAN.test(phrase)) return phrase;
      if ((afterNumber && !HAN.test(after[0] ?? "")) || (!HAN.test(before) && /^ ?\d/.test(after))) return phrase;
    } else if (!LETTER.test(before) && !LETTER.test(after[0] ?? "")) {
      return phrase;
    }
  }
  return null;
}

/** The bank's own name for points (志愿币, 枚) has no clip; it is heard as 积分 and 分. */
export function usual(text, currency) {
  if (!currency) return text;
  const { name, unit } = currency;
  const taken = ["扣", "扣您的", "欠", "计", "给"].reduce((said, verb) => said.replaceAll(verb + name, `${verb}分`), text);
  return taken.replaceAll(name, "积分").replace(/(?<=\d )(\S+)/g, (word) => (word.startsWith(unit) ? `分${word.slice(unit.length)}` : word));
}

export async function speak(text, language, currency = null) {
  if (!text) return 0;
  hush();
  const voice = voiceFor(language);
  if (voice) {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = 0.9;
    globalThis.speechSynthesis.speak(utterance);
    return 0;
  }
  const [spoken, mine] = [language.slice(0, 2), turn];
  const known = await phrasesOf(spoken);
  if (mine !== turn) return 0;
  return playClips(phrasesIn(usual(text, currency), known, spoken).map((phrase) => new URL(known[phrase], HOME).href));
}

export function hush() {
  turn += 1;
  globalThis.speechSynthesis?.cancel();
  hushClips();
}
