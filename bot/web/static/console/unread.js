/**
 * @typedef {import("./types.d.ts").Row} Row
 * @typedef {import("./types.d.ts").AgentMessage} AgentMessage
 */

const MOST = 500; // tickets remembered

/** What this agent has not read yet; remembered by the browser. */
export class Unread {
  /** Last message of the customer that this page has, by ticket. */
  #latest = /** @type {Map<string, number>} */ (new Map());

  /**
   * @param {import("../shared/storage.js").Keep} keep
   * @param {import("./model.js").Model} model
   */
  constructor(keep, model) {
    this.keep = keep;
    this.model = model;
    this.seen = /** @type {Record<string, number>} */ (keep.get("seen") ?? {});
  }

  /** @param {string} ref @param {AgentMessage[]} messages */
  learn(ref, messages) {
    for (const { id, author } of messages) {
      if (author === "customer" && id > (this.#latest.get(ref) ?? 0)) this.#latest.set(ref, id);
    }
  }

  /** @param {string} ref take note that the agent looks at it */
  read(ref) {
    const last = this.#latest.get(ref) ?? 0;
    if (this.seen[ref] === last) return;
    delete this.seen[ref]; // it becomes the newest
    this.seen[ref] = last;
    this.seen = Object.fromEntries(Object.entries(this.seen).slice(-MOST));
    this.keep.set("seen", this.seen);
  }

  /** Take over what was read in another tab. */
  refresh() {
    this.seen = this.keep.get("seen") ?? this.seen;
    this.model.changed();
  }

  /** @param {Row} row */
  is(row) {
    if (row.mentioned || this.model.offers.has(row.ref)) return true;
    if (row.status !== "queued" && !this.model.serves(row)) return false;
    const latest = Math.max(row.last_customer_message ?? 0, this.#latest.get(row.ref) ?? 0);
    const seen = this.seen[row.ref];
    if (seen === undefined) return row.status === "queued" || latest > 0;
    return latest > seen;
  }

  /** The tickets that ask for attention. */
  rows() {
    return [...this.model.rows.values()].filter((row) => this.is(row));
  }
}
