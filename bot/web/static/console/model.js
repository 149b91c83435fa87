import { gathered } from "./dom.js";
import { isClosed } from "./sla.js";

/**
 * @typedef {import("./types.d.ts").Row} Row
 * @typedef {import("./types.d.ts").View} View
 * @typedef {import("./types.d.ts").Detail} Detail
 * @typedef {import("./types.d.ts").AgentMessage} AgentMessage
 * @typedef {import("./types.d.ts").Filters} Filters
 */

/** No filter at all. @type {Readonly<Filters>} */
export const NO_FILTERS = { team: "", priority: "", language: "", label: "", phase: "" };
/** Views of which the server is asked for one page at a time. */
const PAGED = ["resolved", "all"];

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
  /** What narrows the list. @type {Filters} */
  filters = { ...NO_FILTERS };
  /** The words that are searched for; empty: none. */
  search = "";
  /** What was found for them, in order; null: the answer is not there yet. */
  found = /** @type {string[] | null} */ (null);
  /** Lists that were read from the server (by `key`), with what comes next in each. */
  pages = /** @type {Map<string, string | null>} */ (new Map());
  /** Why a list could not be read, by `key`. */
  problems = /** @type {Map<string, string>} */ (new Map());
  /** The agent's own views. @type {import("./types.d.ts").SavedView[]} */
  saved = [];
  /** Whether the agent may be given something; null while the server has not said. */
  presence = /** @type {import("./types.d.ts").Presence | null} */ (null);
  /** Cases that are offered to this agent, and when each offer ends (0: not known). */
  offers = /** @type {Map<string, number>} */ (new Map());
  /** What supervisors see. @type {import("./types.d.ts").Overview | null} */
  overview = null;
  /** What they should look at; null: not read yet. @type {import("./types.d.ts").ToReview[] | null} */
  toReview = null;
  /** Whether the overview is shown in place of a case. */
  board = false;
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

  /** Whether the agent has a case or takes part in it. @param {Row} row */
  serves(row) {
    return this.isMine(row) || (row.status === "claimed" && this.#worksAlong(row));
  }

  /** @param {Row} row @param {View} view */
  belongs(row, view) {
    if (view === "queue") return row.status === "queued";
    if (view === "mine") return this.isMine(row);
    if (view === "bot") return false; // its chats have no ticket
    if (view === "resolved") return isClosed(row);
    if (view === "mentions") return row.mentioned;
    if (view === "participating") return !isClosed(row) && this.#worksAlong(row);
    if (view === "snoozed") return row.status === "claimed" && row.snoozed_until !== null;
    if (view === "waiting")
      return row.status === "claimed" && !row.snoozed_until && row.waiting_since !== null;
    return true;
  }

  /** @param {Row} row */
  #worksAlong({ participants }) {
    return participants.some(({ username }) => username === this.agent?.username);
  }

  /** @param {View} view @returns {Row[]} */
  list(view) {
    return [...this.rows.values()].filter((row) => this.belongs(row, view));
  }

  /** What is listed now: what was found, or the view, narrowed. @returns {Row[]} */
  listed() {
    const { found, search } = this;
    if (search && !found) return [];
    const rows = search
      ? /** @type {string[]} */ (found).flatMap((ref) => this.rows.get(ref) ?? [])
      : this.list(this.view);
    return rows.filter((row) => this.passes(row));
  }

  /** @param {Row} row whether it passes the filters */
  passes({ team, priority, language, labels, phase }) {
    const { filters } = this;
    return (
      (!filters.team || filters.team === team) &&
      (!filters.priority || filters.priority === priority) &&
      (!filters.language || filters.language === language) &&
      (!filters.label || labels.includes(filters.label)) &&
      (!filters.phase || filters.phase === phase)
    );
  }

  /** How many filters narrow the list. */
  get narrowed() {
    return Object.values(this.filters).filter(Boolean).length;
  }

  /** Under which name what was read of the list shown is kept. */
  get key() {
    return PAGED.includes(this.view) && !this.search
      ? `${this.view} ${JSON.stringify(this.filters)}`
      : this.search
        ? "search"
        : this.view;
  }

  /** Whether the agent sees to others. */
  get leads() {
    return this.agent?.role === "supervisor" || this.agent?.role === "admin";
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
