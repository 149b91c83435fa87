import { ApiError } from "./api.js";
import { VIEWS } from "./browse.js";
import { NO_FILTERS } from "./model.js";

/** @typedef {import("./app.js").App} App */

const REFERENCE = /^R-\w+$/;

/**
 * Where the agent is, kept in the page's address: a reload comes back there, and a colleague who
 * may see the case can be sent the link. Words that were searched for are no part of it.
 */
export class Place {
  #kept = false; // until it was gone to, the address is not changed

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    app.model.addEventListener("change", () => this.#keep());
    addEventListener("hashchange", ({ newURL }) => {
      if (!this.#kept) return;
      this.go(new URL(newURL).hash); // the address may be changed again by now
      app.browse.again();
    });
  }

  /** Go where an address says; the lists are read by who calls. @param {string} [hash] */
  async go(hash = location.hash) {
    const { app } = this;
    const { model } = app;
    const named = new URLSearchParams(hash.slice(1));
    this.#kept = true;
    const view = VIEWS.find((name) => name === named.get("view"));
    if (view) {
      const names = /** @type {(keyof typeof NO_FILTERS)[]} */ (Object.keys(NO_FILTERS));
      const given = names.map((name) => [name, named.get(name) ?? ""]);
      model.view = view;
      model.filters = { ...NO_FILTERS, ...Object.fromEntries(given) };
    }
    const ref = named.get("case") ?? "";
    if (!REFERENCE.test(ref) || ref === model.selected) return model.changed();
    model.selected = ref;
    model.pane = "chat";
    model.changed();
    try {
      await app.sync.fetch(ref);
    } catch (error) {
      app.failed(error, { quiet: true });
      if (error instanceof ApiError && error.status >= 400) this.#close(ref);
    }
  }

  /** Forget it: who logs in next begins anew. */
  leave() {
    this.#kept = false;
    history.replaceState(null, "", location.pathname);
  }

  /** @param {string} ref of a case that is none of this agent's business, or is no more */
  #close(ref) {
    const { model } = this.app;
    if (model.selected !== ref) return;
    model.selected = null;
    model.pane = "queue";
    model.changed();
  }

  #keep() {
    if (!this.#kept) return;
    const { view, filters, selected } = this.app.model;
    const names = Object.entries({ view, ...filters, case: selected ?? "" });
    const hash = `#${new URLSearchParams(names.filter(([, value]) => value))}`;
    if (hash !== location.hash) history.replaceState(null, "", hash);
  }
}
