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

  /** @param {string} ref @param {"reply" | "note"} [mode] to whom it is written @returns {string} */
  draft(ref, mode = "reply") {
    return this.keep.get(draftKey(ref, mode)) ?? "";
  }

  /** @param {string} ref @param {string} text @param {"reply" | "note"} [mode] */
  setDraft(ref, text, mode = "reply") {
    this.keep.set(draftKey(ref, mode), text || null);
  }

  /** @param {string} ref @returns {Pending[]} */
  pending(ref) {
    return this.keep.get(`out:${ref}`) ?? [];
  }

  /** @param {string} ref @param {string} text @param {Pending["attachments"]} [attachments] */
  send(ref, text, attachments = []) {
    const at = new Date(this.api.now()).toISOString();
    const item = { client_id: newId(), text, at, ...(attachments.length && { attachments }) };
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
    const { client_id, text, attachments } = item;
    const files = attachments && { attachments: attachments.map(({ id }) => id) };
    try {
      const change = await this.api.act(ref, "messages", { client_id, text, ...files });
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

/** @param {string} ref @param {"reply" | "note"} mode */
function draftKey(ref, mode) {
  return mode === "note" ? `note:${ref}` : `draft:${ref}`;
}
