import { h } from "../shared/dom.js";

/**
 * @typedef {import("./view.js").View} View
 * @typedef {object} Part A form or a menu between log and field.
 * @property {HTMLElement} element
 * @property {(view: View) => void} [render] when the conversation changed
 * @property {() => void} [focus]
 * @typedef {"menu" | "contact" | "end" | "rating" | "copy"} Name
 */

/** The place of what is seldom needed: each part is fetched when it is first opened. */
export class Slot {
  name = /** @type {Name | ""} */ ("");
  /** @type {Part | undefined} */
  part;
  #back = /** @type {HTMLElement | null} */ (null);
  #asked = 0; // the question that the rating is an answer to
  #away = 0; // the one that was put away on this page

  /** @param {{ style: () => Promise<unknown>, act: import("./after/words.js").Acts }} on */
  constructor(on) {
    this.on = on;
    this.element = h("div", {
      class: "slot",
      hidden: true,
      keydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Escape" || !this.name) return;
        event.stopPropagation();
        this.close();
      },
    });
  }

  /**
   * Open a part, or close it when it is the one that is open.
   *
   * @param {Name} name
   * @param {View} view
   * @param {{ focus?: boolean }} [how]
   */
  async open(name, view, { focus = true } = {}) {
    if (this.name === name) return this.close();
    const root = /** @type {ShadowRoot} */ (this.element.getRootNode());
    this.#back = focus ? /** @type {HTMLElement} */ (root.activeElement) : null;
    this.name = name;
    try {
      const [module] = await Promise.all([import(`./after/${name}.js`), this.on.style()]);
      if (this.name !== name) return; // another was asked for meanwhile
      this.part = module.build(view, { ...this.on.act, close: () => this.close() });
    } catch {
      if (this.name === name) this.name = ""; // no connection: the button can be pressed again
      return;
    }
    this.element.replaceChildren(/** @type {Part} */ (this.part).element);
    this.element.hidden = false;
    if (focus) this.part?.focus?.();
  }

  close() {
    if (this.name === "rating") this.#away = this.#asked;
    this.name = "";
    this.part = undefined;
    this.element.hidden = true;
    this.element.replaceChildren();
    this.#back?.focus();
    this.#back = null;
  }

  /** @param {View} view */
  render(view) {
    this.part?.render?.(view);
    const asked = view.model.info?.survey_id ?? 0;
    if (!asked) this.#away = 0;
    if (this.name === "rating" && asked && asked !== this.#asked) this.close(); // thanks for another
    if (!asked || asked === this.#away || this.name) return;
    this.#asked = asked;
    this.open("rating", view, { focus: false });
  }
}
