import { h, set } from "../shared/dom.js";
import { put, selectGap } from "./field.js";

/**
 * @typedef {object} Option
 * @property {string} insert what is written
 * @property {string} label
 * @property {string} says a word about it
 */

/**
 * Completion in a text field: a mark ("/" or "@") and a few letters list what begins with them;
 * arrows choose, Enter or Tab writes, Escape goes on without.
 */
export class Completion {
  #options = /** @type {Option[]} */ ([]);
  #at = 0;
  #start = 0;
  #left = -1; // where a list was closed by hand: it stays closed there

  /**
   * @param {HTMLTextAreaElement} field
   * @param {HTMLElement} list
   * @param {(mark: string, wanted: string) => Option[]} find
   */
  constructor(field, list, find) {
    this.field = field;
    this.list = list;
    this.find = find;
    set(field, "aria-autocomplete", "list");
    set(field, "aria-controls", list.id);
    field.addEventListener("input", () => this.look());
    field.addEventListener("click", () => this.look());
    field.addEventListener("blur", () => this.close());
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** Look at what stands before the cursor. */
  look() {
    const { field } = this;
    const before = field.value.slice(0, field.selectionStart);
    const found = before.match(/(?:^|\s)([/@])([\p{L}\p{N}_.-]*)$/u);
    const start = found ? before.length - found[2].length - 1 : -1;
    if (!found || start === this.#left) return this.close();
    this.#left = -1;
    this.#start = start;
    this.#options = this.find(found[1], found[2].toLowerCase()).slice(0, 8);
    this.#at = 0;
    this.#draw();
  }

  /** Look again once what is listed has been fetched: whoever types is faster than the network. */
  fetched() {
    if (this.list.hidden && document.activeElement === this.field) this.look();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was meant for the list */
  press(event) {
    if (!this.isOpen) return false;
    const { key } = event;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    const count = this.#options.length;
    if (step) this.#at = (this.#at + step + count) % count;
    else if (key === "Escape") this.#left = this.#start;
    else if (!((key === "Enter" && !event.shiftKey) || key === "Tab")) return false;
    event.preventDefault();
    event.stopPropagation();
    if (step) this.#draw();
    else if (key === "Escape") this.close();
    else this.#take(this.#at);
    return true;
  }

  close() {
    this.list.hidden = true;
    set(this.field, "aria-activedescendant", null);
  }

  /** @param {number} index */
  #take(index) {
    const { insert } = this.#options[index];
    this.close();
    put(this.field, this.#start, this.field.selectionStart, insert);
    selectGap(this.field, this.#start, insert);
    this.close();
  }

  #draw() {
    const { list } = this;
    list.replaceChildren(
      ...this.#options.map(({ label, says }, index) => {
        const press = (/** @type {Event} */ event) => (event.preventDefault(), this.#take(index));
        const about = {
          role: "option",
          id: `${list.id}-${index}`,
          "aria-selected": String(index === this.#at),
          pointerdown: press,
        };
        return h("li", about, h("strong", {}, label), h("span", { class: "soft" }, says));
      }),
    );
    list.hidden = !this.#options.length;
    set(this.field, "aria-activedescendant", list.hidden ? null : `${list.id}-${this.#at}`);
    list.children[this.#at]?.scrollIntoView({ block: "nearest" });
  }
}
