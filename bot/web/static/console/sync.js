import { Live } from "./live.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Row} Row
 * @typedef {import("./types.d.ts").View} View
 * @typedef {import("./types.d.ts").AgentMessage} AgentMessage
 */

const ABSENT = 600_000; // ms of silence after which a customer "is back"
const TYPING = 8000; // ms after which typing is no longer believed
const AFTERWARDS = [1500, 5000]; // ms: looks at what the bot says after a hand-back

/** Keeps the model in step with the server. */
export class Sync {
  #typing = /** @type {Map<string, number>} */ (new Map());

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.live = new Live({
      receive: (frame) => this.#receive(frame),
      status: (up) => this.#status(up),
      loggedOut: () => app.loggedOut(),
    });
  }

  start() {
    this.live.run();
  }

  /** Read everything that is shown again: nothing that was missed stays missed. */
  async resync() {
    const { api, model } = this.app;
    try {
      model.rules ??= await api.rules();
      const [queue, mine] = await Promise.all([api.all("queue"), api.all("mine")]);
      const fresh = new Set([...queue, ...mine].map(({ ref }) => ref));
      for (const row of model.rows.values()) {
        const gone = (row.status === "queued" || model.isMine(row)) && !fresh.has(row.ref);
        if (gone) model.rows.delete(row.ref);
      }
      for (const row of [...queue, ...mine]) model.put(row);
      model.pages.set("queue", null).set("mine", null);
      if (model.view === "all" || model.view === "resolved") await this.load(model.view);
      if (model.view === "bot") await this.chats();
      const open = new Set(mine.map(({ ref }) => ref));
      if (model.selected) open.add(model.selected);
      await Promise.all([...open].map((ref) => this.fetch(ref)));
      model.changed();
    } catch (error) {
      this.app.failed(error, { quiet: true });
    }
  }

  /** @param {View} view @param {string} [after] */
  async load(view, after = "") {
    const { api, model } = this.app;
    const page = await api.page(view, after);
    for (const row of page.tickets) model.put(row);
    model.pages.set(view, page.next);
    model.changed();
  }

  /** Read which chats the bot has. */
  async chats() {
    const { api, model } = this.app;
    model.chats = (await api.botChats()).conversations;
    model.pages.set("bot", null);
    model.changed();
  }

  /** @param {string} ref */
  async fetch(ref) {
    const { api, model, unread } = this.app;
    const detail = await api.ticket(ref);
    const newer = model.details.get(ref)?.messages ?? [];
    model.details.set(ref, detail);
    model.add(
      ref,
      newer.filter(({ id }) => id > (detail.messages.at(-1)?.id ?? 0)),
    );
    model.put(detail.ticket);
    unread.learn(ref, detail.messages);
    model.changed();
  }

  /** After a hand-back the bot speaks; its words come without a ticket to push them. */
  lookAfterwards(/** @type {string} */ ref) {
    for (const pause of AFTERWARDS) {
      setTimeout(() => this.fetch(ref).catch(() => {}), pause);
    }
  }

  /** @param {boolean} up */
  #status(up) {
    const { model, outbox } = this.app;
    if (!up && model.link !== "lost") model.lostAt = Date.now();
    model.link = up ? "live" : "lost";
    model.changed();
    if (!up) return;
    this.resync();
    outbox.flushAll();
  }

  /** @param {any} frame */
  #receive(frame) {
    if (frame.type === "ticket") this.#ticket(frame.ticket);
    else if (frame.type === "message") this.#message(frame.ref, frame.message);
    else if (frame.type === "typing") this.#types(frame.ref, frame.on);
    else if (frame.type === "notice") this.app.toasts.show({ text: frame.text, stay: true });
  }

  /** @param {Row} row */
  #ticket(row) {
    const { model, notify } = this.app;
    const before = model.rows.get(row.ref);
    const wasMine = model.isMine(before);
    const earlier = [...model.rows.values()].find(
      ({ ref, conversation }) => conversation === row.conversation && ref !== row.ref,
    );
    model.put(row);
    if (wasMine && !model.isMine(row) && !model.busy.has(row.ref)) notify.left(row);
    else if (row.status === "queued" && before?.status !== "queued") notify.arrived(row, earlier);
    else if (
      before?.status === "queued" &&
      row.status === "claimed" &&
      row.ref === model.selected
    ) {
      if (!model.isMine(row)) notify.taken(row);
    }
    if (row.ref === model.selected && before?.status !== row.status) {
      this.fetch(row.ref).catch(() => {});
    }
    model.changed();
  }

  /** @param {string} ref @param {AgentMessage} message */
  #message(ref, message) {
    const { model, unread, notify } = this.app;
    const known = model.details.get(ref)?.messages ?? [];
    const fresh = !known.some(({ id }) => id === message.id);
    const last = known.findLast(({ author }) => author === "customer");
    model.add(ref, [message]);
    unread.learn(ref, [message]);
    const row = model.rows.get(ref);
    if (message.author === "customer" && fresh) {
      this.#types(ref, false);
      const away = last ? Date.parse(message.at) - Date.parse(last.at) : 0;
      if (row && model.isMine(row)) notify.said(row, message, away > ABSENT);
    }
    if (!row) this.fetch(ref).catch(() => {});
    model.changed();
  }

  /** @param {string} ref @param {boolean} on */
  #types(ref, on) {
    const { model } = this.app;
    clearTimeout(this.#typing.get(ref));
    if (on) {
      model.typing.add(ref);
      this.#typing.set(
        ref,
        setTimeout(() => this.#types(ref, false), TYPING),
      );
    } else model.typing.delete(ref);
    model.changed();
  }
}
