import { h } from "../shared/dom.js";
import { part, stamp, text, translate } from "./dom.js";

/** @typedef {import("./app.js").App} App */

/**
 * A dialog over the page: made when it is asked for, gone when it closes; the focus goes back.
 *
 * @param {App} app
 * @param {string} template
 * @param {(form: HTMLFormElement) => void} fill
 * @returns {HTMLDialogElement}
 */
export function openSheet(app, template, fill) {
  const dialog = h("dialog", { class: "sheet-box" });
  dialog.append(stamp(template));
  translate(dialog, app.t);
  const form = dialog.querySelector("form");
  const title = dialog.querySelector("h2");
  if (!form || !title) throw new Error(`Template '${template}' has no form or no title.`);
  title.id = `${template}-title`;
  dialog.setAttribute("aria-labelledby", title.id);
  const from = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (from instanceof HTMLElement && from.isConnected) from.focus();
  });
  part(form, "cancel").addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  fill(form);
  dialog.showModal();
  return dialog;
}

/**
 * Let a dialog's form do something that the server may refuse: then it stays and says why.
 *
 * @param {App} app
 * @param {HTMLDialogElement} dialog
 * @param {() => Promise<string | null>} go returns why it was refused
 */
export function onGo(app, dialog, go) {
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
  const button = part(form, "go", HTMLButtonElement);
  const label = button.textContent ?? "";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    text(button, app.t.working);
    const why = await go();
    button.disabled = false;
    text(button, label);
    if (why === null) dialog.close();
    else text(part(form, "error"), why);
  });
}

/** Whether a dialog is open now. */
export function isBusy() {
  return document.querySelector("dialog[open]") !== null;
}
