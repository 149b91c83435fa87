import { GROUPS, byDeadline, urgency } from "./sla.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Row} Row
 * @typedef {import("./types.d.ts").View} View
 */

const WALK = 150; // ms a ticket is looked at before it counts as opened

/** What an agent does. */
export class Deeds {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  /** @param {View} view */
  async show(view) {
    const { model, sync } = this.app;
    model.view = view;
    model.changed();
    if (view === "bot") await sync.chats().catch((error) => this.app.failed(error));
    else if (!model.pages.has(view)) await sync.load(view).catch((error) => this.app.failed(error));
  }

  /** The next page of the list that is shown. */
  async more() {
    const { model, sync } = this.app;
    const after = model.pages.get(model.view);
    if (after) await sync.load(model.view, after).catch((error) => this.app.failed(error));
  }

  /** @param {string} ref @param {number} [pause] ms before it is read: who walks on reads nothing */
  async open(ref, pause = 0) {
    const { model, sync } = this.app;
    model.selected = ref;
    model.pane = "chat";
    model.side = false;
    model.changed();
    if (pause) await new Promise((done) => setTimeout(done, pause));
    if (model.selected !== ref) return;
    await sync.fetch(ref).catch((error) => this.app.failed(error));
  }

  /** @param {number} step 1 goes down the list, -1 up */
  walk(step) {
    const { model } = this.app;
    const rows = this.inOrder();
    const at = rows.findIndex(({ ref }) => ref === model.selected);
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
    if (!next) return;
    this.open(next.ref, WALK);
    document.querySelector(`[data-key="${next.ref}"]`)?.scrollIntoView({ block: "nearest" });
  }

  /** @returns {Row[]} the rows as they are listed */
  inOrder() {
    const { model, api } = this.app;
    const now = api.now();
    const rows = model.list(model.view).map((row) => ({ row, group: urgency(row, now) }));
    const order = (/** @type {(typeof rows)[0]} */ { group }) => GROUPS.indexOf(group);
    rows.sort((a, b) => order(a) - order(b) || byDeadline(a.row, b.row));
    return rows.map(({ row }) => row);
  }

  async claim() {
    const ref = await this.#act("claim");
    if (!ref) return;
    this.app.toasts.show({ text: this.app.t.claimDone(ref), about: ref });
    this.app.focusReply();
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
    model.busy.set(conversation, "takeover");
    model.changed();
    try {
      const { ticket } = await api.takeOver(conversation);
      model.put(ticket);
      model.chats = model.chats.filter((chat) => chat.conversation !== conversation);
      model.view = "mine";
      app.toasts.show({ text: app.t.claimDone(ticket.ref), about: ticket.ref });
      await this.open(ticket.ref);
      app.focusReply();
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

  /** @param {{ disposition: string, note: string }} end @returns {Promise<string | null>} */
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
    const { model, api } = this.app;
    const ref = model.selected;
    if (!ref || model.busy.has(ref)) return null;
    model.busy.set(ref, deed);
    model.changed();
    try {
      const change = await api.act(ref, deed, body);
      model.put(change.ticket);
      model.add(ref, change.messages);
      return ref;
    } catch (error) {
      if (refused && error instanceof Error) refused(error.message);
      else this.app.failed(error);
      return null;
    } finally {
      model.busy.delete(ref);
      model.changed();
      this.app.sync.fetch(ref).catch(() => {}); // the context has changed with it
    }
  }
}
