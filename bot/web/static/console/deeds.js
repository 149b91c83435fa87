/**
 * @typedef {import("./app.js").App} App
 */

/** What an agent does. */
export class Deeds {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  /** @param {string} ref @param {number} [pause] ms before it is read: who walks on reads nothing */
  async open(ref, pause = 0) {
    const { model, sync } = this.app;
    model.selected = ref;
    model.board = false;
    model.pane = "chat";
    model.side = false;
    model.changed();
    if (pause) await new Promise((done) => setTimeout(done, pause));
    if (model.selected !== ref) return;
    await sync.fetch(ref).catch((error) => this.app.failed(error));
  }

  async claim() {
    const thenReply = this.app.thenReply();
    const ref = await this.#act("claim");
    if (!ref) return;
    this.app.toasts.show({ text: this.app.t.claimDone(ref), about: ref });
    thenReply(ref);
  }

  async release() {
    const ref = await this.#act("release");
    if (ref) this.#done(this.app.t.releaseDone(ref), ref, "claim");
  }

  async reopen() {
    const ref = await this.#act("reopen");
    if (ref) this.app.toasts.show({ text: this.app.t.reopenDone(ref), about: ref });
  }

  /** @param {string} conversation that the bot has: the agent's from now on */
  async takeOver(conversation) {
    const { app } = this;
    const { model, api, sync } = app;
    if (model.busy.has(conversation)) return;
    const thenReply = app.thenReply();
    model.busy.set(conversation, "takeover");
    model.changed();
    try {
      const { ticket } = await api.takeOver(conversation);
      sync.put(ticket);
      model.chats = model.chats.filter((chat) => chat.conversation !== conversation);
      model.view = "mine";
      app.toasts.show({ text: app.t.claimDone(ticket.ref), about: ticket.ref });
      await this.open(ticket.ref);
      thenReply(ticket.ref);
    } catch (error) {
      app.failed(error);
      sync.chats().catch(() => {}); // somebody was faster, or the customer has left
    } finally {
      model.busy.delete(conversation);
      model.changed();
    }
  }

  /** @param {number} id of a promise of the open ticket */
  async keep(id) {
    const { model, api, sync } = this.app;
    const ref = model.selected;
    if (!ref) return;
    try {
      await api.keep(ref, id);
      await sync.fetch(ref);
    } catch (error) {
      this.app.failed(error);
    }
  }

  /** @param {object} note @returns {Promise<string | null>} why it was refused */
  async handBack(note) {
    return this.#close("return", note, this.app.t.handbackDone);
  }

  /** @param {{ disposition: string, cause: string, note: string, seen: number }} end */
  async resolve(end) {
    return this.#close("resolve", end, this.app.t.resolveDone);
  }

  /**
   * @param {"return" | "resolve"} deed
   * @param {object} body
   * @param {(ref: string) => string} said
   */
  async #close(deed, body, said) {
    let why = "";
    const ref = await this.#act(deed, body, (text) => (why = text));
    if (!ref) return why;
    if (deed === "return") this.app.sync.lookAfterwards(ref);
    this.#done(said(ref), ref, "reopen");
    return null;
  }

  /** @param {string} text @param {string} ref @param {"claim" | "reopen"} undo */
  #done(text, ref, undo) {
    const { app } = this;
    const run = async () => {
      await this.open(ref);
      await this[undo]();
    };
    app.toasts.show({ text, about: ref, action: { label: app.t[undo], run } });
  }

  /**
   * Do something to the open ticket.
   *
   * @param {"claim" | "return" | "resolve" | "reopen" | "release"} deed
   * @param {object} [body]
   * @param {(text: string) => void} [refused] told why instead of the agent
   * @returns {Promise<string | null>} the reference if it was done
   */
  async #act(deed, body, refused) {
    const { model, api, sync } = this.app;
    const ref = model.selected;
    if (!ref || model.busy.has(ref)) return null;
    model.busy.set(ref, deed);
    model.changed();
    try {
      const change = await api.act(ref, deed, body);
      sync.put(change.ticket);
      model.add(ref, change.messages);
      return ref;
    } catch (error) {
      if (refused && error instanceof Error) refused(error.message);
      else this.app.failed(error);
      return null;
    } finally {
      model.busy.delete(ref);
      model.changed();
      sync.fetch(ref).catch(() => {}); // the context has changed with it
    }
  }
}
