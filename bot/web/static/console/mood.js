import { h, icon, set } from "../shared/dom.js";
import { nameOf } from "./words/names.js";

const STEPS = 5;
const TRENDS = {
  rising: "M7 17 17 7M9 7h8v8",
  steady: "M5 12h14M13 6l6 6-6 6",
  falling: "M7 7l10 10M17 9v8H9",
};

/** Frustration as a bar of five steps with the way it is going. */
export class MoodBar extends HTMLElement {
  #shown = "";

  /**
   * @param {import("./types.d.ts").Mood} mood
   * @param {{ t: import("./app.js").App["t"], language: string }} words
   */
  show({ now, level, trend }, { t, language }) {
    const steps = now === null ? 0 : Math.max(1, Math.ceil(now * STEPS));
    const shown = [steps, level, trend, language].join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    const said =
      now === null || !level ? t.scoring : `${nameOf("level", level, language)}, ${steps}/5`;
    const going = trend ? `, ${nameOf("trend", trend, language)}` : "";
    const label = `${t.moodTitle}: ${said}${going}`;
    set(this, "role", "img");
    set(this, "aria-label", label);
    set(this, "title", label);
    set(this, "data-level", level ?? "none");
    const bars = Array.from({ length: STEPS }, (_, index) =>
      h("i", { class: index < steps && "on" }),
    );
    this.replaceChildren(...bars, ...(trend ? [icon(TRENDS[trend])] : []));
  }
}
