import { h } from "../shared/dom.js";
import { part } from "./dom.js";
import { isBusy, openSheet } from "./sheet.js";

/** @typedef {import("./app.js").App} App */

/** Single keys, for those who do this all day; they can be turned off. */
export class Keys {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    document.addEventListener("keydown", (event) => this.#press(event));
  }

  get on() {
    return this.app.preferences.get("keys") !== false;
  }

  help() {
    const { t, actions } = this.app;
    openSheet(this.app, "help", (form) => {
      const groups = Object.entries(actions.help()).map(([name, keys]) => {
        const title = t.keyGroups[/** @type {keyof typeof t.keyGroups} */ (name)];
        return h("section", {}, h("h3", {}, title), h("dl", { class: "keys" }, ...told(keys)));
      });
      part(form, "keys").append(...groups);
      const on = /** @type {HTMLInputElement} */ (form.elements.namedItem("on"));
      on.checked = this.on;
      on.addEventListener("change", () => this.app.preferences.set("keys", on.checked));
    });
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isBusy()) return;
    if (!this.app.model.agent || (!this.on && event.key !== "?")) return;
    const { target } = event;
    if (target instanceof Element && target.closest("input, textarea, select")) return;
    if (this.app.actions.press(event)) event.preventDefault();
  }
}

/** @param {[string, string][]} keys and what they do */
function told(keys) {
  return keys.flatMap(([key, says]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, says)]);
}
