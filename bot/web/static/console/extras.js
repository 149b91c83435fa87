import { ApiError } from "./api.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").TeamNote} TeamNote
 */

/**
 * @template Value
 * @typedef {import("./case.d.ts").Extra<Value>} Extra
 */

/** Where each part is read; `profile` and the like are asked for by the customer's id. */
const PATHS = {
  notes: (/** @type {string} */ ref) => `/tickets/${ref}/notes`,
  shop: (/** @type {string} */ ref) => `/tickets/${ref}/shop`,
  playbook: (/** @type {string} */ ref) => `/tickets/${ref}/playbook`,
  suggestions: (/** @type {string} */ ref) => `/tickets/${ref}/suggestions`,
  reviews: (/** @type {string} */ ref) => `/tickets/${ref}/reviews`,
  profile: (/** @type {string} */ id) => `/customers/${id}/profile`,
  history: (/** @type {string} */ id) => `/customers/${id}/history`,
  agents: () => "/agents",
  approvals: () => "/approvals",
};
const MOST = 60; // parts that are remembered

/** @typedef {keyof typeof PATHS} Part */

/** What is read beside a case, each part when it is first shown; a failure is part of it. */
export class Extras {
  #held = /** @type {Map<string, Extra<any>>} */ (new Map());

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    app.sync.addEventListener("note", (event) => {
      const { ref, note } = /** @type {CustomEvent} */ (event).detail;
      this.addNote(ref, note);
    });
    app.sync.addEventListener("approval", (event) => {
      const { ref } = /** @type {CustomEvent} */ (event).detail;
      this.renew(["shop"], ref);
      this.renew(["approvals"], "");
    });
    app.sync.addEventListener("message", (event) => {
      const { ref, message } = /** @type {CustomEvent} */ (event).detail;
      if (message.author === "customer") this.renew(["suggestions", "playbook"], ref);
    });
    app.sync.addEventListener("ready", () => this.renewAll());
  }

  /**
   * What is known of a part; asking for the first time reads it.
   *
   * @param {Part} part
   * @param {string} [id] reference of the ticket, or id of the customer
   * @returns {Extra<any>}
   */
  get(part, id = "") {
    const key = this.#key(part, id);
    const held = this.#held.get(key);
    if (held) return held;
    this.refresh(part, id);
    return /** @type {Extra<any>} */ (this.#held.get(key));
  }

  /** @param {Part} part @param {string} [id] @returns {any} the value, if it was read */
  value(part, id = "") {
    return this.get(part, id).value;
  }

  /** @param {Part} part @param {string} [id] read it again; what is shown stays until then */
  async refresh(part, id = "") {
    const key = this.#key(part, id);
    const before = this.#held.get(key)?.value;
    this.#put(key, { state: "loading", value: before });
    try {
      const path = PATHS[part](encodeURIComponent(id));
      const value = await this.app.api.call("GET", path);
      this.#put(key, { state: "ready", value: withLater(value, this.#held.get(key)?.value) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#put(key, { state: "error", value: before, error: error.message });
    }
    this.app.model.changed();
  }

  /** @param {Part[]} parts @param {string} id read those again that were shown */
  renew(parts, id) {
    for (const part of parts) if (this.#held.has(this.#key(part, id))) this.refresh(part, id);
  }

  /** @param {string} id of which nothing may be remembered */
  forget(id) {
    for (const key of [...this.#held.keys()]) {
      if (key.endsWith(`\n${id}`)) this.#held.delete(key);
    }
  }

  /** Read again what is shown, and forget the rest: something may have been missed. */
  renewAll() {
    for (const key of [...this.#held.keys()]) {
      const [, part, id] = key.split("\n");
      const shown = [this.app.model.selected, this.app.model.detail?.context.customer.id, ""];
      if (shown.includes(id)) this.refresh(/** @type {Part} */ (part), id);
      else this.#held.delete(key);
    }
  }

  /** @param {string} ref @param {TeamNote} note that somebody wrote now */
  addNote(ref, note) {
    const held = this.#held.get(this.#key("notes", ref));
    const notes = /** @type {TeamNote[]} */ (held?.value?.notes ?? []);
    if (!held || notes.some(({ id }) => id === note.id)) return;
    held.value = { notes: [...notes, note].sort((a, b) => a.id - b.id) };
    this.app.model.changed();
  }

  /** @param {string} key @param {Extra<any>} extra */
  #put(key, extra) {
    this.#held.delete(key); // it becomes the newest
    this.#held.set(key, extra);
    for (const old of this.#held.keys()) {
      if (this.#held.size <= MOST) break;
      this.#held.delete(old);
    }
  }

  /** @param {Part} part @param {string} id */
  #key(part, id) {
    return [this.app.language, part, id].join("\n"); // what the server words is worded again
  }
}

/**
 * Notes that came by the socket while they were read are not lost again.
 *
 * @param {any} read
 * @param {any} before
 */
function withLater(read, before) {
  if (!read?.notes || !before?.notes) return read;
  const last = read.notes.at(-1)?.id ?? 0;
  const later = before.notes.filter((/** @type {TeamNote} */ { id }) => id > last);
  return { ...read, notes: [...read.notes, ...later] };
}
