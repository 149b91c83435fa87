import { NO_FILTERS } from "./model.js";
import { byRisk } from "./sla.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Row} Row
 * @typedef {import("./types.d.ts").View} View
 * @typedef {import("./types.d.ts").Filters} Filters
 */

const WALK = 150; // ms a ticket is looked at before it counts as opened
const PAUSE = 250; // ms without a key before a search is sent

/** The lists in the order in which they are offered; the first nine keys choose them. */
export const VIEWS = /** @type {const} */ ([
  "queue",
  "mine",
  "mentions",
  "participating",
  "waiting",
  "snoozed",
  "bot",
  "resolved",
  "all",
]);

/** Which cases are listed, in what order, and the way through them. */
export class Browse {
  #timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  /** @param {View} view */
  async show(view) {
    const { model } = this.app;
    model.view = view;
    model.pane = "queue";
    this.#stopSearch();
    await this.#read();
  }

  /** @param {Partial<Filters>} change */
  async narrow(change) {
    const { model } = this.app;
    model.filters = { ...model.filters, ...change };
    model.changed();
    if (model.search) await this.#find();
    else await this.#read();
  }

  /** Look for words as they are typed. @param {string} words */
  search(words) {
    const { model } = this.app;
    clearTimeout(this.#timer);
    const before = model.search;
    model.search = words.trim();
    if (model.search === before) return;
    if (!model.search) model.found = null;
    model.changed();
    if (model.search) this.#timer = setTimeout(() => this.#find(), PAUSE);
    else this.#read();
  }

  /** Show a kept view. @param {import("./types.d.ts").SavedView} saved */
  async recall({ query }) {
    const { model } = this.app;
    const { view = "queue", q = "", ...filters } = query;
    model.view = VIEWS.find((name) => name === view) ?? "all";
    model.filters = { ...NO_FILTERS, ...filters };
    model.pane = "queue";
    this.#stopSearch();
    model.search = q;
    model.changed();
    if (q) await this.#find();
    else await this.#read();
  }

  /** The next page of the list that is shown. */
  async more() {
    const { model } = this.app;
    const after = model.pages.get(model.key);
    if (!after) return;
    if (model.search) await this.#find(after);
    else await this.#read(after);
  }

  /** Read the list that is shown again. */
  async again() {
    const { model } = this.app;
    model.problems.delete(model.key);
    model.changed();
    if (model.search) await this.#find();
    else await this.#read("", true);
  }

  /** @param {number} step 1 goes down the list, -1 up */
  walk(step) {
    const { model } = this.app;
    const rows = this.inOrder();
    const at = rows.findIndex(({ ref }) => ref === model.selected);
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
    if (next) this.#go(next);
    else if (step > 0) this.more();
  }

  /** Open the next case that asks for attention, wherever it is. */
  nextUnread() {
    const { model, unread, api } = this.app;
    const waiting = [...model.rows.values()].filter((row) => unread.is(row));
    const rows = byRisk(waiting, api.now()).map(({ row }) => row);
    const next = rows.find(({ ref }) => ref !== model.selected);
    if (!next) return;
    if (!model.listed().includes(next)) {
      model.view = VIEWS.find((view) => model.belongs(next, view)) ?? "all";
      model.filters = { ...NO_FILTERS };
      this.#stopSearch();
    }
    this.#go(next);
  }

  /** @returns {Row[]} the rows as they are listed */
  inOrder() {
    return this.grouped().map(({ row }) => row);
  }

  grouped() {
    return byRisk(this.app.model.listed(), this.app.api.now());
  }

  /** @param {Row} row */
  #go({ ref }) {
    this.app.deeds.open(ref, WALK);
    requestAnimationFrame(() => {
      document.querySelector(`ticket-row[data-key="${ref}"]`)?.scrollIntoView({ block: "nearest" });
    });
  }

  #stopSearch() {
    const { model } = this.app;
    clearTimeout(this.#timer);
    model.search = "";
    model.found = null;
    model.changed();
  }

  /** @param {string} [after] @param {boolean} [anew] */
  async #read(after = "", anew = false) {
    const { model, sync } = this.app;
    const { key, view } = model;
    if (!after && !anew && model.pages.has(key) && view !== "bot") return;
    try {
      if (view === "bot") await sync.chats();
      else if (key === view) await sync.open();
      else await sync.load(after);
      model.problems.delete(key);
    } catch (error) {
      this.#problem(key, error);
    }
    model.changed();
  }

  /** @param {string} [after] */
  async #find(after = "") {
    const { model, api } = this.app;
    const { search } = model;
    const asked = JSON.stringify([search, model.filters]);
    try {
      const page = await api.find({ view: "all", q: search, ...model.filters }, after);
      if (asked !== JSON.stringify([model.search, model.filters])) return; // typed on meanwhile
      for (const row of page.tickets) model.put(row);
      const refs = page.tickets.map(({ ref }) => ref);
      model.found = after ? [...(model.found ?? []), ...refs] : refs;
      model.pages.set("search", page.next);
      model.problems.delete("search");
    } catch (error) {
      if (search === model.search) this.#problem("search", error);
    }
    model.changed();
  }

  /** @param {string} key @param {unknown} error */
  #problem(key, error) {
    if (!(error instanceof Error)) throw error;
    this.app.model.problems.set(key, error.message);
  }
}
