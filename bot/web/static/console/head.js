import { h, set } from "../shared/dom.js";
import { keyed, part, text } from "./dom.js";
import { isToday, moment } from "./format.js";
import { openMenu } from "./menu.js";
import { Piece } from "./piece.js";
import { shortcut, shown } from "./actions.js";
import { deadline } from "./row.js";

/** @typedef {import("./actions.js").Action} Action */

const IN_SIGHT = ["claim", "release", "handback", "resolve", "reopen"];
const MAIN = new Set(["claim", "resolve"]);

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
    part(this, "more").addEventListener("click", () => this.#menu());
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
    this.#marks();
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

  /** What colleagues have put on the case: tier, what it waits for, who is along, labels. */
  #marks() {
    const { on, t } = this;
    const row = /** @type {import("./types.d.ts").Row} */ (on.model.row);
    const wakes = row.snoozed_until;
    const until = wakes && t.snoozedUntil(moment(wakes, on.language), isToday(wakes));
    const along = row.participants.map(({ name, username }) => name || username);
    const marks = [
      row.tier &&
        row.tier !== "L1" && { kind: "tier", says: row.tier, title: on.name("tier", row.tier) },
      until && { kind: "snoozed", says: until },
      !until && row.waiting_since && { kind: "waiting", says: t.waitsForCustomer },
      along.length > 0 && { kind: "along", says: t.along(along.join(", ")) },
      row.transfers > 0 && { kind: "transfers", says: t.transfersMade(row.transfers) },
      row.reopened > 0 && { kind: "reopened", says: t.timesReopened(row.reopened) },
      ...row.labels.map((code) => ({
        kind: "label",
        says: on.model.rules?.labels?.[code]?.[on.language] ?? code,
      })),
    ].filter((mark) => mark !== false && mark !== null && mark !== "" && mark !== undefined);
    const box = part(this, "marks");
    box.hidden = !marks.length;
    keyed(
      box,
      /** @type {{ kind: string, says: string, title?: string }[]} */ (marks),
      ({ kind, says }) => `${kind}:${says}`,
      () => h("li"),
      (node, { kind, says, title }) => {
        text(node, says);
        set(node, "data-kind", kind);
        set(node, "title", title);
      },
    );
  }

  #deeds() {
    const { row, busy } = this.on.model;
    if (!row) return;
    const { actions } = this.on;
    const now = actions.now(actions.ofCase());
    const all = now.filter(({ name }) => IN_SIGHT.includes(name));
    keyed(
      part(this, "deeds"),
      all,
      ({ name }) => name,
      ({ run, name }) =>
        h("button", { type: "button", class: MAIN.has(name) ? "primary" : "plain", click: run }),
      (button, { name, key }) => {
        const label = this.t[/** @type {"claim"} */ (name)];
        if (button.dataset.label !== label) {
          button.dataset.label = label;
          const mark = h("kbd", { "aria-hidden": "true" }, shown(key));
          button.replaceChildren(label, mark);
        }
        set(button, "aria-disabled", busy.has(row.ref) && "true");
        set(button, "aria-keyshortcuts", shortcut(key));
      },
    );
    part(this, "more").parentElement?.toggleAttribute("hidden", now.length === 0);
  }

  #menu() {
    const { actions } = this.on;
    let group = "";
    const items = actions
      .now(actions.ofCase())
      .filter(({ name, group }) => !IN_SIGHT.includes(name) && name !== "reply" && group !== "self")
      .map((action) => {
        const apart = group !== "" && group !== action.group;
        group = action.group;
        return { label: action.label, key: shown(action.key), apart, run: action.run };
      });
    openMenu(part(this, "more"), this.t.moreDeeds, items);
  }

  /** @param {string} name of what the page is asked to open */
  #ask(name) {
    this.dispatchEvent(new Event(name, { bubbles: true }));
  }
}
