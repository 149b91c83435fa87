import { h } from "../../shared/dom.js";
import { Refusal } from "../api.js";
import { words } from "./words.js";

/**
 * @typedef {import("../view.js").View} View
 * @typedef {import("./words.js").Deeds} Deeds
 */

/**
 * The frame of a part: a titled region with a button that closes it, unless it stays.
 *
 * @param {View} view
 * @param {Deeds} act
 * @param {string} title
 * @param {...(Node | string | false | null | undefined)} children
 */
export function frame({ language }, act, title, ...children) {
  const heading = h("h3", { id: "part", tabindex: "-1" }, title);
  const close = act.stays ? null : button(words[language].close, act.close);
  const element = h(
    "section",
    { class: "part", "aria-labelledby": "part" },
    h("div", { class: "top" }, heading, close),
    ...children,
  );
  return { element, heading };
}

/**
 * Put a sentence in the place of a part's content: it is done.
 *
 * @param {HTMLElement} element
 * @param {string} text
 */
export function done(element, text) {
  const said = h("p", { role: "status", tabindex: "-1" }, text);
  for (const child of [...element.children].slice(1)) child.remove();
  element.append(said);
  said.focus();
}

/**
 * Do something that may fail; the reason is shown where errors of the form are.
 *
 * @param {View} view
 * @param {HTMLElement} problem
 * @param {() => Promise<unknown>} work
 * @returns {Promise<boolean>} whether it was done
 */
export async function attempt({ language }, problem, work) {
  problem.textContent = "";
  try {
    await work();
    return true;
  } catch (error) {
    problem.textContent = (error instanceof Refusal && error.text) || words[language].failed;
    return false;
  }
}

/** @returns {HTMLElement} where the errors of a form are read */
export function problemLine() {
  return h("p", { class: "problem", role: "alert" });
}

/**
 * @param {string} title
 * @param {() => void} click
 * @param {string} [kind] main, or empty
 */
export function button(title, click, kind = "") {
  return h("button", { type: "button", class: kind || "text", click }, title);
}
