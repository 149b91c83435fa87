/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Row} Row
 *
 * @typedef {object} Alarm
 * @property {string} ref
 * @property {string} [clock] which deadline, or what else is the matter
 * @property {"soon" | "missed" | "unreachable"} [stage]
 * @property {string} [rule] of the desk that asks for somebody
 */

const ALWAYS = ["unaccepted", "follow_up"]; // alarms that are sent to whom they are for
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

  /** @param {{ ref: string, why?: string }} frame without why, a colleague's words */
  async mention({ ref, why }) {
    const { model, notify } = this.app;
    const row = await this.#line(ref).catch(() => undefined);
    if (!row) return;
    model.put({ ...row, mentioned: true });
    notify.mentioned(row, why);
    model.changed();
  }

  /**
   * A case is none of the agent's business any more, unless its line comes again at once.
   *
   * @param {string} ref
   */
  gone(ref) {
    const { model, sync, toasts, t } = this.app;
    this.#leaving.add(ref);
    setTimeout(() => {
      if (!this.#leaving.delete(ref)) return;
      sync.forget(ref);
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

  /** The week that is over had too few or too many cases: what is said at a login is said now. */
  async band() {
    const { api, toasts } = this.app;
    const agent = await api.whoAmI().catch(() => null);
    for (const text of agent ? api.notices : []) toasts.show({ text, bad: true, stay: true });
  }

  /**
   * Something presses: a deadline, a case that nobody takes, a rule of the desk.
   *
   * @param {Alarm} frame
   */
  async alarm(frame) {
    const { model, notify } = this.app;
    const { ref, clock = "", stage = "missed", rule } = frame;
    const row = await this.#line(ref).catch(() => undefined);
    if (!row) return;
    const mine = model.isMine(row) || (model.leads && stage === "missed");
    if (rule || ALWAYS.includes(clock) || mine) notify.pressing(row, frame);
    model.changed();
  }
}
