import { h, set } from "../shared/dom.js";
import { keyed, part, text } from "./dom.js";
import { span } from "./format.js";
import { Piece } from "./piece.js";

const CHOICES = /** @type {const} */ (["online", "busy", "away"]);

/** Where the agent says whether they take new cases; shows the pause after a heated one. */
export class PresenceSwitch extends Piece {
  /** @override */
  static template = "presence";

  /** @override */
  ready() {
    const { duty } = this.on;
    const choice = part(this, "choice", HTMLSelectElement);
    choice.addEventListener("change", () => duty.choose(choice.value));
    part(this, "ready").addEventListener("click", () => duty.ready());
    setInterval(() => document.hidden || this.#tick(), 1000);
  }

  /** Put the cursor on it. */
  focusChoice() {
    part(this, "choice", HTMLSelectElement).focus();
  }

  /** @override */
  render() {
    const { presence } = this.on.model;
    this.hidden = !presence;
    if (!presence) return;
    const { t } = this;
    const choice = part(this, "choice", HTMLSelectElement);
    const pause = presence.presence === "wrap_up";
    keyed(
      choice,
      pause ? [...CHOICES, "wrap_up"] : [...CHOICES],
      (code) => code,
      (code) => h("option", { value: code, disabled: code === "wrap_up" }),
      (option, code) => text(option, t.presences[/** @type {"online"} */ (code)]),
    );
    const shown = pause ? "wrap_up" : presence.chosen;
    if (choice.value !== shown) choice.value = shown;
    set(this, "data-presence", presence.presence);
    set(this, "data-full", presence.load >= presence.capacity);
    part(this, "ready").hidden = !pause;
    text(part(this, "load"), `${presence.load}/${presence.capacity}`);
    set(part(this, "load"), "title", t.loadOf(presence.load, presence.capacity));
    text(part(this, "loadSaid"), t.loadOf(presence.load, presence.capacity));
    this.#tick();
  }

  #tick() {
    const { model, api, duty } = this.on;
    const { presence, wrap_up_until, cool_until } = model.presence ?? {};
    const left = (/** @type {string | null | undefined} */ at) =>
      at ? Date.parse(at) - api.now() : 0;
    const pause = left(wrap_up_until);
    const shown = part(this, "pause");
    const cool = left(cool_until);
    const { t } = this;
    text(
      shown,
      presence === "wrap_up" ? span(Math.max(0, pause)) : cool > 0 ? t.cooling(span(cool)) : "",
    );
    set(shown, "title", presence === "wrap_up" ? t.pauseHint : cool > 0 ? t.coolingHint : null);
    if (presence === "wrap_up" && wrap_up_until && pause < -2000) {
      model.presence = model.presence && { ...model.presence, wrap_up_until: null };
      duty.learn().catch(() => {});
    }
  }
}
