/* What the bank acknowledged to this kiosk, the last two hundred purchases (见过的小票). When the bank had
   to be restored from a backup, its `life` is another one, and what is kept here tells it what it lost.
   Kept are numbers, sums and the last four digits of the card's number; never a name, never a code. */

import { newKey } from "./api.js";

const STORE = "receipts";
const LIFE = "kiosk.life";
const MOST = 200;
const AT_ONCE = 50;

function asPromise(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The acknowledged receipts, on the disk. If the browser has no storage, nothing is remembered. */
export class Seen {
  constructor({ api, name = "kiosk-seen" }) {
    Object.assign(this, { api, name, database: null, showing: false, looked: false });
  }

  async open() {
    try {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "number" });
      this.database = await asPromise(request);
    } catch {
      this.database = null;
    }
    return this;
  }

  /** Remember a purchase that the bank said is booked under this key. Never stands in a sale's way. */
  async note(key, redemption, tail = null) {
    if (!this.database || !key || !redemption?.number) return;
    const { number, slip, total_points, at, undone } = redemption;
    try {
      await asPromise(this.store("readwrite").put(
        { key, number, slip, total_points, at, undone: Boolean(undone), card_tail: tail }));
      const all = await this.list();
      const store = this.store("readwrite");
      for (const old of all.slice(0, Math.max(0, all.length - MOST))) store.delete(old.number);
    } catch {
      // A full disk or a private window: the slip is still in the person's hand.
    }
  }

  async undone(number) {
    if (!this.database) return;
    try {
      const kept = await asPromise(this.store("readonly").get(number));
      if (kept) await asPromise(this.store("readwrite").put({ ...kept, undone: true }));
    } catch {
      // As above.
    }
  }

  /** All of them, the oldest first. */
  async list() {
    if (!this.database) return [];
    const all = await asPromise(this.store("readonly").getAll());
    return all.sort((one, other) => (one.at < other.at ? -1 : 1));
  }

  /**
   * Told where the bank stands now. To a bank of another life everything is shown; at the start of
   * the page at least the newest, because a database that was put back by hand has the same life.
   */
  async meet(place) {
    const known = localStorage.getItem(LIFE);
    if (this.showing || (this.looked && known === place.life)) return;
    this.showing = true;
    try {
      const all = await this.list();
      const first = known === place.life ? all.slice(-1) : all;
      const missing = await this.show(first);
      if (missing && first.length < all.length) await this.show(all);
      localStorage.setItem(LIFE, place.life);
      this.looked = true;
    } catch {
      // No answer, or not now: the next look at the bank tries again.
    } finally {
      this.showing = false;
    }
  }

  async show(receipts) {
    let missing = 0;
    for (let start = 0; start < receipts.length; start += AT_ONCE) {
      const answer = await this.api.seen(receipts.slice(start, start + AT_ONCE), newKey());
      missing += answer.missing;
    }
    return missing;
  }

  store(mode) {
    return this.database.transaction(STORE, mode).objectStore(STORE);
  }
}
