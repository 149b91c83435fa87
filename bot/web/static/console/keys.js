import { h } from "../shared/dom.js";
import { VIEWS } from "./browse.js";
import { part } from "./dom.js";
import { QueueFinder } from "./finder.js";
import { PresenceSwitch } from "./presence.js";
import { isBusy, openSheet } from "./sheet.js";

/** @typedef {import("./app.js").App} App */

/** Single keys, for those who do this all day; they can be turned off. */
export class Keys {
  /** @param {App} app @param {() => void} side shows or hides the context */
  constructor(app, side) {
    this.app = app;
    const { browse, duty, model, watch } = app;
    const views = VIEWS.map((view, index) => [String(index + 1), () => browse.show(view)]);
    const answer = (/** @type {"accept" | "decline"} */ deed) => duty.next && duty[deed](duty.next);
    this.deeds = /** @type {Record<string, () => unknown>} */ ({
      ...Object.fromEntries(views),
      c: () => model.row?.status === "queued" && app.deeds.claim(),
      i: side,
      j: () => browse.walk(1),
      k: () => browse.walk(-1),
      u: () => browse.nextUnread(),
      a: () => answer("accept"),
      x: () => answer("decline"),
      o: () => watch.toggle(),
      l: () => model.presence?.presence === "wrap_up" && duty.ready(),
      p: () => piece("presence-switch", PresenceSwitch)?.focusChoice(),
      f: () => this.#toQueue((finder) => finder.menu?.open()),
      "/": () => this.#toQueue((finder) => finder.focusSearch()),
      "?": () => this.help(),
    });
    document.addEventListener("keydown", (event) => this.#press(event));
  }

  get on() {
    return this.app.preferences.get("keys") !== false;
  }

  help() {
    const { t } = this.app;
    openSheet(this.app, "help", (form) => {
      const groups = /** @type {[string, Record<string, string>][]} */ ([
        [t.keyGroups.list, t.listKeys],
        [t.keyGroups.page, { ...t.pageKeys, ...Object.fromEntries(this.app.actions.ownHelp()) }],
        [t.keyGroups.case, this.#caseKeys()],
      ]);
      part(form, "keys").append(
        ...groups.map(([title, keys]) =>
          h("section", {}, h("h3", {}, title), h("dl", { class: "keys" }, ...this.#told(keys))),
        ),
      );
      const on = /** @type {HTMLInputElement} */ (form.elements.namedItem("on"));
      on.checked = this.on;
      on.addEventListener("change", () => this.app.preferences.set("keys", on.checked));
    });
  }

  /** @returns {Record<string, string>} */
  #caseKeys() {
    const { c, i } = this.app.t.keys;
    return { c, i, ...Object.fromEntries(this.app.actions.help()) };
  }

  /** @param {Record<string, string>} keys */
  #told(keys) {
    return Object.entries(keys).flatMap(([key, says]) => [
      h("dt", {}, h("kbd", {}, key.length > 1 ? key : key.toUpperCase())),
      h("dd", {}, says),
    ]);
  }

  /** Do something where one searches, wherever the page is. @param {(finder: QueueFinder) => void} work */
  #toQueue(work) {
    const { model } = this.app;
    model.pane = "queue";
    model.side = false;
    model.changed();
    queueMicrotask(() => {
      // Drawn by now, and before the next key: what is typed on is never taken for a shortcut.
      const finder = piece("queue-finder", QueueFinder);
      if (finder) work(finder);
    });
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isBusy()) return;
    if (!this.on && event.key !== "?") return;
    const { target } = event;
    if (target instanceof Element && target.closest("input, textarea, select")) return;
    const shifted = event.shiftKey && /^\p{L}$/u.test(event.key); // capitals are the case's
    const deed = !shifted && this.deeds[event.key.toLowerCase()];
    if (deed) deed();
    else if (!this.app.actions.press(event)) return;
    event.preventDefault();
  }
}

/** @template {Element} T @param {string} name @param {new () => T} kind @returns {T | null} */
function piece(name, kind) {
  const node = document.querySelector(name);
  return node instanceof kind ? node : null;
}
