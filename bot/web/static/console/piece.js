import { stamp, translate } from "./dom.js";

/** @typedef {import("./app.js").App} App */

/** A part of the page: stamped from a template once, drawn again whenever the model changes. */
export class Piece extends HTMLElement {
  static template = "";
  #language = "";

  /** @param {App} app */
  init(app) {
    this.app = app;
    const { template } = /** @type {typeof Piece} */ (this.constructor);
    if (template) this.append(stamp(template));
    this.ready();
    app.model.addEventListener("change", () => this.draw());
    this.draw();
  }

  /** @returns {App} */
  get on() {
    if (!this.app) throw new Error(`<${this.localName}> is not wired.`);
    return this.app;
  }

  get t() {
    return this.on.t;
  }

  draw() {
    if (this.#language !== this.on.language) {
      this.#language = this.on.language;
      translate(this, this.t);
    }
    this.render();
  }

  /** Called once, after stamping: listen here. */
  ready() {}

  /** Bring what is shown up to date. */
  render() {}
}
