/** @typedef {import("./app.js").App} App */

/** The views that an agent keeps under a name. */
export class Shelf {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  /** Keep what is shown now under a name. @param {string} name @returns {Promise<boolean>} */
  async keep(name) {
    const { model, api } = this.app;
    const filters = Object.entries(model.filters).filter(([, value]) => value);
    const query = { view: model.view, ...Object.fromEntries(filters) };
    if (query.view === "bot") query.view = "queue"; // the bot's chats are no tickets
    try {
      await api.saveView(name, model.search ? { ...query, q: model.search } : query);
      await this.learn();
      return true;
    } catch (error) {
      this.app.failed(error);
      return false;
    }
  }

  /** @param {number} id of a view to forget */
  async forget(id) {
    try {
      await this.app.api.deleteView(id);
      await this.learn();
    } catch (error) {
      this.app.failed(error);
    }
  }

  async learn() {
    const { model, api } = this.app;
    model.saved = (await api.savedViews()).views;
    model.changed();
  }
}
