import { h, set } from "../shared/dom.js";
import { BotChatRow } from "./bot_chat.js";
import { keyed, part, text } from "./dom.js";
import { Piece } from "./piece.js";
import { TicketRow } from "./row.js";
import { GROUPS, urgency } from "./sla.js";

/** @typedef {import("./types.d.ts").Row} Row */

const VIEWS = /** @type {const} */ (["queue", "mine", "bot", "resolved", "all"]);
const COUNTED = ["queue", "mine"];
const LOOK = 4000; // ms between two looks at the bot's chats, while they are shown

/** The column of tickets: which ones, and in what order they press. */
export class TicketQueue extends Piece {
  /** @override */
  static template = "queue";

  /** @override */
  ready() {
    const { on } = this;
    const views = part(this, "views");
    for (const view of VIEWS) {
      const count = h("span", { class: "count" });
      const click = () => on.deeds.show(view);
      views.append(h("button", { type: "button", "data-view": view, click }, h("span"), count));
    }
    this.rows = part(this, "rows");
    this.rows.addEventListener("click", (event) => {
      const row = event.target instanceof Element && event.target.closest("ticket-row");
      if (row instanceof TicketRow) on.deeds.open(row.dataset.key ?? "");
    });
    setInterval(() => document.hidden || this.render(), 1000);
    setInterval(() => {
      const { model, sync } = on;
      if (model.view === "bot" && model.link === "live" && !document.hidden)
        sync.chats().catch(() => {});
    }, LOOK);
  }

  /** @override */
  render() {
    this.#views();
    const now = this.on.api.now();
    const rows = this.on.deeds.inOrder();
    const groups = GROUPS.map((name) => ({
      name,
      rows: rows.filter((row) => urgency(row, now) === name),
    })).filter((group) => group.rows.length);
    this.#counts(now);
    const { pages, view, chats } = this.on.model;
    const bot = view === "bot" && chats.length > 0;
    const blocks = [
      ...groups.map((group) => ({ key: group.name, ...group })),
      ...(bot ? [{ key: "bot", rows: [] }] : []),
      ...(groups.length || bot ? [] : [{ key: "empty", rows: [] }]),
      ...(pages.get(view) ? [{ key: "more", rows: [] }] : []),
    ];
    if (this.rows) {
      keyed(
        this.rows,
        blocks,
        ({ key }) => key,
        (block) => this.#block(block),
        (node, block) => this.#fill(node, block),
      );
    }
  }

  #views() {
    const { model } = this.on;
    for (const button of part(this, "views").children) {
      const view = /** @type {typeof VIEWS[number]} */ (
        /** @type {HTMLElement} */ (button).dataset.view
      );
      const count = COUNTED.includes(view) ? model.list(view).length : 0;
      const [label, number] = button.children;
      text(label, this.t.views[view]);
      text(number, count ? String(count) : "");
      set(button, "aria-pressed", String(view === model.view));
    }
  }

  /** @param {number} now what presses in the queue, whatever list is shown */
  #counts(now) {
    const { model } = this.on;
    const states = [...model.list("queue"), ...model.list("mine")].map((row) => urgency(row, now));
    const number = (/** @type {string} */ name) => states.filter((state) => state === name).length;
    const counts = part(this, "counts");
    text(counts, this.t.counts(number("overdue"), number("soon")));
    set(counts, "data-overdue", number("overdue") > 0);
  }

  /** @param {{ key: string }} block */
  #block({ key }) {
    if (key === "empty")
      return h("div", { class: "none" }, h("p", { class: "strong" }), h("p", { class: "soft" }));
    if (key === "more") {
      const click = () => this.on.deeds.more();
      return h("div", { class: "further" }, h("button", { class: "plain", type: "button", click }));
    }
    const heading = h("h2", { class: "group" }, h("span"), h("span", { class: "count" }));
    return h("section", { class: `group ${key}` }, heading, h("div", { class: "list" }));
  }

  /** @param {HTMLElement} node @param {{ key: string, rows: Row[] }} block */
  #fill(node, { key, rows }) {
    const { t } = this;
    if (key === "empty") return this.#none(node);
    if (key === "more") return text(/** @type {Element} */ (node.firstElementChild), t.loadMore);
    const [heading, list] = node.children;
    if (key === "bot") return this.#bot(heading, /** @type {HTMLElement} */ (list));
    text(heading.children[0], t.groups[/** @type {keyof typeof t.groups} */ (key)]);
    text(heading.children[1], String(rows.length));
    keyed(
      /** @type {HTMLElement} */ (list),
      rows,
      ({ ref }) => ref,
      () => /** @type {TicketRow} */ (document.createElement("ticket-row")),
      (row, ticket) => row.update(this.on, ticket),
    );
  }

  /** @param {Element} heading @param {HTMLElement} list */
  #bot(heading, list) {
    const { chats } = this.on.model;
    text(heading.children[0], this.t.botChats);
    text(heading.children[1], String(chats.length));
    keyed(
      list,
      chats,
      ({ conversation }) => conversation,
      () => /** @type {BotChatRow} */ (document.createElement("bot-chat")),
      (row, chat) => row.update(this.on, chat),
    );
  }

  /** @param {HTMLElement} node */
  #none(node) {
    const { model } = this.on;
    const [title, says] = model.pages.has(model.view)
      ? this.t.empty[model.view]
      : [this.t.loading, ""];
    text(node.children[0], title);
    text(node.children[1], says);
  }
}
