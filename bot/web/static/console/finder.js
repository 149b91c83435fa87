import { h, set } from "../shared/dom.js";
import { Disclosure } from "./disclosure.js";
import { keyed, part, text } from "./dom.js";
import { NO_FILTERS } from "./model.js";
import { Piece } from "./piece.js";

/** @typedef {keyof import("./types.d.ts").Filters} Filter */

const FILTERS = /** @type {Filter[]} */ (["team", "priority", "language", "label", "phase"]);
const PRIORITIES = ["urgent", "high", "medium", "low"];
const PHASES = ["queued", "open", "waiting", "snoozed", "returned", "resolved"];

/** Above the list: the words that are searched for, and what narrows it. */
export class QueueFinder extends Piece {
  /** @override */
  static template = "finder";
  #keeping = false;

  /** @override */
  ready() {
    const { on } = this;
    this.field = part(this, "search", HTMLInputElement);
    this.field.addEventListener("input", () => on.browse.search(this.field?.value ?? ""));
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.menu = new Disclosure(part(this, "filter"), part(this, "panel"), () => this.#selects());
    for (const name of FILTERS) {
      const choose = (/** @type {Event} */ event) =>
        on.browse.narrow({ [name]: /** @type {HTMLSelectElement} */ (event.target).value });
      const select = h("select", { change: choose, "data-filter": name });
      part(this, "fields").append(h("label", { class: "field" }, h("span"), select));
    }
    part(this, "none").addEventListener("click", () => on.browse.narrow(NO_FILTERS));
    part(this, "keep", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#keep();
    });
  }

  /** Put the cursor where one searches. */
  focusSearch() {
    this.field?.focus();
    this.field?.select();
  }

  /** @override */
  render() {
    const { model } = this.on;
    const { field } = this;
    if (field) {
      set(field, "placeholder", this.t.searchHint);
      if (field.value.trim() !== model.search && document.activeElement !== field)
        field.value = model.search;
      if (!model.search && field.value.trim() && !model.found) field.value = "";
    }
    const count = model.narrowed;
    text(part(this, "filter"), count ? this.t.filtersOn(count) : this.t.filters);
    part(this, "none").hidden = !count;
    if (!this.menu?.hidden) this.#selects();
    this.#picked();
  }

  #selects() {
    for (const select of this.querySelectorAll("select")) this.#select(select);
  }

  /** @param {HTMLSelectElement} select */
  #select(select) {
    const name = /** @type {Filter} */ (select.dataset.filter);
    const label = /** @type {Element} */ (select.previousElementSibling);
    text(label, this.t.filterNames[name]);
    const options = [["", this.t.anything], ...this.#options(name)];
    keyed(
      select,
      options,
      ([value]) => value,
      ([value]) => h("option", { value }),
      (option, [, says]) => text(option, says),
    );
    const { filters } = this.on.model;
    if (select.value !== filters[name]) select.value = filters[name];
  }

  /** @param {Filter} name @returns {string[][]} codes and names */
  #options(name) {
    const { model, language } = this.on;
    const { teams = [], role = "" } = model.agent ?? {};
    if (name === "team") {
      const all = Object.keys(model.rules?.teams ?? {});
      const seen = model.leads || !role ? all : all.filter((team) => teams.includes(team));
      return seen.map((team) => [team, this.#name(name, team)]);
    }
    if (name === "priority") return PRIORITIES.map((code) => [code, this.#name(name, code)]);
    if (name === "phase") return PHASES.map((code) => [code, this.#name(name, code)]);
    const rows = [...model.rows.values()];
    const used = rows.flatMap((row) => (name === "label" ? row.labels : [row.language]));
    const codes = [...new Set([...used, model.filters[name]])].filter(Boolean);
    const named = codes.map((code) => [code, this.#name(name, code)]);
    return named.sort(([, a], [, b]) => a.localeCompare(b, language));
  }

  /** @param {Filter} name @param {string} code */
  #name(name, code) {
    const { on, t } = this;
    if (name === "team") return on.teamOf(code);
    if (name === "label") return on.labelOf(code);
    if (name === "phase") return t.phases[/** @type {keyof typeof t.phases} */ (code)];
    return on.name(name, code);
  }

  /** What narrows the list, each with a button that takes it away. */
  #picked() {
    const { browse, model } = this.on;
    keyed(
      part(this, "picked"),
      FILTERS.filter((name) => model.filters[name]),
      (name) => name,
      (name) => {
        const button = h("button", {
          type: "button",
          "aria-keyshortcuts": "f",
          click: () => {
            browse.narrow({ [name]: "" });
            part(this, "filter").focus();
          },
        });
        return h("li", {}, button);
      },
      (item, name) => {
        const button = /** @type {HTMLElement} */ (item.firstElementChild);
        const says = this.#name(name, model.filters[name]);
        text(button, says);
        set(button, "aria-label", this.t.dropFilter(this.t.filterNames[name], says));
      },
    );
  }

  async #keep() {
    const field = part(this, "name", HTMLInputElement);
    const name = field.value.trim();
    set(field, "aria-invalid", !name && "true");
    if (!name) {
      field.focus();
      return;
    }
    if (this.#keeping) return;
    this.#keeping = true;
    const kept = await this.on.shelf.keep(name);
    this.#keeping = false;
    if (kept) {
      field.value = "";
      this.menu?.close();
      this.on.toasts.show({ text: this.t.viewKept(name) });
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { field, on } = this;
    if (event.key === "Escape" && field) {
      event.stopPropagation();
      field.value = "";
      on.browse.search("");
      field.blur();
    } else if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      document.querySelector(/** @type {"button"} */ ("ticket-row .row"))?.focus();
    }
  }
}
