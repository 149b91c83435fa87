import { h, set } from "../shared/dom.js";
import { keyed, part, stamp, text } from "./dom.js";
import { span } from "./format.js";
import { MoodBar } from "./mood.js";
import { Piece } from "./piece.js";

/** @typedef {import("./app.js").App} App */

const TICK = 250; // ms

/** Above everything: the cases that are offered to this agent, until they answer. */
export class OfferCards extends Piece {
  /** @override */
  ready() {
    setInterval(() => this.on.model.offers.size && this.#tick(), TICK);
  }

  /** @override */
  render() {
    const { model, duty } = this.on;
    const shown = [...model.offers.keys()].filter((ref) => model.rows.has(ref));
    this.hidden = !shown.length;
    keyed(
      this,
      shown,
      (ref) => ref,
      (ref) => this.#card(ref),
      (card, ref) => this.#fill(card, ref, ref === duty.next),
    );
  }

  /** @param {string} ref */
  #card(ref) {
    const { duty, deeds } = this.on;
    const card = h("section", { class: "offer" });
    card.append(stamp("offer"));
    part(card, "accept").addEventListener("click", () => duty.accept(ref));
    part(card, "decline").addEventListener("click", () => duty.decline(ref));
    part(card, "look").addEventListener("click", () => deeds.open(ref));
    return card;
  }

  /** @param {HTMLElement} card @param {string} ref @param {boolean} first the keys are for it */
  #fill(card, ref, first) {
    const { on, t } = this;
    const row = on.model.rows.get(ref);
    if (!row) return;
    const priority = on.name("priority", row.priority);
    const name = row.customer ?? t.guest;
    text(part(card, "title"), t.offerTitle(name, priority)); // spoken when it comes
    text(part(card, "look"), ref);
    set(part(card, "look"), "aria-label", t.readCase(ref));
    text(part(card, "says"), [on.reasonOf(row), row.summary].filter(Boolean).join(" · "));
    part(card, "mood", MoodBar).show(row.frustration, on);
    set(card, "aria-label", t.offered(ref));
    const busy = on.model.busy.has(ref);
    for (const [deed, key] of [
      ["accept", "A"],
      ["decline", "X"],
    ]) {
      const button = part(card, deed);
      text(part(button, "label"), t[/** @type {"accept"} */ (deed)]);
      set(button, "aria-disabled", busy && "true");
      set(button, "aria-keyshortcuts", first && key.toLowerCase());
      part(button, "key").hidden = !first;
    }
  }

  #tick() {
    const { model, duty } = this.on;
    const now = Date.now();
    duty.expire(now);
    for (const card of this.children) {
      const until = model.offers.get(/** @type {HTMLElement} */ (card).dataset.key ?? "") ?? 0;
      text(part(card, "left"), until ? span(until - now + 999) : "");
    }
  }
}
