import { ApiError } from "./api.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Presence} Presence
 */

/** Whether the agent takes new cases, and the cases that are offered. */
export class Duty {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  async learn() {
    try {
      this.#hold(await this.app.api.presence());
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "no_presence")) throw error;
    }
  }

  /** @param {string} presence online, busy or away */
  async choose(presence) {
    await this.#change(() => this.app.api.setPresence(presence));
  }

  /** End the pause after a conversation. */
  async ready() {
    await this.#change(() => this.app.api.ready());
  }

  /** @param {string} ref */
  async accept(ref) {
    const { app } = this;
    const thenReply = app.thenReply();
    if (!(await this.#answer(ref, "accept"))) return;
    app.toasts.show({ text: app.t.claimDone(ref), about: ref });
    await app.deeds.open(ref);
    thenReply(ref);
  }

  /** @param {string} ref */
  async decline(ref) {
    const { toasts, t } = this.app;
    if (await this.#answer(ref, "decline"))
      toasts.show({ text: t.offerDeclined(ref), about: ref });
  }

  /** The case whose offer ends first. */
  get next() {
    const { offers } = this.app.model;
    return [...offers].sort(([, a], [, b]) => (a || Infinity) - (b || Infinity))[0]?.[0];
  }

  /** Bring the offers into line with rows that were read. */
  sort() {
    const { model } = this.app;
    for (const [ref, until] of model.offers) {
      const row = model.rows.get(ref);
      if (!until && !(row && this.#isOffered(row))) model.offers.delete(ref);
    }
    for (const row of model.rows.values()) if (this.#isOffered(row)) this.note(row);
  }

  /** @param {import("./types.d.ts").Row} row as it is now, which may end an offer */
  note(row) {
    const { offers } = this.app.model;
    if (!this.#isOffered(row)) offers.delete(row.ref);
    else if (!offers.has(row.ref)) offers.set(row.ref, 0);
  }

  /** @param {import("./types.d.ts").Row} row */
  #isOffered({ status, offered_to }) {
    return status === "queued" && offered_to === this.app.model.agent?.username;
  }

  /** Let offers go whose time is over. @param {number} now */
  expire(now) {
    for (const [ref, until] of this.app.model.offers) if (until && until <= now) this.over(ref);
  }

  /** @param {string} ref that is not offered any more */
  over(ref) {
    const { model, toasts, t } = this.app;
    const row = model.rows.get(ref);
    if (!model.offers.delete(ref)) return;
    if (row) model.put({ ...row, offered_to: null });
    toasts.show({ text: t.offerOver(ref), about: ref });
    model.changed();
  }

  /** @param {string} ref @param {"accept" | "decline"} answer */
  async #answer(ref, answer) {
    const { model, api, sync } = this.app;
    if (model.busy.has(ref)) return false;
    model.busy.set(ref, answer);
    model.changed();
    try {
      const change = await api.answerOffer(ref, answer);
      sync.put(change.ticket);
      model.add(ref, change.messages);
      return true;
    } catch (error) {
      this.app.failed(error);
      return false;
    } finally {
      model.busy.delete(ref);
      model.offers.delete(ref);
      model.changed();
    }
  }

  /** @param {() => Promise<Presence>} change */
  async #change(change) {
    try {
      this.#hold(await change());
    } catch (error) {
      this.app.failed(error);
      this.app.model.changed(); // the switch goes back to what is so
    }
  }

  /** @param {Presence} presence */
  #hold(presence) {
    this.app.model.presence = presence;
    this.app.model.changed();
  }
}
