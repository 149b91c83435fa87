import { h, set } from "../shared/dom.js";
import { keyed, part, text } from "./dom.js";
import { Piece } from "./piece.js";
import { deadline } from "./row.js";

/** Above the conversation: whose it is, where it stands, what can be done with it. */
export class TicketHead extends Piece {
  /** @override */
  static template = "head";

  /** @override */
  ready() {
    const { model } = this.on;
    part(this, "side").addEventListener("click", () => this.#ask("side"));
    part(this, "back").addEventListener("click", () => {
      model.pane = "queue";
      model.changed();
      this.#ask("back");
    });
    setInterval(() => document.hidden || this.#state(), 1000);
  }

  /** @override */
  render() {
    const { row, side } = this.on.model;
    if (!row) return;
    text(part(this, "title"), `${row.customer ?? this.t.guest} · ${row.ref}`);
    text(part(this, "back"), `← ${this.t.back}`);
    set(part(this, "side"), "aria-expanded", String(side));
    this.#state();
    this.#deeds();
  }

  #state() {
    const { on, t } = this;
    const { row } = on.model;
    if (!row) return;
    const name = row.status === "claimed" ? row.owner_name : "";
    const who = name && (on.model.isMine(row) ? t.withYou : t.with(name));
    const words = [[t.status[row.status], who].filter(Boolean).join(" ")];
    const due = deadline(on, row, on.api.now());
    if (!Object.values(t.status).includes(due)) words.push(due);
    const state = part(this, "state");
    text(state, [...words, on.reasonOf(row)].join(" · "));
    set(state, "title", state.textContent);
  }

  #deeds() {
    const { model, deeds } = this.on;
    const { row, busy } = model;
    if (!row) return;
    const mine = model.isMine(row);
    const all = [
      {
        name: "claim",
        key: "C",
        when: row.status === "queued",
        run: () => deeds.claim(),
        main: true,
      },
      { name: "release", key: "", when: mine, run: () => deeds.release() },
      { name: "handback", key: "H", when: mine, run: () => this.#ask("handback") },
      { name: "resolve", key: "E", when: mine, run: () => this.#ask("resolve"), main: true },
      { name: "reopen", key: "", when: model.belongs(row, "resolved"), run: () => deeds.reopen() },
    ];
    keyed(
      part(this, "deeds"),
      all.filter(({ when }) => when),
      ({ name }) => name,
      ({ run, main }) =>
        h("button", { type: "button", class: main ? "primary" : "plain", click: run }),
      (button, { name, key }) => {
        const label = this.t[/** @type {"claim"} */ (name)];
        if (button.dataset.label !== label) {
          button.dataset.label = label;
          button.replaceChildren(label, ...(key ? [h("kbd", { "aria-hidden": "true" }, key)] : []));
        }
        set(button, "aria-disabled", busy.has(row.ref) && "true");
        set(button, "aria-keyshortcuts", key && key.toLowerCase());
      },
    );
  }

  /** @param {string} name of what the page is asked to open */
  #ask(name) {
    this.dispatchEvent(new Event(name, { bubbles: true }));
  }
}
