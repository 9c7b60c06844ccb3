/* Time at the kiosk: 60 seconds without a touch, then a question that stays at least 20 seconds,
   as often as wanted. Also the shop's clock, which is the bank's and not this machine's. */

export const QUIET_S = 60;
export const QUESTION_S = 20;
export const RESULT_S = 20;

/** Counts the quiet seconds. Told once a second by `tick`, and by `touch` that somebody is there. */
export class IdleWatch {
  constructor({ onAsk, onTick, onGone, now = () => Date.now() }) {
    Object.assign(this, { onAsk, onTick, onGone, now });
    this.touchedAt = now();
    this.askedAt = null;
    this.answerS = QUESTION_S;
  }

  touch() {
    this.touchedAt = this.now();
    this.askedAt = null;
  }

  /** Seconds left of the question, or null when none is open. */
  get left() {
    if (this.askedAt === null) return null;
    return Math.max(0, Math.ceil(this.answerS - (this.now() - this.askedAt) / 1000));
  }

  /** `plan` is the state's: "none", "ask", "tidy" or "leave"; `patience` stretches what is short. */
  tick(plan, patience = 1) {
    const quiet = (this.now() - this.touchedAt) / 1000;
    if (plan === "none") {
      this.touch();
    } else if (plan === "leave") {
      if (quiet >= RESULT_S * patience) this.gone();
    } else if (plan === "tidy") {
      if (quiet >= QUIET_S) this.gone();
    } else if (this.askedAt !== null) {
      if (this.left <= 0) this.gone();
      else this.onTick(this.left);
    } else if (quiet >= QUIET_S) {
      this.answerS = QUESTION_S * patience;
      this.askedAt = this.now();
      this.onAsk(this.left);
    }
  }

  gone() {
    this.touch();
    this.onGone();
  }
}

const ZONE = "Asia/Shanghai";

/** hh:mm in the shop, whatever zone this machine believes to be in. */
export function clockTime(instant) {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).format(new Date(instant));
}

/** Whether two instants are on one day in the shop. */
export function isSameDay(one, other) {
  const day = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE });
  return day.format(new Date(one)) === day.format(new Date(other));
}

/** So many minutes in words: 1 小时 58 分钟, or 1 h 58 min. */
export function lengthInWords(minutes, language) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const zh = [hours && `${hours} 小时`, (rest || !hours) && `${rest} 分钟`];
  const en = [hours && `${hours} h`, (rest || !hours) && `${rest} min`];
  return (language === "zh-CN" ? zh : en).filter(Boolean).join(" ");
}

/** A day in words: 12 月 1 日, or 1 December. Takes a day or an instant. */
export function dayInWords(day, language) {
  const date = new Date(String(day).length === 10 ? `${day}T04:00:00Z` : day);
  if (Number.isNaN(date.getTime())) return String(day ?? "");
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, day: "numeric", month: "numeric" })
    .formatToParts(date).reduce((all, part) => ({ ...all, [part.type]: part.value }), {});
  if (language === "zh-CN") return `${Number(parts.month)} 月 ${Number(parts.day)} 日`;
  return new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, day: "numeric", month: "long" }).format(date);
}

/** A day and time for the slip: 2026 年 11 月 20 日 10:28. */
export function stamp(instant, language) {
  const year = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, year: "numeric" }).format(new Date(instant));
  const day = dayInWords(instant, language);
  const time = clockTime(instant);
  return language === "zh-CN" ? `${year} 年 ${day} ${time}` : `${day} ${year}, ${time}`;
}
