import { newId } from "../shared/ids.js";

/**
 * Ids for what is sent: the same content has the same id until the server is known to have it, so
 * that a second try after a lost answer stores nothing twice.
 */
export class Once {
  #ids = /** @type {Map<string, string>} */ (new Map());

  /**
   * @template {object} Body
   * @param {Body} body
   * @param {string} [where] of what it is: the case
   * @returns {Body & { client_id: string }}
   */
  of(body, where = "") {
    const key = this.#key(body, where);
    const client_id = this.#ids.get(key) ?? newId();
    this.#ids.set(key, client_id);
    return { ...body, client_id };
  }

  /** The server has it: the same words are something new from now on. */
  done(/** @type {object} */ body, where = "") {
    this.#ids.delete(this.#key(body, where));
  }

  /** @param {object} body @param {string} where */
  #key(body, where) {
    return JSON.stringify([where, body]);
  }
}
