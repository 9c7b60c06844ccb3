/* What is this code? Cards, short numbers, goods and CANCEL are told apart by their own check
   characters, so that a misread is refused here, without any key and without asking the bank. */

export const CARD_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
export const CARD_LENGTH = 24;
const CANCEL_WORDS = ["CANCEL", "QUXIAO"];
const SHORTEST_SCAN = 6;

/** Is the Luhn check (mod 32, last character) of a card code right? */
export function isCardCode(text) {
  if (text.length !== CARD_LENGTH) return false;
  const base = CARD_ALPHABET.length;
  let sum = 0;
  for (let place = 0; place < text.length; place += 1) {
    const value = CARD_ALPHABET.indexOf(text[text.length - 1 - place]);
    if (value < 0) return false;
    const doubled = value * 2;
    sum += place % 2 === 0 ? value : Math.floor(doubled / base) + (doubled % base);
  }
  return sum % base === 0;
}

const DAMM = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
  "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"];

/** Is this the 8-digit short number under a card's QR code (last digit: Damm check)? */
export function isShortNumber(text) {
  if (!/^[0-9]{8}$/.test(text)) return false;
  let interim = 0;
  for (const digit of text) interim = Number(DAMM[interim][Number(digit)]);
  return interim === 0;
}

/** Is the check digit of an EAN-13, EAN-8 or UPC-A right? */
export function isGoodsCode(text) {
  if (!/^([0-9]{8}|[0-9]{12}|[0-9]{13})$/.test(text)) return false;
  let sum = 0;
  for (let place = 0; place < text.length; place += 1) {
    sum += Number(text[text.length - 1 - place]) * (place % 2 === 0 ? 1 : 3);
  }
  return sum % 10 === 0;
}

/** The bare code: half-width capitals, without scanner prefixes, spaces and control characters. */
export function bare(text) {
  let plain = "";
  for (const character of String(text)) {
    const point = character.codePointAt(0);
    // Full-width forms (１２３) stand exactly 0xFEE0 above their ASCII twins.
    plain += point >= 0xff01 && point <= 0xff5e
      ? String.fromCodePoint(point - 0xfee0) : character;
  }
  plain = plain.replace(/[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u3000\ufeff]/g, "");
  // "\000026" announces a character set, "]Q1" the kind of barcode; scanners may send either.
  plain = plain.replace(/^(\][A-Za-z][0-9A-Za-z])?(\\[0-9]{6})+/, "").replace(/^\][A-Za-z][0-9]/, "");
  return plain.toUpperCase();
}

/* The back of a card has an address for telephones; a scanner's keyboard loses what is before //. */
const CARD_BACK = /\/\/[^/]+(\/.*)?\/ME\/$/;

function kindOf(code) {
  if (CANCEL_WORDS.includes(code)) return "cancel";
  if (isCardCode(code)) return "card";
  if (isGoodsCode(code)) return "goods";
  if (isShortNumber(code)) return "number";
  if (CARD_BACK.test(code)) return "back";
  return null;
}

/**
 * Tell what was scanned: `{kind, code}` with kind card, back, number, goods, cancel, misread or other.
 *
 * "misread" looks like a card whose check fails; "other" may be goods of an in-house code. A code
 * that arrives doubled ("AA") is one code, unless the long form is a code of its own.
 */
export function readCode(text) {
  const code = bare(text);
  const kind = kindOf(code);
  if (kind) return { kind, code };
  const half = code.slice(0, code.length / 2);
  const doubled = half.length >= SHORTEST_SCAN && half + half === code;
  if (doubled && kindOf(half)) return { kind: kindOf(half), code: half };
  if (code.length === CARD_LENGTH && [...code].every((c) => CARD_ALPHABET.includes(c))) {
    return { kind: "misread", code };
  }
  return doubled ? readCode(half) : { kind: "other", code };
}
