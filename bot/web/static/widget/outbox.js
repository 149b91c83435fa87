import { newId } from "../shared/ids.js";

/** @typedef {import("../shared/api.d.ts").Outgoing} Outgoing */

/** What the customer did and the server has not confirmed; it survives a reload. */
export class Outbox {
  /** @param {import("../shared/storage.js").Keep} keep */
  constructor(keep) {
    this.keep = keep;
    this.items = /** @type {Outgoing[]} */ (keep.keys("out:").map((key) => keep.get(key)))
      .filter((item) => item?.client_id)
      .sort((a, b) => a.at.localeCompare(b.at));
  }

  /** @param {Partial<Outgoing>} what */
  add(what) {
    const item = { client_id: newId(), at: new Date().toISOString(), ...what };
    this.items.push(item);
    this.save(item);
  }

  /** @param {Outgoing} item */
  save(item) {
    this.keep.set(`out:${item.client_id}`, item);
  }

  /**
   * @param {Outgoing} item
   * @param {string} reason why, for the customer; empty when the server never answered
   */
  refuse(item, reason) {
    if (!this.items.includes(item)) return; // it arrived by another way meanwhile
    item.failed = reason;
    this.save(item);
  }

  /**
   * @param {string | null | undefined} clientId
   * @returns {Outgoing | undefined} what was taken out
   */
  remove(clientId) {
    const index = this.items.findIndex((item) => item.client_id === clientId);
    if (index < 0) return undefined;
    this.keep.set(`out:${clientId}`, null);
    return this.items.splice(index, 1)[0];
  }

  /** @returns {Outgoing | undefined} the next to send */
  next() {
    return this.items.find((item) => item.failed === undefined);
  }
}
