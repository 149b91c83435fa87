import { h } from "../shared/dom.js";
import { part } from "./dom.js";
import { onGo, openSheet } from "./sheet.js";

/** @typedef {import("./app.js").App} App */

/**
 * A dialog made of fields, with a title, a lead, and one button that does it.
 *
 * @typedef {object} Form
 * @property {string} title
 * @property {string} [lead]
 * @property {string} go what the button says
 * @property {string} [hint] whether it can be undone
 * @property {(Node | null)[]} fields
 * @property {(given: FormData, form: HTMLFormElement) => Promise<string | null>} run
 *   returns why it was refused, or null when it is done
 */

/** @param {App} app @param {Form} about @returns {HTMLDialogElement} */
export function openForm(app, { title, lead = "", go, hint = "", fields, run }) {
  const dialog = openSheet(app, "form", (form) => {
    part(form, "title").textContent = title;
    part(form, "lead").textContent = lead;
    part(form, "hint").textContent = hint;
    part(form, "go").textContent = go;
    part(form, "fields").append(...fields.filter((node) => node !== null));
  });
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
  onGo(app, dialog, () => run(new FormData(form), form));
  form.addEventListener("keydown", (event) => {
    const writes = event.target instanceof HTMLTextAreaElement;
    if (writes && event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  /** @type {HTMLElement | null} */ (form.querySelector("[autofocus]"))?.focus();
  return dialog;
}

/** Mark a field that needs something, and say what. */
export function missing(
  /** @type {HTMLFormElement} */ form,
  /** @type {string} */ name,
  /** @type {string} */ why,
) {
  const field = form.querySelector(`[name="${name}"]`);
  field?.setAttribute("aria-invalid", "true");
  if (field instanceof HTMLElement) field.focus();
  field?.addEventListener("input", () => field.removeAttribute("aria-invalid"), { once: true });
  return why;
}

/** @param {string} label @param {Node} field @param {string} [hint] */
export function labelled(label, field, hint = "") {
  const words = [h("span", {}, label), hint && h("span", { class: "soft" }, hint), field];
  return h("label", { class: "field" }, ...words);
}

/** @param {string} label @param {Record<string, unknown>} props @param {string} [hint] */
export function area(label, props, hint = "") {
  return labelled(label, h("textarea", { rows: 3, maxlength: 2000, ...props }), hint);
}

/** @param {string} label @param {Record<string, unknown>} props @param {string} [hint] */
export function line(label, props, hint = "") {
  return labelled(label, h("input", { maxlength: 200, ...props }), hint);
}

/** One of many. @param {string[][]} options codes and names */
export function select(
  /** @type {string} */ label,
  /** @type {string} */ name,
  /** @type {string[][]} */ options,
  chosen = "",
) {
  const items = options.map(([value, says]) =>
    h("option", { value, selected: value === chosen }, says),
  );
  return labelled(label, h("select", { name }, ...items));
}

/**
 * One of several, each with its name and perhaps a word about it.
 *
 * @param {string} legend
 * @param {string} name
 * @param {{ value: string, label: string, says?: string, disabled?: boolean }[]} options
 * @param {{ chosen?: string, many?: boolean | Set<string>, focus?: boolean }} [how]
 */
export function choices(legend, name, options, { chosen = "", many = false, focus = false } = {}) {
  const has = (/** @type {string} */ value) =>
    many instanceof Set ? many.has(value) : value === chosen;
  const first = options.find(({ value, disabled }) => !disabled && (many || !chosen || has(value)));
  const items = options.map((option) => {
    const { value, label, says, disabled } = option;
    const box = h("input", { type: many ? "checkbox" : "radio", name, value, disabled });
    box.checked = has(value);
    if (focus && option === first) box.setAttribute("autofocus", "");
    const words = h("span", {}, label, says && h("span", { class: "soft" }, says));
    return h("label", { class: disabled ? "choice off" : "choice" }, box, words);
  });
  return h(
    "fieldset",
    {},
    h("legend", {}, legend),
    h("div", { class: "choices" }, ...items),
  );
}
