import { h, icon, set } from "../shared/dom.js";
import { DROP } from "../shared/faces.js";
import { keyed, part, text } from "./dom.js";
import { ChatMessage } from "./message.js";
import { Piece } from "./piece.js";
import { deadline } from "./row.js";
import { day } from "../shared/time.js";

/**
 * @typedef {import("./types.d.ts").AgentMessage} AgentMessage
 * @typedef {import("./types.d.ts").Pending} Pending
 * @typedef {{ key: string, message?: AgentMessage, item?: Pending, day?: string }} Entry
 */

const NEAR = 80; // px from the end that still counts as reading the end

/** The open conversation: what it is about, what was said, what can be done. */
export class TicketChat extends Piece {
  /** @override */
  static template = "chat";
  #ref = "";
  #whole = false;
  #last = "";

  /** @override */
  ready() {
    const { on } = this;
    this.log = part(this, "log");
    this.scroller = part(this, "scroll");
    part(this, "back").addEventListener("click", () => this.#pane("queue"));
    part(this, "side").addEventListener("click", () => this.dispatchEvent(new Event("side")));
    part(this, "latest").addEventListener("click", () => this.#toEnd());
    part(this, "more").addEventListener("click", () => {
      this.#whole = !this.#whole;
      this.draw();
    });
    this.scroller.addEventListener("scroll", () => this.#near() && this.#seen());
    addEventListener("focus", () => on.model.changed());
    setInterval(() => document.hidden || this.#state(), 1000);
    new ResizeObserver(() => this.#fold()).observe(part(this, "strip"));
    part(this, "nothing").append(icon(DROP), h("p", { class: "strong" }), h("p", { class: "soft" }));
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
    if (!row) return;
    const other = this.#ref !== row.ref;
    const near = other || this.#near();
    this.#ref = row.ref;
    this.#head();
    this.#summary(detail?.context.summary);
    if (other) this.#whole = false;
    this.#messages(detail?.messages ?? []);
    text(part(this, "typing"), model.typing.has(row.ref) ? this.t.typing : "");
    const last = this.#entries(detail?.messages ?? []).at(-1)?.key ?? "";
    const grown = last !== this.#last;
    this.#last = last;
    if (near && (grown || other)) this.#toEnd();
    else if (grown) part(this, "latest").hidden = false;
    if (detail && near && document.hasFocus()) this.#seen();
    this.#fold();
  }

  #head() {
    const { row, pane } = this.on.model;
    if (!row) return;
    text(part(this, "title"), `${row.customer ?? this.t.guest} · ${row.ref}`);
    text(part(this, "back"), `← ${this.t.back}`);
    text(part(this, "latest"), `↓ ${this.t.latest}`);
    set(part(this, "side"), "aria-expanded", String(this.on.model.side || pane === "context"));
    this.#state();
    this.#deeds();
  }

  #state() {
    const { on, t } = this;
    const { row } = on.model;
    if (!row) return;
    const who = !row.owner_name || row.status !== "claimed" ? "" : on.model.isMine(row) ? t.withYou : t.with(row.owner_name);
    const words = [`${t.status[row.status]} ${who}`.trim(), on.reasonOf(row)];
    const due = deadline(on, row, on.api.now());
    if (row.status !== "returned" && (row.status !== "resolved" || due !== t.status.resolved)) words.push(due);
    text(part(this, "state"), words.join(" · "));
  }

  #deeds() {
    const { model, deeds } = this.on;
    const { row, busy } = model;
    if (!row) return;
    const does = busy.get(row.ref);
    const ask = (/** @type {string} */ name) => () => this.dispatchEvent(new Event(name));
    const all = [
      { name: "claim", key: "C", when: row.status === "queued", run: () => deeds.claim(), main: true },
      { name: "release", key: "", when: model.isMine(row), run: () => deeds.release() },
      { name: "handback", key: "H", when: model.isMine(row), run: ask("handback") },
      { name: "resolve", key: "E", when: model.isMine(row), run: ask("resolve"), main: true },
      { name: "reopen", key: "", when: model.belongs(row, "resolved"), run: () => deeds.reopen() },
    ].filter(({ when }) => when);
    keyed(
      part(this, "deeds"),
      all,
      ({ name }) => name,
      ({ run, main }) => h("button", { type: "button", class: main ? "primary" : "plain", click: run }),
      (button, { name, key }) => {
        const label = does === name ? this.t.working : this.t[/** @type {"claim"} */ (name)];
        if (button.dataset.label !== label) {
          button.dataset.label = label;
          button.replaceChildren(label, ...(key ? [h("kbd", { "aria-hidden": "true" }, key)] : []));
        }
        set(button, "aria-disabled", does ? "true" : false);
        set(button, "aria-keyshortcuts", key && key.toLowerCase());
      },
    );
  }

  /** @param {{ happened: string, wants: string, tried: string } | undefined} summary */
  #summary(summary) {
    for (const name of /** @type {const} */ (["happened", "wants", "tried"])) {
      text(part(this, name), summary ? summary[name] || this.t.notSaid : "…");
    }
    set(part(this, "strip"), "data-whole", this.#whole);
  }

  /** Offer the whole summary where it does not fit. */
  #fold() {
    const lines = [...this.querySelectorAll(".strip dd")];
    const cut = lines.some((line) => line.scrollHeight > line.clientHeight + 1);
    const more = part(this, "more", HTMLButtonElement);
    more.hidden = !cut && !this.#whole;
    text(more, this.#whole ? this.t.less : this.t.more);
    set(more, "aria-expanded", String(this.#whole));
  }

  /** @param {AgentMessage[]} messages */
  #messages(messages) {
    const { on } = this;
    if (!this.log) return;
    keyed(
      this.log,
      this.#entries(messages),
      ({ key }) => key,
      ({ day: name }) => (name ? h("p", { class: "day" }, name) : document.createElement("chat-message")),
      (node, { message, item, day: name }) => {
        if (node instanceof ChatMessage && message) node.show(on, message);
        else if (node instanceof ChatMessage && item) node.pending(on, item);
        else text(node, name ?? "");
      },
    );
  }

  /** @param {AgentMessage[]} messages @returns {Entry[]} */
  #entries(messages) {
    const entries = /** @type {Entry[]} */ ([]);
    let today = "";
    for (const message of messages) {
      const name = day(message.at, this.on.language);
      if (name !== today) entries.push({ key: `day-${message.at.slice(0, 10)}`, day: name });
      today = name;
      const own = message.author === "agent" && message.client_id;
      entries.push({ key: own ? `c-${message.client_id}` : `m-${message.id}`, message });
    }
    const stored = new Set(messages.map(({ client_id }) => client_id));
    for (const item of this.on.outbox.pending(this.#ref)) {
      if (!stored.has(item.client_id)) entries.push({ key: `c-${item.client_id}`, item });
    }
    return entries;
  }

  #near() {
    const box = this.scroller;
    return !box || box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  }

  #toEnd() {
    this.scroller?.scrollTo({ top: this.scroller.scrollHeight });
    this.#seen();
  }

  #seen() {
    part(this, "latest").hidden = true;
    const { model, unread } = this.on;
    const row = model.row;
    if (!row || !model.detail || !document.hasFocus()) return;
    const was = unread.is(row);
    unread.read(row.ref);
    if (was) model.changed();
  }

  /** @param {"queue" | "context"} pane */
  #pane(pane) {
    this.on.model.pane = pane;
    this.on.model.changed();
    if (pane === "queue") document.querySelector(/** @type {"button"} */ ('[aria-current="true"]'))?.focus();
  }
}
