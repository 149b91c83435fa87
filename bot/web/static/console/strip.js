import { set } from "../shared/dom.js";
import { part, text } from "./dom.js";
import { Piece } from "./piece.js";

const LINES = /** @type {const} */ (["happened", "wants", "tried"]);

/** The case at a glance; it stays in sight while one reads. */
export class TicketStrip extends Piece {
  /** @override */
  static template = "strip";
  #whole = false;
  #ref = "";

  /** @override */
  ready() {
    part(this, "more").addEventListener("click", () => {
      this.#whole = !this.#whole;
      this.render();
    });
    new ResizeObserver(() => this.#fold()).observe(this);
  }

  /** @override */
  render() {
    const { row, detail } = this.on.model;
    if (row && row.ref !== this.#ref) {
      this.#ref = row.ref;
      this.#whole = false;
    }
    const { summary, erased } = detail?.context ?? {};
    for (const name of LINES) {
      text(part(this, name), summary ? summary[name] || (erased ? this.t.erasedLine : this.t.nothing[name]) : "…");
    }
    set(part(this, "strip"), "data-whole", this.#whole);
    this.#fold();
  }

  /** Offer the whole summary where it does not fit. */
  #fold() {
    const cut = LINES.map((name) => part(this, name)).some(
      (line) => line.scrollHeight > line.clientHeight + 1,
    );
    const more = part(this, "more");
    more.hidden = !cut && !this.#whole;
    text(more, this.#whole ? this.t.less : this.t.more);
    set(more, "aria-expanded", String(this.#whole));
  }
}
