import { Live } from "./live.js";
import { Signals } from "./signals.js";
import { isClosed } from "./sla.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Row} Row
 * @typedef {import("./types.d.ts").AgentMessage} AgentMessage
 */

const ABSENT = 600_000; // ms of silence after which a customer "is back"
const TYPING = 8000; // ms after which typing is no longer believed
const AFTERWARDS = [1500, 5000]; // ms: looks at what the bot says after a hand-back

const WHOLE = /** @type {const} */ ([
  "queue",
  "mine",
  "mentions",
  "participating",
  "waiting",
  "snoozed",
]);

/**
 * Keeps the model in step with the server. Every frame of the socket is also an event of its
 * `type` here, for the parts of the page that want to know: `detail` is the frame.
 */
export class Sync extends EventTarget {
  #typing = /** @type {Map<string, number>} */ (new Map());
  /** When the socket last told of each case: what was asked for before that is older. */
  #heard = /** @type {Map<string, number>} */ (new Map());
  /** What the agent was told of each case, whatever was read of it meanwhile and came first. */
  #told = /** @type {Map<string, Row>} */ (new Map());
  /** The messages that the socket brought. */
  #brought = /** @type {Set<number>} */ (new Set());
  /** Whether everything was read once: what is new after that came meanwhile. */
  #begun = false;

  /** @param {App} app */
  constructor(app) {
    super();
    this.app = app;
    this.signals = new Signals(app);
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
    const { model, browse, duty, shelf, watch, unread, notify } = this.app;
    const { key } = model;
    const before = this.#begun ? new Set(unread.rows().map(({ ref }) => ref)) : null;
    try {
      await this.app.rules();
      await this.open();
      this.#begun = true;
      if (!WHOLE.some((view) => view === key)) await browse.again();
      const mine = model.list("mine").map(({ ref }) => ref);
      const read = new Set(model.selected ? [...mine, model.selected] : mine);
      await Promise.all([
        duty.learn(),
        shelf.learn(),
        model.board && watch.look(),
        ...[...read].map((ref) => this.fetch(ref)),
      ]);
      if (before) notify.meanwhile(unread.rows().filter(({ ref }) => !before.has(ref)));
    } catch (error) {
      if (!model.pages.has(key) && error instanceof Error) model.problems.set(key, error.message);
      this.app.failed(error, { quiet: true });
    }
    model.changed();
  }

  /** Read every open case that the agent sees, and those in which they take part. */
  async open() {
    const { api, model } = this.app;
    const views = ["risk", "participating", "mentions"];
    const begun = performance.now();
    const newer = (/** @type {string} */ ref) => this.#later(ref, begun);
    const [open, along, mentions] = await Promise.all(views.map((view) => api.all(view)));
    const fresh = new Map([...open, ...along, ...mentions].map((row) => [row.ref, row]));
    for (const row of model.rows.values()) {
      if (fresh.has(row.ref) || newer(row.ref)) continue;
      if (!isClosed(row)) {
        this.forget(row.ref);
        continue;
      }
      this.#told.set(row.ref, row);
      if (row.mentioned) model.put({ ...row, mentioned: false });
    }
    for (const row of fresh.values()) {
      if (newer(row.ref)) continue;
      model.put(row);
      this.#told.set(row.ref, row); // what is missed while away is told of all together
    }
    this.app.duty.sort();
    for (const view of WHOLE) {
      model.pages.set(view, null);
      model.problems.delete(view);
    }
    model.changed();
  }

