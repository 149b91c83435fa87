import { h, set } from "../shared/dom.js";
import { VIEWS } from "./browse.js";
import { Disclosure } from "./disclosure.js";
import { keyed, part, text } from "./dom.js";
import { Piece } from "./piece.js";

/**
 * @typedef {import("./types.d.ts").View} View
 * @typedef {import("./types.d.ts").SavedView} SavedView
 */

const FIRST = /** @type {View[]} */ (["queue", "mine", "mentions", "bot"]);
const REST = VIEWS.filter((view) => !FIRST.includes(view));
const UNCOUNTED = ["bot", "resolved", "all"]; // read bit by bit, or not watched

/** Which list is shown: the four that one lives in, and the rest in a menu with the kept ones. */
export class QueueViews extends Piece {
  /** @override */
  static template = "views";

  /** @override */
  ready() {
    const first = part(this, "first");
    for (const view of FIRST) first.insertBefore(this.#button(view), part(this, "more"));
    part(this, "rest").append(
      ...REST.map((view) => h("li", {}, this.#button(view, () => this.menu?.close()))),
    );
    this.menu = new Disclosure(part(this, "more"), part(this, "panel"));
  }

  /** @param {View} view @param {() => void} [then] */
  #button(view, then = () => {}) {
    const click = () => {
      this.on.browse.show(view);
      then();
    };
    const key = String(VIEWS.indexOf(view) + 1);
    return h(
      "button",
      { type: "button", "data-view": view, click, "aria-keyshortcuts": key },
      h("span"),
      " ",
      h("span", { class: "count" }),
    );
  }

  /** @override */
  render() {
    const { model } = this.on;
    const { t } = this;
    for (const button of this.querySelectorAll("[data-view]")) {
      const view = /** @type {View} */ (/** @type {HTMLElement} */ (button).dataset.view);
      const count = UNCOUNTED.includes(view) ? 0 : model.list(view).length;
      text(button.children[0], view === "mentions" && FIRST.includes(view) ? "@" : t.views[view]);
      text(button.children[1], count ? String(count) : "");
      if (view === "mentions") set(button, "aria-label", t.mentionsCount(count));
      set(button, "aria-pressed", String(!model.search && view === model.view));
    }
    const inRest = !model.search && REST.includes(/** @type {never} */ (model.view));
    const more = part(this, "more");
    text(more, inRest ? t.views[model.view] : t.moreViews);
    set(more, "data-current", inRest);
    this.#saved();
  }

  #saved() {
    const { model, browse, shelf } = this.on;
    const list = part(this, "saved");
    part(this, "savedTitle").hidden = list.hidden = !model.saved.length;
    keyed(
      list,
      model.saved,
      ({ id, name }) => `${id} ${name}`,
      (saved) => {
        const show = () => {
          const now = model.saved.find(({ id }) => id === saved.id);
          if (now) browse.recall(now);
          this.menu?.close();
        };
        const drop = () => shelf.forget(saved.id);
        return h(
          "li",
          {},
          h("button", { type: "button", click: show }, saved.name),
          h("button", { type: "button", class: "drop", click: drop }, "×"),
        );
      },
      (item, { name }) => set(item.children[1], "aria-label", this.t.forgetView(name)),
    );
  }
}
