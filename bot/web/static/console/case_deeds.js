import { ApiError } from "./api.js";
import { Once } from "./once.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./extras.js").Part} Part
 */

/**
 * What became of something done to a case: nothing to say, or why not.
 *
 * @typedef {{ done: true, answer: any } | { done: false, code: string, why: string }} Outcome
 */

const CHANGED = /** @type {Part[]} */ (["notes", "shop", "playbook", "suggestions", "reviews"]);

/** What colleagues do around a case: each deed is one request, told in a word when it is done. */
export class CaseDeeds {
  #once = new Once();

  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  /**
   * Do something to a ticket and bring what is shown up to date.
   *
   * @param {string} ref
   * @param {string} what path below the ticket
   * @param {object} [body]
   * @param {string} [method]
   * @returns {Promise<Outcome>}
   */
  async act(ref, what, body = {}, method = "POST") {
    const { app } = this;
    app.model.busy.set(ref, what);
    app.model.changed();
    try {
      const path = `/tickets/${encodeURIComponent(ref)}/${what}`;
      const answer = await app.api.call(method, path, method === "DELETE" ? undefined : body);
      if (answer?.ticket?.ref) app.sync.put(answer.ticket);
      if (answer?.messages) app.model.add(ref, answer.messages);
      return { done: true, answer };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { done: false, code: error.code, why: error.message };
    } finally {
      app.model.busy.delete(ref);
      app.model.changed();
      app.sync.fetch(ref).catch(() => {}); // context and log have changed with it
      app.extras.renew(CHANGED, ref);
    }
  }

  /**
   * The same from a dialog: it stays open with the reason, or a toast says what was done.
   *
   * @param {string} ref
   * @param {string} what
   * @param {object} body
   * @param {string} said
   * @param {{ method?: string, undo?: { label: string, run: () => void } }} [how]
   * @returns {Promise<string | null>} why it was refused
   */
  async tell(ref, what, body, said, { method = "POST", undo } = {}) {
    const outcome = await this.act(ref, what, body, method);
    if (!outcome.done) return outcome.why;
    this.app.toasts.show({ text: said, about: ref, action: undo });
    return null;
  }

  /** The same from a key or a button: a refusal is told in the corner. */
  async now(
    /** @type {string} */ ref,
    /** @type {string} */ what,
    /** @type {object} */ body,
    /** @type {string} */ said,
    /** @type {{ method?: string, undo?: { label: string, run: () => void } }} */ how = {},
  ) {
    const why = await this.tell(ref, what, body, said, how);
    if (why !== null) this.app.toasts.show({ text: why, bad: true });
  }

  /** Wait for the customer, or stop waiting: the clocks stand still meanwhile. */
  async wait() {
    const { app } = this;
    const row = /** @type {import("./case.d.ts").CaseRow | undefined} */ (app.model.row);
    if (!row || !app.model.isMine(row)) return;
    const { ref } = row;
    const still = row.phase === "waiting" || row.phase === "snoozed";
    const back = () => this.now(ref, "resume", {}, app.t.undone(ref));
    const undo = { label: app.t.undo, run: back };
    if (still) await this.now(ref, "resume", {}, app.t.resumeDone(ref));
    else await this.now(ref, "waiting", {}, app.t.waitDone(ref), { undo });
  }

  /** @param {string} ref @param {string} text @param {"note" | "answer"} kind */
  async note(ref, text, kind) {
    const note = { text, kind };
    const outcome = await this.act(ref, "notes", this.#once.of(note, ref));
    if (!outcome.done) return outcome;
    this.#once.done(note, ref);
    await this.app.extras.refresh("notes", ref);
    return outcome;
  }

  /** The agent has seen what waited for them here. @param {string} ref */
  async readMentions(ref) {
    const { model } = this.app;
    const row = model.rows.get(ref);
    if (!row?.mentioned || model.link !== "live") return;
    model.put({ ...row, mentioned: false });
    model.changed();
    await this.call(`/tickets/${encodeURIComponent(ref)}/mentions/read`, {});
  }

  /**
   * @param {string} path below /api/v1
   * @param {object} body
   * @param {string} method
   * @returns {Promise<Outcome>}
   */
  async call(path, body, method = "POST") {
    try {
      return { done: true, answer: await this.app.api.call(method, path, body) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { done: false, code: error.code, why: error.message };
    }
  }
}
