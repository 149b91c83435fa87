import { h } from "../shared/dom.js";
import { text } from "./dom.js";
import { Piece } from "./piece.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").Viewer} Viewer
 */

const BELIEVED = 8000; // ms after which typing is no longer believed

/** Who else has the open case before the eyes, so that two do not answer at once. */
export class Viewing {
  #told = "";
  #viewers = /** @type {Map<string, { viewers: Viewer[], at: number }>} */ (new Map());

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    app.sync.addEventListener("viewing", (event) => {
      const { ref, agents } = /** @type {CustomEvent} */ (event).detail;
      this.#viewers.set(ref, { viewers: agents, at: Date.now() });
      app.model.changed();
    });
    app.sync.addEventListener("ready", () => {
      this.#told = "";
      this.#viewers.clear();
      this.#tell();
    });
    app.model.addEventListener("change", () => this.#tell());
    document.addEventListener("visibilitychange", () => this.#tell());
  }

  /** @param {boolean} on the agent writes in the open case, to whomever */
  types(on) {
    const ref = this.app.model.selected;
    if (ref) this.app.sync.live.tell({ type: "viewing", ref, typing: on });
  }

  /** @param {string} ref @returns {Viewer[]} the others */
  others(ref) {
    const { viewers, at } = this.#viewers.get(ref) ?? { viewers: [], at: 0 };
    const me = this.app.model.agent?.username;
    const stale = Date.now() - at > BELIEVED;
    return viewers
      .filter(({ username }) => username !== me)
      .map((viewer) => ({ ...viewer, typing: viewer.typing && !stale }));
  }

  /** Say which case is open here, whenever it is another. */
  #tell() {
    const { model, sync } = this.app;
    const ref = document.hidden ? "" : (model.selected ?? "");
    if (!model.agent || model.link !== "live" || ref === this.#told) return;
    this.#told = ref;
    sync.live.tell({ type: "viewing", ref: ref || null });
  }
}

/** The line above the composer that says so. */
export class CaseViewers extends Piece {
  /** @override */
  ready() {
    this.append(h("p", { role: "status" }));
    setInterval(() => document.hidden || this.render(), 2000);
  }

  /** @override */
  render() {
    const { on, t } = this;
    const line = this.firstElementChild;
    const ref = on.model.selected;
    if (!line) return;
    const others = ref ? on.viewing.others(ref) : [];
    const writing = others.filter(({ typing }) => typing);
    const names = (/** @type {Viewer[]} */ all) => list(all.map(({ name }) => name), on.language);
    const says = writing.length
      ? t.alsoWriting(names(writing), writing.length)
      : others.length
        ? t.alsoViewing(names(others), others.length)
        : "";
    text(line, says);
    this.hidden = !says;
    this.classList.toggle("writing", writing.length > 0);
  }
}

/** @param {string[]} names @param {string} language */
function list(names, language) {
  return new Intl.ListFormat(language, { type: "conjunction" }).format(names);
}
