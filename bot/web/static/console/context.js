import { h } from "../shared/dom.js";
import { clocks, tick } from "./clocks.js";
import { MoodCurve } from "./curve.js";
import { keyed, part, text } from "./dom.js";
import { log, technical } from "./folds.js";
import { past, profile, reviews } from "./person.js";
import { playbook } from "./playbook.js";
import { Piece } from "./piece.js";
import * as sections from "./sections.js";
import { shop } from "./shop.js";

const TICK = 1000; // ms
const PARTS = /** @type {const} */ (["shop", "playbook", "reviews"]);
const AGAIN = 30_000; // ms after which promises are looked at again

/** What a colleague would need to know, the most pressing first. */
export class TicketContext extends Piece {
  /** @override */
  static template = "context";
  #shown = "";
  #ref = "";
  #drawn = 0;

  /** @override */
  ready() {
    part(this, "close").addEventListener("click", () => this.dispatchEvent(new Event("side")));
    setInterval(() => document.hidden || this.#age(), TICK);
  }

  /** @override */
  render() {
    const { on } = this;
    const { detail } = on.model;
    const body = part(this, "body");
    this.#jumps(Boolean(detail && !detail.context.erased));
    if (!detail) {
      body.replaceChildren();
      this.#shown = "";
      return;
    }
    const { ref } = detail.ticket;
    const { id } = detail.context.customer;
    const shown = JSON.stringify([
      on.language,
      detail.context,
      { ...detail.ticket, wait: 0, frustration: 0 },
      detail.events.length,
      PARTS.map((name) => on.extras.get(name, ref)),
      id && [on.extras.get("profile", id), on.extras.get("history", id)],
    ]);
    if (shown !== this.#shown) this.#draw(body, detail);
    this.#shown = shown;
    this.curve.show(on, detail.messages, detail.ticket.frustration);
  }

  curve = /** @type {MoodCurve} */ (document.createElement("mood-curve"));

  /** @param {HTMLElement} body @param {import("./types.d.ts").Detail} detail */
  #draw(body, detail) {
    const { context, ticket } = detail;
    const same = this.#ref === ticket.ref;
    const open = new Map([...body.querySelectorAll("details")].map((node) => [node.id, node.open]));
    const top = same ? this.firstElementChild?.scrollTop : 0;
    const focused = document.activeElement instanceof HTMLElement && document.activeElement;
    const focus = focused && body.contains(focused) ? focused.dataset.focus : "";
    this.#ref = ticket.ref;
    this.#drawn = Date.now();
    const parts = context.erased ? this.#rest(detail) : this.#parts(detail);
    body.replaceChildren(...parts.filter((node) => node instanceof Node));
    for (const node of body.querySelectorAll("details")) {
      if (same && node.id && open.has(node.id)) node.open = open.get(node.id) ?? false;
    }
    if (this.firstElementChild) this.firstElementChild.scrollTop = top ?? 0;
    const again = focus && body.querySelector(`[data-focus="${focus}"]`);
    if (again instanceof HTMLElement) again.focus();
  }

  /** @param {import("./types.d.ts").Detail} detail @returns {unknown[]} */
  #parts(detail) {
    const { on, t } = this;
    const { context, ticket } = detail;
    return [
      sections.risks(on, context),
      section("summary", t.summaryLabel, ...sections.summary(on, context)),
      section("clocks", t.clocksTitle, ...clocks(on, ticket)),
      section("mood", t.moodTitle, this.curve),
      section("avoid", t.avoidTitle, ...sections.avoided(on, context)),
      section("promises", t.promisesTitle, ...sections.promises(on, context)),
      section("facts", t.factsTitle, ...sections.facts(on, context)),
      section("trigger", t.triggerTitle, ...sections.origin(on, detail)),
      context.returned &&
        section("note", t.noteTitle, ...sections.returned(on, context.returned)),
      section(
        "customer",
        t.customerTitle,
        ...sections.customer(on, context),
        ...profile(on, context.customer.id),
      ),
      section("shop", t.shopTitle, ...shop(on, ticket.ref)),
      section(
        "history",
        t.historyTitle,
        ...sections.times(on, context, past(on, context.customer.id)),
      ),
      section("playbook", t.playbookTitle, ...playbook(on, ticket.ref)),
      reviews(on, ticket.ref),
      folded("log", t.eventsTitle, log(on, detail.events)),
      folded("tech", t.techTitle, technical(on, detail)),
    ];
  }

  /** What stays of a case whose customer was erased. @param {import("./types.d.ts").Detail} detail */
  #rest({ events }) {
    const { on, t } = this;
    return [
      section("erased", t.erasedTitle, h("p", {}, t.erasedCase)),
      folded("log", t.eventsTitle, log(on, events)),
    ];
  }

  /** Where one can jump to: the column is long. @param {boolean} there */
  #jumps(there) {
    const { t } = this;
    const box = part(this, "jumps");
    box.hidden = !there;
    const names = /** @type {const} */ (["summary", "customer", "shop", "playbook"]);
    keyed(
      box,
      names,
      (name) => name,
      (name) => h("button", { type: "button", class: "text", click: () => this.#jump(name) }),
      (button, name) => text(button, t.jumps[name]),
    );
  }

  /** @param {string} name */
  #jump(name) {
    const target = this.querySelector(`#part-${name}`);
    target?.scrollIntoView({ block: "start" });
    /** @type {HTMLElement | null | undefined} */ (target?.querySelector("h3"))?.focus();
  }

  /** Clocks tick and promises age even when nothing happens. */
  #age() {
    tick(this.on, this);
    if (Date.now() - this.#drawn < AGAIN || !this.on.model.detail) return;
    this.#shown = "";
    this.render();
  }
}

/** @param {string} name @param {string} title @param {...(Node | string)} content */
function section(name, title, ...content) {
  return h("section", { id: `part-${name}` }, h("h3", { tabindex: -1 }, title), ...content);
}

/** @param {string} id @param {string} title @param {Node} content */
function folded(id, title, content) {
  return h("details", { id: `fold-${id}` }, h("summary", {}, title), content);
}