  /** The next page of a list that is read bit by bit. @param {string} [after] */
  async load(after = "") {
    const { api, model } = this.app;
    const { key, view, filters } = model;
    const page = await api.find({ view, ...filters }, after);
    for (const row of page.tickets) model.put(row);
    model.pages.set(key, page.next);
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
    const begun = performance.now();
    const [detail] = await Promise.all([api.ticket(ref), this.app.rules()]); // they name its parts
    const newer = model.details.get(ref)?.messages ?? [];
    model.details.set(ref, detail);
    model.add(
      ref,
      newer.filter(({ id }) => id > (detail.messages.at(-1)?.id ?? 0)),
    );
    model.put((this.#later(ref, begun) && model.rows.get(ref)) || detail.ticket);
    unread.learn(ref, detail.messages);
    model.changed();
  }

  /** Whether the socket has told of a case since then. @param {string} ref @param {number} then */
  #later(ref, then) {
    return (this.#heard.get(ref) ?? 0) > then;
  }

  /** A case as the socket has just told of it, or the answer to a deed. @param {Row} row */
  put(row) {
    this.app.model.put(row);
    this.#told.set(row.ref, row);
    this.#heard.set(row.ref, performance.now());
  }

  /** A case is in no list any more: should it come again, it is news. @param {string} ref */
  forget(ref) {
    this.app.model.rows.delete(ref);
    this.#told.delete(ref);
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
    if (frame.type === "ticket") this.#ticket(frame.ticket, frame.by);
    else if (frame.type === "message") this.#message(frame.ref, frame.message);
    else if (frame.type === "typing") this.#types(frame.ref, frame.on);
    else if (frame.type === "notice") this.app.toasts.show({ text: frame.text, stay: true });
    else if (frame.type === "offer") this.signals.offer(frame.ref, frame.seconds);
    else if (frame.type === "mention") this.signals.mention(frame);
    else if (frame.type === "presence") this.signals.presence(frame.agent);
    else if (frame.type === "alarm") this.signals.alarm(frame);
    else if (frame.type === "band") this.signals.band();
    else if (frame.type === "gone") this.signals.gone(frame.ref);
    this.dispatchEvent(new CustomEvent(frame.type, { detail: frame }));
  }

  /** @param {Row} row @param {string} [by] at whose console it was done */
  #ticket(row, by) {
    const { model, notify } = this.app;
    const shown = model.rows.get(row.ref);
    const before = this.#told.get(row.ref) ?? shown;
    const wasMine = model.isMine(before);
    const earlier = [...model.rows.values()].find(
      ({ ref, conversation }) => conversation === row.conversation && ref !== row.ref,
    );
    this.put(row);
    this.signals.stays(row.ref);
    this.app.duty.note(row);
    const own = by === model.agent?.username || model.busy.has(row.ref);
    const others = row.status === "claimed" && !model.isMine(row);
    if (wasMine && !own && row.status === "queued") notify.left(row);
    else if (wasMine && !own && others) notify.taken(row);
    else if (!wasMine && row.status === "queued" && before?.status !== "queued") {
      notify.arrived(row, earlier);
    } else if (before?.status === "queued" && others && row.ref === model.selected) {
      notify.taken(row);
    }
    const erased = Boolean(shown?.summary) && !row.summary; // its words are gone: here too
    if (erased) {
      model.details.delete(row.ref);
      this.app.extras.forget(row.ref);
    }
    if (row.ref === model.selected && (erased || shown?.status !== row.status)) {
      this.fetch(row.ref).catch(() => {});
    }
    model.changed();
  }

  /** @param {string} ref @param {AgentMessage} message */
  #message(ref, message) {
    const { model, unread, notify } = this.app;
    const known = model.details.get(ref)?.messages ?? [];
    // It comes again with its mood; what was read before it came was not told yet.
    const again = message.frustration !== null && known.some(({ id }) => id === message.id);
    const fresh = !this.#brought.has(message.id) && !again;
    const last = known.findLast(({ id, author }) => author === "customer" && id < message.id);
    this.#brought.add(message.id);
    model.add(ref, [message]);
    unread.learn(ref, [message]);
    const row = model.rows.get(ref);
    if (message.author === "customer" && fresh) {
      this.#types(ref, false);
      const away = last ? Date.parse(message.at) - Date.parse(last.at) : 0;
      if (row && model.serves(row)) notify.said(row, message, away > ABSENT);
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
