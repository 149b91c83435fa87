import { backoff, newId } from "../shared/ids.js";
import { ApiError } from "./api.js";

/** @typedef {import("./types.d.ts").Pending} Pending */

/** Drafts and replies on their way: kept in the browser until the server has them. */
export class Outbox {
  #sending = /** @type {Set<string>} */ (new Set());
  #failures = 0;

  /**
   * @param {import("../shared/storage.js").Keep} keep
   * @param {import("./api.js").Api} api
   * @param {(ref: string, change: import("./api.js").Change | null) => void} told after each change
   */
  constructor(keep, api, told) {
    this.keep = keep;
    this.api = api;
    this.told = told;
  }

  /** @param {string} ref @returns {string} */
  draft(ref) {
    return this.keep.get(`draft:${ref}`) ?? "";
  }

  /** @param {string} ref @param {string} text */
  setDraft(ref, text) {
    this.keep.set(`draft:${ref}`, text || null);
  }

  /** @param {string} ref @returns {Pending[]} */
  pending(ref) {
    return this.keep.get(`out:${ref}`) ?? [];
  }

  /** @param {string} ref @param {string} text */
  send(ref, text) {
    const item = { client_id: newId(), text, at: new Date(this.api.now()).toISOString() };
    this.#write(ref, [...this.pending(ref), item]);
    this.flush(ref);
  }

  /** @param {string} ref @param {string} id */
  retry(ref, id) {
    this.#mark(ref, id, undefined);
    this.flush(ref);
  }

  /** @param {string} ref @param {string} id */
  discard(ref, id) {
    this.#write(
      ref,
      this.pending(ref).filter((item) => item.client_id !== id),
    );
  }

  /** Send whatever waits, of all tickets. */
  flushAll() {
    for (const key of this.keep.keys("out:")) this.flush(key.slice("out:".length));
  }

  /** @param {string} ref send its replies one after another, in order */
  async flush(ref) {
    if (this.#sending.has(ref)) return;
    this.#sending.add(ref);
    try {
      for (let item; (item = this.#next(ref));) if (!(await this.#deliver(ref, item))) return;
    } finally {
      this.#sending.delete(ref);
    }
  }

  /** @param {string} ref @returns {Pending | undefined} */
  #next(ref) {
    return this.pending(ref).find((item) => item.failed === undefined);
  }

  /** @param {string} ref @param {Pending} item @returns {Promise<boolean>} whether to go on */
  async #deliver(ref, item) {
    const { client_id, text } = item;
    try {
      const change = await this.api.act(ref, "messages", { client_id, text });
      this.#failures = 0;
      this.told(ref, change);
      this.discard(ref, client_id);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === "session") return false;
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
        this.#mark(ref, client_id, error.message);
        return true;
      }
      setTimeout(() => this.flush(ref), backoff(++this.#failures));
      return false;
    }
  }

  /** @param {string} ref @param {string} id @param {string | undefined} failed */
  #mark(ref, id, failed) {
    this.#write(
      ref,
      this.pending(ref).map((item) => (item.client_id === id ? { ...item, failed } : item)),
    );
  }

  /** @param {string} ref @param {Pending[]} items */
  #write(ref, items) {
    this.keep.set(`out:${ref}`, items.length ? items : null);
    this.told(ref, null);
  }
}
