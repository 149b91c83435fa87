import { h } from "../shared/dom.js";
import { part, text } from "./dom.js";
import { put, selectGap, units } from "./field.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").Finding} Finding
 */

const MOST = 3; // findings shown at once

/** What the wording check found, below the reply and underlined in it. */
export class Remarks {
  #shown = "";
  #findings = /** @type {Finding[]} */ ([]);

  /** @param {App} app @param {HTMLTextAreaElement} field @param {HTMLElement} root of the parts */
  constructor(app, field, root) {
    this.app = app;
    this.field = field;
    this.root = root;
    field.addEventListener("scroll", () => this.#underline());
  }

  /** @param {Finding[]} findings @param {boolean} held whether sending waits for a second press */
  show(findings, held) {
    const { app, field, root } = this;
    this.#findings = findings;
    const box = part(root, "findings");
    const shown = JSON.stringify([app.language, findings]);
    if (this.#shown !== shown) {
      this.#shown = shown; // what has not changed keeps its focus
      const nodes = lines(app, field, findings);
      box.replaceChildren(...(nodes.length ? [h("ul", {}, ...nodes)] : []));
      box.hidden = !nodes.length;
    }
    part(root, "held").hidden = !held;
    text(part(root, "held-says"), held ? app.t.heldBack(findings.length) : "");
    this.#underline();
  }

  #underline() {
    underline(part(this.root, "mirror"), this.field, this.#findings);
  }
}

/**
 * @param {App} app
 * @param {HTMLTextAreaElement} field
 * @param {Finding[]} findings
 * @returns {Node[]} a line for each: the words, why, and what to say instead
 */
function lines(app, field, findings) {
  const { t } = app;
  const shown = findings.slice(0, MOST).map((found, index) => {
    const { text: words, reason, better, replace } = found;
    const click = () => accept(field, found);
    const key = index === firstWith(findings) && h("kbd", { "aria-hidden": "true" }, t.acceptKey);
    const instead = replace && !replace.text ? t.takeOut : better;
    return h(
      "li",
      {},
      h("p", {}, words.length < 60 ? h("strong", {}, `«${words}» `) : "", reason),
      replace
        ? h(
            "button",
            {
              type: "button",
              class: "plain better",
              click,
              "aria-keyshortcuts": index === firstWith(findings) && "Alt+Enter",
            },
            h("span", {}, h("span", { class: "sr" }, t.sayInstead), instead),
            key,
          )
        : h("p", { class: "soft" }, better),
    );
  });
  const rest = findings.length - shown.length;
  return rest > 0 ? [...shown, h("li", { class: "soft" }, t.moreFindings(rest))] : shown;
}

/** @param {Finding[]} findings @returns {number} the first that can be accepted */
function firstWith(findings) {
  return findings.findIndex(({ replace }) => replace !== null);
}

/** @param {HTMLTextAreaElement} field @param {Finding[]} findings whether one was put in */
export function acceptFirst(field, findings) {
  const found = findings[firstWith(findings)];
  if (found) accept(field, found);
  return found !== undefined;
}

/** @param {HTMLTextAreaElement} field @param {Finding} found */
function accept(field, { replace }) {
  if (!replace) return;
  const start = units(field.value, replace.start);
  put(field, start, units(field.value, replace.end), replace.text);
  selectGap(field, start, replace.text);
}

/** Draw the underlines: the same words behind the field, only the marks are seen. */
function underline(
  /** @type {HTMLElement} */ mirror,
  /** @type {HTMLTextAreaElement} */ field,
  /** @type {Finding[]} */ findings,
) {
  const { value } = field;
  const pieces = /** @type {(string | HTMLElement)[]} */ ([]);
  let at = 0;
  for (const { start, end } of findings) {
    const [from, to] = [units(value, start), units(value, end)];
    if (from < at || to <= from) continue;
    pieces.push(value.slice(at, from), h("mark", {}, value.slice(from, to)));
    at = to;
  }
  mirror.replaceChildren(...pieces, value.slice(at), "\n");
  mirror.scrollTop = field.scrollTop;
}
