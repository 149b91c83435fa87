import { gathered } from "./dom.js";

/**
 * @typedef {import("./types.d.ts").Row} Row
 * @typedef {import("./types.d.ts").View} View
 * @typedef {import("./types.d.ts").Detail} Detail
 * @typedef {import("./types.d.ts").AgentMessage} AgentMessage
 */

/** What the console knows. Whoever changes it calls `changed()`; everything drawn follows. */
export class Model extends EventTarget {
  /** @type {import("./types.d.ts").Agent | null} */
  agent = null;
  /** @type {import("./types.d.ts").DeskRules | null} */
  rules = null;
  /** @type {import("./types.d.ts").Language} */
  language = "es";
  /** @type {"connecting" | "live" | "lost"} */
  link = "connecting";
  /** When the connection was lost. */
  lostAt = 0;
  /** @type {Map<string, Row>} */
  rows = new Map();
  /** @type {Map<string, Detail>} */
  details = new Map();
  /** The live chats of the bot, as they were read last. @type {import("./types.d.ts").BotChat[]} */
  chats = [];
  /** @type {View} */
  view = "queue";
  /** Views that were read from the server, with what comes next in each. */
  pages = /** @type {Map<View, string | null>} */ (new Map());
  /** @type {string | null} */
  selected = null;
  /** The column shown where only one has room. */
  pane = /** @type {"queue" | "chat" | "context"} */ ("queue");
  /** Whether the context is shown where it must be asked for. */
  side = false;
  /** Tickets whose customer is typing. */
  typing = /** @type {Set<string>} */ (new Set());
  /** What is being done to which ticket. */
  busy = /** @type {Map<string, string>} */ (new Map());

  changed = gathered(() => this.dispatchEvent(new Event("change")));

  /** @param {Row} row */
  put(row) {
    this.rows.set(row.ref, row);
    const detail = this.details.get(row.ref);
    if (detail) detail.ticket = row;
  }

  /** @param {Row | undefined} row */
  isMine(row) {
    return row?.status === "claimed" && row.owner === this.agent?.username;
  }

  /** @param {Row} row @param {View} view */
  belongs(row, view) {
    if (view === "queue") return row.status === "queued";
    if (view === "mine") return this.isMine(row);
    if (view === "bot") return false; // its chats have no ticket
    if (view === "resolved") return row.status === "resolved" || row.status === "returned";
    return true;
  }

  /** @param {View} view @returns {Row[]} */
  list(view) {
    return [...this.rows.values()].filter((row) => this.belongs(row, view));
  }

  /** The open ticket, as far as it was read. */
  get detail() {
    return this.selected ? this.details.get(this.selected) : undefined;
  }

  get row() {
    return this.selected ? this.rows.get(this.selected) : undefined;
  }

  /**
   * Add messages to a ticket that was read: each once, in order.
   *
   * @param {string} ref
   * @param {AgentMessage[]} messages
   */
  add(ref, messages) {
    const detail = this.details.get(ref);
    if (detail) {
      const byId = new Map(detail.messages.map((message) => [message.id, message]));
      for (const message of messages) byId.set(message.id, message);
      detail.messages = [...byId.values()].sort((a, b) => a.id - b.id);
    }
    for (const message of messages) this.#feel(ref, message);
  }

  /** @param {string} ref @param {AgentMessage} message */
  #feel(ref, { frustration: felt }) {
    const row = this.rows.get(ref);
    if (!row || !felt) return;
    const { now, peak } = row.frustration;
    const { score, level } = felt;
    const change = now === null ? 0 : score - now;
    /** @type {import("./types.d.ts").Mood["trend"]} */
    const trend = change > 0.1 ? "rising" : change < -0.1 ? "falling" : "steady";
    const frustration = { now: score, level, peak: Math.max(score, peak ?? 0), trend };
    this.put({ ...row, frustration });
  }
}
