import { h } from "../shared/dom.js";
import { clockTime, moment } from "./format.js";
import { initials } from "../shared/faces.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").TeamNote} Note
 */

/** A word between colleagues among the messages: on a tinted ground, and it says for whom it is. */
export class TeamNote extends HTMLElement {
  #shown = "";

  /** @param {App} app @param {Note} note */
  show(app, note) {
    const shown = [note.id, app.language, app.actions.isSupervisor].join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    const { t, language } = app;
    const { kind, agent_name, agent, at, text } = note;
    const name = agent_name || agent;
    const button = { type: "button", class: "text", "aria-keyshortcuts": "Shift+N" };
    const answer = () => app.write("note", `@${agent} `, true);
    const asked = kind === "consult" && agent !== app.model.agent?.username;
    this.className = `note ${kind}`;
    this.replaceChildren(
      h("span", { class: "face", "aria-hidden": "true" }, initials(name)),
      h(
        "div",
        { class: "body" },
        h(
          "p",
          { class: "name" },
          h("span", {}, `${name} · ${t.noteKinds[kind] ?? kind}`),
          h("span", { class: "badge" }, t.teamOnly),
        ),
        h("p", { class: "bubble" }, ...mentioned(text, note.mentions)),
        h("time", { datetime: at, title: moment(at, language) }, clockTime(at, language)),
        asked && h("button", { ...button, click: answer }, t.answerNote),
      ),
    );
  }
}

/**
 * A text whose mentions stand out.
 *
 * @param {string} text
 * @param {string[]} names
 */
function mentioned(text, names) {
  const known = new Set(names.map((name) => `@${name}`));
  return text
    .split(/(@[\w.-]*\w)/u)
    .map((piece) => (known.has(piece) ? h("strong", { class: "mention" }, piece) : piece));
}
