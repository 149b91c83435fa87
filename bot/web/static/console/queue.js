import { h, set } from "../shared/dom.js";
import { BotChatRow, walkChats } from "./bot_chat.js";
import { keyed, part, text } from "./dom.js";
import { NO_FILTERS } from "./model.js";
import { nothing } from "./nothing.js";
import { Piece } from "./piece.js";
import { TicketRow } from "./row.js";
import { GROUPS, urgency } from "./sla.js";

/** @typedef {import("./types.d.ts").Row} Row */

const FEW = 60; // rows that are filled at once
const NEAR = "3000px 0px"; // above and below what is seen: some twenty rows each
const LOOK = 4000; // ms between two looks at the bot's chats, while they are shown
const STEPS = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 });

/** The column of tickets: those of the view, in the order in which they press. */
export class TicketQueue extends Piece {
  /** @override */
  static template = "queue";
  #filled = /** @type {Set<string>} */ (new Set());

  /** @override */
  ready() {
    const { on } = this;
    this.rows = part(this, "rows");
    this.rows.addEventListener("click", (event) => {
      const row = event.target instanceof Element && event.target.closest("ticket-row");
      if (row instanceof TicketRow) on.deeds.open(row.dataset.key ?? "");
    });
    this.rows.addEventListener("keydown", (event) => this.#step(event));
    this.near = new IntersectionObserver((entries) => this.#look(entries), {
      root: this.rows,
      rootMargin: NEAR,
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
    const { model, api, browse } = this.on;
    const now = api.now();
    const sorted = browse.grouped();
    const groups = GROUPS.map((name) => ({
      name,
      rows: sorted.filter(({ group }) => group === name).map(({ row }) => row),
    })).filter((group) => group.rows.length);
    this.#counts(now, sorted.length);
    const { pages, chats, key } = model;
    const bot = model.view === "bot" && !model.search && chats.length > 0;
    const blocks = [
      ...groups.map((group) => ({ key: group.name, ...group })),
      ...(bot ? [{ key: "bot", rows: [] }] : []),
      ...(groups.length || bot ? [] : [{ key: "empty", rows: [] }]),
      ...(pages.get(key) ? [{ key: "more", rows: [] }] : []),
    ];
    this.#keepingFocus((box) => {
      keyed(
        box,
        blocks,
        ({ key }) => key,
        (block) => this.#block(block),
        (node, block) => this.#fill(node, block),
      );
    });
  }

  /** Rows move while one works: the focus goes with them. @param {(box: HTMLElement) => void} work */
  #keepingFocus(work) {
    const { rows } = this;
    if (!rows) return;
    const focused = document.activeElement;
    const row = rows.contains(focused) && focused?.closest("ticket-row");
    const ref = row instanceof TicketRow && row.dataset.key;
    work(rows);
    if (document.activeElement === focused) return;
    if (!ref) {
      const chat = focused?.isConnected && focused.closest("bot-chat");
      if (chat && focused instanceof HTMLElement) focused.focus({ preventScroll: true });
      return;
    }
    const again = rows.querySelector(/** @type {"button"} */ (`[data-key="${ref}"] .row`));
    (again ?? rows).focus({ preventScroll: true });
  }

  /** @param {number} now what presses in the queue, whatever list is shown @param {number} found */
  #counts(now, found) {
    const { model } = this.on;
    const { t } = this;
    const counts = part(this, "counts");
    if (model.search) {
      text(counts, model.found ? t.found(found, Boolean(model.pages.get("search"))) : t.searching);
      set(counts, "data-overdue", false);
      return;
    }
    const states = [...model.list("queue"), ...model.list("mine")].map((row) => urgency(row, now));
    const number = (/** @type {string} */ name) => states.filter((state) => state === name).length;
    text(counts, t.counts(number("overdue"), number("soon")));
    set(counts, "data-overdue", number("overdue") > 0);
  }

  /** @param {{ key: string }} block */
  #block({ key }) {
    if (key === "empty") {
      const again = h("button", { class: "plain", type: "button", click: () => this.#again() });
      return h(
        "div",
        { class: "none" },
        h("p", { class: "strong" }),
        h("p", { class: "soft" }),
        again,
      );
    }
    if (key === "more") {
      const about = { class: "plain", type: "button", "aria-keyshortcuts": "j" };
      const click = () => this.on.browse.more();
      return h("div", { class: "further" }, h("button", { ...about, click }));
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
      (ticket) => {
        const row = /** @type {TicketRow} */ (document.createElement("ticket-row"));
        row.seen = rows.length < FEW || this.#filled.has(ticket.ref); // it only moves: no blank moment
        this.near?.observe(row);
        return row;
      },
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
    const { t } = this;
    const [title, says, deed = ""] = nothing(model, t);
    const button = /** @type {HTMLElement} */ (node.children[2]);
    text(node.children[0], title);
    text(node.children[1], says);
    text(button, deed);
    button.hidden = !deed;
    set(button, "aria-keyshortcuts", model.problems.has(model.key) ? "." : "f");
  }

  #again() {
    const { model, browse } = this.on;
    if (model.problems.has(model.key)) browse.again();
    else browse.narrow(NO_FILTERS);
  }

  /** Rows are filled when they come near. @param {IntersectionObserverEntry[]} entries */
  #look(entries) {
    for (const { target, isIntersecting } of entries) {
      if (!(target instanceof TicketRow)) continue;
      target.seen = isIntersecting;
      const ref = target.dataset.key ?? "";
      if (isIntersecting) this.#filled.add(ref);
      else this.#filled.delete(ref);
      const row = this.on.model.rows.get(ref);
      if (row && isIntersecting) target.update(this.on, row);
      if (!target.isConnected) this.near?.unobserve(target);
    }
  }

  /** The arrows walk through the rows without opening them. @param {KeyboardEvent} event */
  #step(event) {
    const { model } = this.on;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.activeElement?.closest("bot-chat") && STEPS[event.key]) {
      event.preventDefault();
      walkChats(STEPS[event.key]);
      return;
    }
    const rows = [.../** @type {HTMLElement} */ (this.rows).querySelectorAll("ticket-row")];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    if (at < 0) return;
    const to = { Home: 0, End: rows.length - 1 }[event.key] ?? at + (STEPS[event.key] ?? 0);
    const next = rows[to];
    const row = model.rows.get((next instanceof TicketRow && next.dataset.key) || "");
    if (to === at || !row || !(next instanceof TicketRow)) return;
    event.preventDefault();
    next.seen = true;
    next.update(this.on, row);
    next.querySelector("button")?.focus();
  }
}
