import { set } from "../shared/dom.js";

/** A button that shows and hides a panel; Escape, a click elsewhere and leaving it hide it. */
export class Disclosure {
  /**
   * @param {HTMLElement} button
   * @param {HTMLElement} panel
   * @param {() => void} [opened] called when the panel is shown
   */
  constructor(button, panel, opened = () => {}) {
    this.button = button;
    this.panel = panel;
    this.opened = opened;
    this.#show(false);
    button.addEventListener("click", () => this.toggle());
    for (const node of [button, panel]) {
      node.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || this.hidden) return;
        event.stopPropagation();
        this.close();
      });
      node.addEventListener("focusout", (event) => this.#left(event.relatedTarget));
    }
    document.addEventListener("pointerdown", (event) => this.#left(event.target));
  }

  get hidden() {
    return this.button.getAttribute("aria-expanded") !== "true";
  }

  toggle() {
    if (this.hidden) this.open();
    else this.close();
  }

  open() {
    this.#show(true);
    this.opened();
    this.panel.querySelector(/** @type {"button"} */ ("button, select, input"))?.focus();
  }

  close() {
    const inside = this.panel.contains(document.activeElement);
    this.#show(false);
    if (inside) this.button.focus();
  }

  /** @param {EventTarget | null} target where the attention is now; null says nothing */
  #left(target) {
    if (this.hidden || !(target instanceof Node)) return;
    if (!this.panel.contains(target) && !this.button.contains(target)) this.#show(false);
  }

  /** @param {boolean} shown */
  #show(shown) {
    set(this.button, "aria-expanded", String(shown));
    set(this.panel, "data-shown", shown);
  }
}
