/** @typedef {import("./app.js").App} App */

/** What a supervisor watches: all teams at a glance, in place of a case. */
export class Watch {
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
    if (model.board) await this.look();
  }

  /** Read what goes on in all teams. */
  async look() {
    const { model, api } = this.app;
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
}
