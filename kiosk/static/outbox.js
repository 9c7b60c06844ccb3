/* Remembers the key of a purchase before it is sent (发件箱), so that after a reload or a power cut
   the page can ask whether it happened. It keeps keys and sums, never a card. */

const STORE = "purchases";

function asPromise(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Keys under way, on the disk. If the browser has no storage, it remembers until the reload. */
export class Outbox {
  constructor(name = "kiosk-outbox") {
    this.name = name;
    this.memory = new Map();
  }

  async open() {
    try {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
      this.database = await asPromise(request);
    } catch {
      this.database = null;
    }
    return this;
  }

  /** Ends when the record is on the disk: "strict" waits for it, so that a power cut finds it. */
  change(work) {
    if (!this.database) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const step = this.database.transaction(STORE, "readwrite", { durability: "strict" });
      work(step.objectStore(STORE));
      step.oncomplete = () => resolve();
      step.onerror = () => reject(step.error);
      step.onabort = () => reject(step.error);
    });
  }

  async put(record) {
    this.memory.set(record.key, record);
    await this.change((store) => store.put(record));
  }

  async drop(key) {
    this.memory.delete(key);
    await this.change((store) => store.delete(key));
  }

  async list() {
    if (!this.database) return [...this.memory.values()];
    const step = this.database.transaction(STORE, "readonly");
    return asPromise(step.objectStore(STORE).getAll());
  }
}
