import { h, set } from "../shared/dom.js";
import { Piece } from "./piece.js";

const STAY = 9000; // ms
const MOST = 3;

/**
 * @typedef {object} Toast
 * @property {string} text
 * @property {{ label: string, run: () => void }} [action]
 * @property {boolean} [bad] something failed
 * @property {boolean} [stay] until it is closed
 * @property {string} [about] the ticket it is about: what was said of it before is over
 */

/** Short notices in the corner; they wait while the pointer or the focus is on them. */
export class ConsoleToasts extends Piece {
  /** @override */
  ready() {
    set(this, "role", "status");
    set(this, "aria-live", "polite");
  }

  /** @param {Toast} toast */
  show({ text, action, bad = false, stay = false, about = "" }) {
    const { t } = this;
    const close = () => node.remove();
    const act = action && (() => (close(), action.run()));
    const node = h(
      "div",
      { class: bad ? "toast bad" : "toast", "data-about": about },
      h("p", {}, text.replace(/R-(?=\w{6})/g, "R\u2011")), // a reference is not broken
      act && h("button", { type: "button", class: "text", click: act }, action?.label),
      h("button", { type: "button", class: "plain", click: close, "aria-label": t.close }, "×"),
    );
    if (about) this.querySelector(`[data-about="${about}"]`)?.remove();
    while (this.children.length >= MOST) this.firstElementChild?.remove();
    this.append(node);
    if (!stay && !bad) this.#fade(node);
  }

  /** @param {HTMLElement} node */
  #fade(node) {
    setTimeout(() => {
      if (node.matches(":hover, :focus-within")) this.#fade(node);
      else node.remove();
    }, STAY);
  }
}
