import { h } from "../shared/dom.js";
import { choices } from "./form.js";
import { moment } from "./format.js";

/**
 * When something is to be: one of the times that are meant most often, or any other.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {{ label: string, at: number }} Time
 */

const MORNING = 9; // o'clock

/** The fields. @param {App} app @param {string} legend @param {Time[]} times the first is chosen */
export function whenFields({ t, language }, legend, times) {
  const field = h("input", { name: "when", type: "datetime-local", "aria-label": t.otherTime });
  field.addEventListener("input", () => {
    const other = field.form?.querySelector('input[value="other"]');
    if (other instanceof HTMLInputElement) other.checked = true;
  });
  const options = times.map(({ label, at }) => {
    return { value: new Date(at).toISOString(), label, says: moment(at, language) };
  });
  const all = [...options, { value: "other", label: t.otherTime }];
  return [choices(legend, "until", all, { chosen: options[0].value, focus: true }), field];
}

/** @param {FormData} given @returns {number} the time that was chosen; NaN: none */
export function whenOf(given) {
  const chosen = String(given.get("until") ?? "");
  return Date.parse(chosen === "other" ? String(given.get("when") ?? "") : chosen);
}

/** @param {number} now @param {number} days @returns {number} in the morning, so many days later */
export function morningIn(now, days) {
  const at = new Date(now);
  at.setDate(at.getDate() + days);
  at.setHours(MORNING, 0, 0, 0);
  return at.getTime();
}
