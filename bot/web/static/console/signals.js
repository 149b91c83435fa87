/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Row} Row
 */

const SETTLE = 500; // ms in which a case that went may come back

/** What the socket tells of cases beside their lines: offers, mentions, alarms, who is there. */
export class Signals {
  /** Cases that were taken from this console a moment ago. */
  #leaving = /** @type {Set<string>} */ (new Set());

  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  /** @param {string} ref of a case that is still the agent's business */
  stays(ref) {
    this.#leaving.delete(ref);
  }

  /** @param {string} ref @returns {Promise<Row | undefined>} a line, read if it is not known */
  async #line(ref) {
    const { api, model } = this.app;
    if (!model.rows.has(ref)) {
      const { tickets } = await api.find({ view: "all", q: ref });
      for (const row of tickets) model.put(row);
    }
    return model.rows.get(ref);
  }

  /** @param {string} ref @param {number} seconds to answer it; 0 takes it back */
  async offer(ref, seconds) {
    const { model, notify, duty } = this.app;
    if (seconds <= 0) return duty.over(ref);
    const known = model.offers.get(ref);
    model.offers.set(ref, Date.now() + seconds * 1000);
    const row = await this.#line(ref).catch(() => undefined);
    if (!row || !model.offers.has(ref)) return;
    model.put({ ...row, offered_to: model.agent?.username ?? null });
    if (!known) notify.offered(row);
    model.changed();
  }

  /** @param {string} ref */
  async mention(ref) {
    const { model, notify } = this.app;
    const row = await this.#line(ref).catch(() => undefined);
    if (!row) return;
    model.put({ ...row, mentioned: true });
    notify.mentioned(row);
    model.changed();
  }

  /**
   * A case is none of the agent's business any more, unless its line comes again at once.
   *
   * @param {string} ref
   */
  gone(ref) {
    const { model, toasts, t } = this.app;
    this.#leaving.add(ref);
    setTimeout(() => {
      if (!this.#leaving.delete(ref)) return;
      model.rows.delete(ref);
      model.details.delete(ref);
      model.offers.delete(ref);
      if (model.selected === ref) {
        model.selected = null;
        model.pane = "queue";
        toasts.show({ text: t.caseGone(ref) });
      }
      model.changed();
    }, SETTLE);
  }

  /** @param {string} agent whose presence has changed */
  presence(agent) {
    const { model, duty, watch } = this.app;
    if (agent === model.agent?.username) duty.learn().catch(() => {});
    if (model.board) watch.look();
  }

  /**
   * Something presses: a deadline, a case that nobody takes, a rule of the desk.
   *
   * @param {{ ref: string, clock?: string, stage?: "soon" | "missed", rule?: string }} frame
   */
  async alarm({ ref, clock = "", stage = "missed", rule = "" }) {
    const { model, notify } = this.app;
    const row = await this.#line(ref).catch(() => undefined);
    if (!row) return;
    const mine = model.isMine(row) || (model.leads && stage === "missed");
    if (rule || clock === "unaccepted" || mine) notify.pressing(row, { clock, stage, rule });
    model.changed();
  }
}
