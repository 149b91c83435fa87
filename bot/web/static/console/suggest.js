import { h, set } from "../shared/dom.js";
import { soft } from "./bits.js";

/**
 * What could be written now: calm words for this conversation, and canned replies.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").Suggestions} Suggestions
 * @typedef {import("./complete.js").Option} Option
 */

/** The panel with suggestions, opened by its button. */
export class SuggestPanel {
  #shown = "";

  /**
   * @param {App} app
   * @param {HTMLElement} button
   * @param {HTMLElement} panel
   * @param {(text: string) => void} use
   */
  constructor(app, button, panel, use) {
    this.app = app;
    this.button = button;
    this.panel = panel;
    this.use = use;
    button.addEventListener("click", () => this.#toggle());
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
      button.focus();
    });
  }

  close() {
    this.panel.hidden = true;
    set(this.button, "aria-expanded", "false");
  }

  /** @param {string} ref bring an open panel up to date */
  render(ref) {
    this.ref = ref;
    if (this.panel.hidden) return;
    const { app, panel } = this;
    const read = app.extras.get("suggestions", ref);
    const shown = JSON.stringify([app.language, ref, read.value, read.error]);
    if (this.#shown === shown && panel.firstChild) return;
    this.#shown = shown;
    panel.replaceChildren(
      ...suggestions(app, ref, (words) => {
        this.close();
        this.use(words);
      }),
    );
  }

  #toggle() {
    if (!this.panel.hidden) return this.close();
    this.panel.hidden = false;
    set(this.button, "aria-expanded", "true");
    const { ref = "" } = this;
    this.app.extras.renew(["suggestions"], ref);
    this.render(ref);
    this.panel.querySelector("button")?.focus();
  }
}

/** @param {App} app @param {string} ref @param {(text: string) => void} use @returns {Node[]} */
function suggestions(app, ref, use) {
  const { t } = app;
  const read = app.extras.get("suggestions", ref);
  const found = /** @type {Suggestions | undefined} */ (read.value);
  if (!found) return [soft(read.state === "error" ? read.error : t.loading)];
  const item = (/** @type {string} */ name, /** @type {string} */ text) =>
    h(
      "li",
      {},
      h("button", { type: "button", class: "plain", click: () => use(text) },
        h("span", { class: "soft" }, name),
        h("span", {}, text),
      ),
    );
  const calm = found.calm.map(({ step, technique, text }) => {
    const names = [app.name("last", step), app.name("technique", technique)];
    return item(names.filter(Boolean).join(" · "), text);
  });
  const canned = found.canned.map(({ code, title, text }) => item(`/${code} · ${title}`, text));
  return [
    h("h4", {}, t.calmTitle),
    calm.length ? h("ul", {}, ...calm) : soft(t.noCalm),
    h("h4", {}, t.cannedTitle),
    h("ul", {}, ...canned),
  ];
}

/**
 * What "/code" and "@name" may become.
 *
 * @param {App} app
 * @param {string} ref
 * @param {string} mark
 * @param {string} wanted
 * @returns {Option[]}
 */
export function options(app, ref, mark, wanted) {
  if (mark === "/") {
    const all = /** @type {Suggestions | undefined} */ (app.extras.value("suggestions", ref));
    return (all?.canned ?? [])
      .filter(({ code, title }) => code.startsWith(wanted) || title.toLowerCase().includes(wanted))
      .map(({ code, title, text }) => ({ insert: text, label: `/${code}`, says: title }));
  }
  const people = /** @type {import("./case.d.ts").AgentLine[]} */ (
    app.extras.value("agents")?.agents ?? []
  );
  return people
    .filter(({ username }) => username !== app.model.agent?.username)
    .filter(({ username, name }) => `${username} ${name}`.toLowerCase().includes(wanted))
    .map(({ username, name }) => ({ insert: `@${username} `, label: `@${username}`, says: name }));
}
