import { h, icon } from "../shared/dom.js";
import { DROP } from "../shared/faces.js";
import { day } from "../shared/time.js";
import { keyed, part, text } from "./dom.js";
import { ChatMessage } from "./message.js";
import { TeamNote } from "./note.js";
import { Piece } from "./piece.js";

/**
 * @typedef {import("./types.d.ts").AgentMessage} AgentMessage
 * @typedef {import("./types.d.ts").Pending} Pending
 * @typedef {import("./case.d.ts").TeamNote} Note
 *
 * @typedef {object} Entry one line of the conversation
 * @property {string} key
 * @property {AgentMessage} [message]
 * @property {Note} [note]
 * @property {Pending} [item]
 * @property {string} [day]
 * @property {boolean} [follows]
 */

const TOGETHER = 180_000; // ms between messages of one author that are shown as one stretch
const NEAR = 80; // px from the end that still counts as reading the end

/** The open conversation: everything that was said, the newest in sight. */
export class TicketChat extends Piece {
  /** @override */
  static template = "chat";
  #ref = "";
  #last = "";
  #top = 0;
  #follows = true; // the end is being read: new messages move the page

  /** @override */
  ready() {
    this.log = part(this, "log");
    this.scroller = part(this, "scroll");
    this.latest = part(this, "latest");
    this.latest.addEventListener("click", () => this.#toEnd());
    part(this, "lost-again").addEventListener("click", () => {
      this.on.extras.refresh("notes", this.#ref);
    });
    this.scroller.addEventListener("scroll", () => this.#scrolled());
    const follow = new ResizeObserver(() => this.#follows && this.#toEnd());
    follow.observe(this.scroller);
    follow.observe(this.log);
    addEventListener("focus", () => this.on.model.changed());
    part(this, "nothing").append(
      icon(DROP),
      h("p", { class: "strong" }),
      h("p", { class: "soft" }),
    );
  }

  /** @override */
  render() {
    const { model } = this.on;
    const { row, detail } = model;
    const nothing = part(this, "nothing");
    nothing.hidden = Boolean(row);
    part(this, "open").hidden = !row;
    text(nothing.children[1], this.t.choose);
    text(nothing.children[2], this.t.chooseHint);
    if (!row || !this.latest) return;
    if (this.#ref !== row.ref) {
      this.#ref = row.ref;
      this.#follows = true;
      this.#last = "";
    }
    const entries = this.#entries(detail?.messages ?? []);
    const last = entries.at(-1);
    const grown = last !== undefined && last.key !== this.#last;
    if (last?.item) this.#follows = true; // what the agent sends is always seen
    this.#last = last?.key ?? "";
    this.#draw(entries);
    text(part(this, "typing"), model.typing.has(row.ref) ? this.t.typing : "");
    this.#notes(row.ref);
    text(this.latest, `↓ ${this.t.latest}`);
    if (this.#follows && grown) this.#toEnd();
    else if (grown) this.latest.hidden = false;
    if (this.#follows) this.#seen();
  }

  /** @param {Entry[]} entries */
  #draw(entries) {
    const { on } = this;
    if (!this.log) return;
    keyed(
      this.log,
      entries,
      ({ key }) => key,
      ({ day: name, note }) => {
        if (name) return h("p", { class: "day" });
        return document.createElement(note ? "team-note" : "chat-message");
      },
      (node, { message, note, item, day: name, follows }) => {
        if (node instanceof ChatMessage && message) node.show(on, message);
        else if (node instanceof TeamNote && note) node.show(on, note);
        else if (node instanceof ChatMessage && item) node.pending(on, item);
        else text(node, name ?? "");
        node.classList.toggle("follows", Boolean(follows));
      },
    );
  }

  /** @param {AgentMessage[]} messages @returns {Entry[]} with the days, and what is on its way */
  #entries(messages) {
    const entries = /** @type {Entry[]} */ ([]);
    let today = "";
    let before = /** @type {AgentMessage | undefined} */ (undefined);
    for (const { message, note } of this.#said(messages)) {
      const { at, id } = message ?? /** @type {Note} */ (note);
      const name = day(at, this.on.language);
      if (name !== today) entries.push({ key: `day-${note ? "n" : ""}${id}`, day: name });
      if (!message) {
        entries.push({ key: `n-${id}`, note });
        [today, before] = [name, undefined];
        continue;
      }
      const follows = name === today && continues(message, before);
      today = name;
      before = message;
      const own = message.author === "agent" && message.client_id;
      entries.push({ key: own ? `c-${message.client_id}` : `m-${message.id}`, message, follows });
    }
    const stored = new Set(messages.map(({ client_id }) => client_id));
    for (const item of this.on.outbox.pending(this.#ref)) {
      if (!stored.has(item.client_id)) entries.push({ key: `c-${item.client_id}`, item });
    }
    return entries;
  }

  /**
   * What was said to the customer and among colleagues, as it happened. Messages keep their order,
   * which is what the customer sees, whatever the clock says of two that came at once.
   *
   * @param {AgentMessage[]} messages
   * @returns {{ message?: AgentMessage, note?: Note }[]}
   */
  #said(messages) {
    const notes = /** @type {Note[]} */ (this.on.extras.value("notes", this.#ref)?.notes ?? []);
    const left = notes.toSorted(byTime);
    const all = /** @type {{ message?: AgentMessage, note?: Note }[]} */ ([]);
    for (const message of messages) {
      while (left.length && byTime(left[0], message) < 0) all.push({ note: left.shift() });
      all.push({ message });
    }
    return [...all, ...left.map((note) => ({ note }))];
  }

  /** Say so where notes could not be read: they must not seem to be none. @param {string} ref */
  #notes(ref) {
    const read = this.on.extras.get("notes", ref);
    const lost = part(this, "lost");
    lost.hidden = read.state !== "error";
    text(part(this, "lost-says"), this.t.notesLost);
    text(part(this, "lost-again"), this.t.retry);
  }

  /** Going up stops following; being at the end, however one got there, begins it again. */
  #scrolled() {
    const top = this.scroller?.scrollTop ?? 0;
    const up = top < this.#top;
    this.#top = top;
    if (this.#near()) this.#follows = true;
    else if (up) this.#follows = false;
    if (this.#follows) this.#seen();
  }

  #near() {
    const box = this.scroller;
    return !box || box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  }

  #toEnd() {
    this.#follows = true;
    this.scroller?.scrollTo({ top: this.scroller.scrollHeight });
    this.#seen();
  }

  /** Take note that the agent has the newest message before the eyes. */
  #seen() {
    if (this.latest) this.latest.hidden = true;
    const { model, unread } = this.on;
    const { row } = model;
    if (!row || !model.detail || !document.hasFocus()) return;
    if (row.mentioned && this.on.extras.get("notes", row.ref).state === "ready") {
      this.on.caseDeeds.readMentions(row.ref);
    }
    const was = unread.is(row);
    unread.read(row.ref);
    if (was && !unread.is(row)) model.changed(); // an offer or a mention may still ask
  }
}

/** @param {{ at: string }} one @param {{ at: string }} other */
function byTime(one, other) {
  return Date.parse(one.at) - Date.parse(other.at);
}

/** @param {AgentMessage} message @param {AgentMessage | undefined} before */
function continues(message, before) {
  if (!before || message.author === "system" || message.late !== before.late) return false;
  const same = message.author === before.author && message.name === before.name;
  return same && Date.parse(message.at) - Date.parse(before.at) < TOGETHER;
}
