import { h } from "../shared/dom.js";
import { part } from "./dom.js";
import { handBack, resolve } from "./endings.js";
import { isBusy, openSheet } from "./sheet.js";

/** @typedef {import("./app.js").App} App */

/** Single keys, for those who do this all day; they can be turned off. */
export class Keys {
  /** @param {App} app @param {() => void} side shows or hides the context */
  constructor(app, side) {
    this.app = app;
    const { deeds, model } = app;
    const mayReopen = () => model.row && model.belongs(model.row, "resolved");
    this.deeds = /** @type {Record<string, () => unknown>} */ ({
      j: () => deeds.walk(1),
      k: () => deeds.walk(-1),
      c: () => model.row?.status === "queued" && deeds.claim(),
      r: () => (model.isMine(model.row) ? app.focusReply() : mayReopen()),
      h: () => handBack(app),
      e: () => resolve(app),
      i: side,
      "?": () => this.help(),
    });
    document.addEventListener("keydown", (event) => this.#press(event));
  }

  get on() {
    return this.app.preferences.get("keys") !== false;
  }

  help() {
    openSheet(this.app, "help", (form) => {
      const names = Object.entries(this.app.t.keys);
      part(form, "keys").append(
        ...names.flatMap(([key, says]) => [
          h("dt", {}, h("kbd", {}, key.length > 1 ? key : key.toUpperCase())),
          h("dd", {}, says),
        ]),
      );
      const on = /** @type {HTMLInputElement} */ (form.elements.namedItem("on"));
      on.checked = this.on;
      on.addEventListener("change", () => this.app.preferences.set("keys", on.checked));
    });
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isBusy()) return;
    if (!this.on && event.key !== "?") return;
    const { target } = event;
    if (target instanceof Element && target.closest("input, textarea, select")) return;
    const deed = this.deeds[event.key.toLowerCase()];
    if (!deed) return;
    event.preventDefault();
    deed();
  }
}
