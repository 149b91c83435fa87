import { Keep } from "../shared/storage.js";
import { Api, Refusal } from "./api.js";
import { Delivery } from "./delivery.js";
import { Link } from "./link.js";
import { Outbox } from "./outbox.js";
import { openSession } from "./session.js";

/**
 * @typedef {import("../shared/api.d.ts").Message} Message
 * @typedef {import("../shared/api.d.ts").Outgoing} Outgoing
 * @typedef {import("../shared/api.d.ts").ConversationInfo} ConversationInfo
 * @typedef {import("../shared/api.d.ts").Session} Session
 * @typedef {"connecting" | "online" | "reconnecting" | "offline" | "refused"} LinkState
 */

/** One customer's conversation as this page knows it. Emits `change`; shows nothing. */
export class Conversation extends EventTarget {
  /** @type {ConversationInfo | null} */
  info = null;
  messages = /** @type {Map<number, Message>} */ (new Map());
  /** @type {LinkState} */
  link = "connecting";
  refusal = "";
  typing = { bot: false, agent: "" };
  #inOrder = /** @type {number[]} */ ([]);
  #tired = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  #shown = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  #opening = /** @type {Promise<Session> | null} */ (null);

  /** @param {import("../shared/api.d.ts").WidgetConfig} config */
  constructor(config) {
    super();
    this.config = config;
    this.keep = new Keep(`remanso:${config.base}:${config.name}`);
    this.outbox = new Outbox(this.keep);
    this.api = new Api(config.base);
    this.wire = new Link(this.api, {
      session: () => this.session(),
      after: () => this.#inOrder.at(-10) ?? 0, // a few are read twice, so that none is missed
      receive: (session, frame) => this.#heard(session, frame),
      status: (up) => this.#status(up ? "online" : "reconnecting"),
      failed: (error, session) => this.#failed(error, session),
    });
    this.delivery = new Delivery({
      api: this.api,
      outbox: this.outbox,
      session: () => this.session(),
      online: () => this.link === "online",
      arrived: (session, answer) => this.#heard(session, answer, false),
      tried: () => this.#changed(),
      lost: (error, session) => this.#failed(error, session),
    });
    addEventListener("online", this.#nudge);
    addEventListener("offline", this.#nudge);
    addEventListener("storage", this.#otherTab);
    document.addEventListener("visibilitychange", this.#nudge);
  }

  /** @returns {boolean} whether this browser has a conversation here already */
  get known() {
    return Boolean(this.keep.get("session"));
  }

  /** @returns {Message[]} */
  get list() {
    return [...this.messages.values()].sort((a, b) => a.id - b.id);
  }

  start() {
    if (!this.running) this.running = this.wire.run();
  }

  stop() {
    this.wire.stop();
    clearTimeout(this.#tired);
    removeEventListener("online", this.#nudge);
    removeEventListener("offline", this.#nudge);
    removeEventListener("storage", this.#otherTab);
    document.removeEventListener("visibilitychange", this.#nudge);
  }

  /** @param {Partial<Outgoing>} what a text, a choice or the wish for a person */
  send(what) {
    this.outbox.add(what);
    this.#changed();
    this.delivery.run();
  }

  /** @param {Outgoing} item */
  retry(item) {
    delete item.failed;
    this.outbox.save(item);
    this.#changed();
    this.wire.nudge();
    this.delivery.run();
  }

  /** Leave this conversation on the server and begin another. */
  restart() {
    this.keep.set("session", null);
    this.#clear();
  }

  /** Begin another one as somebody else may: what was not sent yet is not sent in their name. */
  forget() {
    for (const { client_id } of [...this.outbox.items]) this.outbox.remove(client_id);
    this.restart();
  }

  /** @returns {Promise<Session>} the conversation of this browser; the first call begins one */
  session() {
    this.#opening ??= openSession(this, (made) => this.#receive(made)).finally(() => {
      this.#opening = null;
    });
    return this.#opening; // whoever asks meanwhile gets the same one
  }

  /**
   * Ask the server something about this conversation, and show what it says of it.
   *
   * @param {string} path below the conversation
   * @param {object} [body] sent by POST; without it, GET
   * @returns {Promise<any>}
   */
  async ask(path, body) {
    const session = await this.session();
    const answer = await this.api.call(session, path, body);
    this.#heard(session, answer, false);
    return answer;
  }

  /**
   * Receive what a conversation brings, unless the customer has begun another one meanwhile.
   *
   * @param {Session} session
   * @param {any} frame
   * @param {boolean} [inOrder]
   */
  #heard(session, frame, inOrder = true) {
    if (this.keep.get("session")?.id === session.id) this.#receive(frame, inOrder);
  }

  /**
   * @param {any} frame any answer of the API, or a frame of the socket
   * @param {boolean} [inOrder] what it brings follows what we have, with nothing between
   */
  #receive(frame, inOrder = true) {
    const info = typeof frame.conversation === "object" ? frame.conversation : frame;
    if (info.owner) this.info = info;
    for (const message of [...(frame.messages ?? []), ...(frame.replies ?? [])]) {
      this.#accept(message, inOrder);
    }
    if (frame.message) this.#accept(frame.message, inOrder && frame.type === "message");
    if (frame.type === "typing") this.#types(frame);
    this.#changed();
  }

  /** @param {{ who: "bot" | "agent", on: boolean, name?: string }} frame */
  #types({ who, on, name }) {
    if (who === "bot") this.typing.bot = on;
    else this.typing.agent = on ? (name ?? this.info?.agent?.name ?? "") : "";
    clearTimeout(this.#tired);
    if (on) this.#tired = setTimeout(() => this.#types({ who, on: false }), 30000);
    this.#changed();
  }

  /**
   * @param {Message} message
   * @param {boolean} inOrder
   */
  #accept(message, inOrder) {
    this.messages.set(message.id, message);
    this.outbox.remove(message.client_id);
    if (inOrder && message.id > (this.#inOrder.at(-1) ?? 0)) this.#inOrder.push(message.id);
    if (message.author === "bot") this.typing.bot = false;
    if (message.author === "agent") this.typing.agent = "";
  }

  /** @param {unknown} error @param {Session} [session] that it was said of */
  #failed(error, session) {
    if (!(error instanceof Refusal)) {
      this.#status(navigator.onLine ? "reconnecting" : "offline");
    } else if (error.gone) {
      if (!session || this.keep.get("session")?.id === session.id) this.restart();
    } else {
      this.refusal = error.text;
      this.#status("refused");
    }
  }

  #clear() {
    this.messages.clear();
    this.#inOrder = [];
    this.info = null;
    this.wire.drop();
    this.#status("connecting");
  }

  /** @param {LinkState} link */
  #status(link) {
    if (link !== "online") this.typing = { bot: false, agent: "" };
    this.link = link;
    if (link === "online") this.delivery.run();
    this.#changed();
  }

  #nudge = (/** @type {Event} */ { type }) => {
    if (type === "visibilitychange") this.wire.nudge();
    else this.wire.drop(); // the network changed: find out what still gets through
  };

  #otherTab = (/** @type {StorageEvent} */ event) => {
    if (event.key === `${this.keep.prefix}session` && event.newValue) this.#clear();
  };

  #changed() {
    clearTimeout(this.#shown);
    this.#shown = setTimeout(() => this.dispatchEvent(new Event("change")));
  }
}
