import { tried } from "./tried.js";

/** @typedef {import("./app.js").App} App */

const REVIEWS = 60_000; // ms between two looks at what is to be reviewed

/** What a supervisor watches: all teams at a glance, in place of a case. */
export class Watch {
  #reviewed = 0; // when that was looked at

  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  /** Show or hide what goes on in all teams. */
  async toggle() {
    const { model } = this.app;
    if (!model.leads) return;
    model.board = !model.board;
    model.pane = model.board ? "chat" : "queue";
    model.changed();
    if (model.board) await this.look(true);
  }

  /** Read what goes on in all teams. @param {boolean} [whole] what is to be reviewed too */
  async look(whole = false) {
    const { model, api } = this.app;
    if (whole || Date.now() - this.#reviewed > REVIEWS) this.#toReview();
    try {
      model.overview = await api.overview();
      for (const row of [model.overview.missed, model.overview.unaccepted].flatMap(
        ({ tickets }) => tickets,
      ))
        model.put(row);
      model.problems.delete("overview");
    } catch (error) {
      model.problems.set("overview", error instanceof Error ? error.message : "");
    }
    model.changed();
  }

  /** A supervisor has commented on a case. @param {string} ref */
  reviewed(ref) {
    const { model } = this.app;
    model.toReview = model.toReview?.filter(({ ticket }) => ticket.ref !== ref) ?? null;
    model.changed();
  }

  async #toReview() {
    const { model, api } = this.app;
    this.#reviewed = Date.now();
    const { answer, why } = await tried(() => api.call("GET", "/reviews/queue"));
    if (why) model.problems.set("toReview", why);
    else {
      model.problems.delete("toReview");
      model.toReview = /** @type {import("./types.d.ts").ToReview[]} */ (answer.cases);
      for (const { ticket } of model.toReview) model.put(ticket);
    }
    model.changed();
  }
}
