import { h } from "../shared/dom.js";
import { MoodCurve } from "./curve.js";
import { part } from "./dom.js";
import { log, technical } from "./folds.js";
import { avoided, customer, facts, origin, promises, returned, risks, times } from "./sections.js";
import { Piece } from "./piece.js";

/** What a colleague would need to know, the most pressing first. */
export class TicketContext extends Piece {
  /** @override */
  static template = "context";
  #shown = "";
  #ref = "";

  /** @override */
  ready() {
    part(this, "close").addEventListener("click", () => this.dispatchEvent(new Event("side")));
    setInterval(() => document.hidden || this.#promises(), 30_000);
  }

  /** @override */
  render() {
    const { on } = this;
    const { detail } = on.model;
    const body = part(this, "body");
    const shown = JSON.stringify([
      on.language,
      detail?.context,
      detail?.ticket.status,
      detail?.events.length,
    ]);
    if (!detail) {
      body.replaceChildren();
    } else if (shown !== this.#shown) {
      this.#draw(body, detail);
    }
    this.#shown = shown;
    if (!detail) return;
    body.querySelector("mood-curve") ?? body.append(this.curve);
    this.curve.show(on, detail.messages, detail.ticket.frustration);
  }

  curve = /** @type {MoodCurve} */ (document.createElement("mood-curve"));

  /** @param {HTMLElement} body @param {import("./types.d.ts").Detail} detail */
  #draw(body, detail) {
    const { on, t } = this;
    const { context } = detail;
    const open = new Set([...body.querySelectorAll("details[open]")].map(({ id }) => id));
    const top = this.#ref === detail.ticket.ref ? this.firstElementChild?.scrollTop : 0;
    this.#ref = detail.ticket.ref;
    body.replaceChildren(
      ...[
        risks(on, context),
        section(t.moodTitle, this.curve),
        section(t.avoidTitle, ...avoided(on, context)),
        section(t.triggerTitle, ...origin(on, detail)),
        section(t.factsTitle, ...facts(on, context)),
        section(t.customerTitle, ...customer(on, context)),
        section(t.promisesTitle, ...promises(on, context)),
        context.returned && section(t.noteTitle, ...returned(on, context.returned)),
        section(t.historyTitle, ...times(on, context)),
        folded("log", t.eventsTitle, log(on, detail.events)),
        folded("tech", t.techTitle, technical(on, detail)),
      ].filter((node) => node instanceof Node),
    );
    for (const node of body.querySelectorAll("details")) node.open = open.has(node.id);
    if (this.firstElementChild) this.firstElementChild.scrollTop = top ?? 0;
  }

  /** Promises age even when nothing happens. */
  #promises() {
    this.#shown = "";
    this.render();
  }
}

/** @param {string} title @param {...(Node | string)} content */
function section(title, ...content) {
  return h("section", {}, h("h3", {}, title), ...content);
}

/** @param {string} id @param {string} title @param {Node} content */
function folded(id, title, content) {
  return h("details", { id: `fold-${id}` }, h("summary", {}, title), content);
}
