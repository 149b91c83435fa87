import { h } from "../shared/dom.js";
import { part, stamp, text, translate } from "../console/dom.js";

/** @typedef {import("./main.js").Page} Page */

/**
 * A question in a dialog; Esc and "cancel" answer with null.
 *
 * @param {Page} page
 * @param {{ title: string, about?: string, go: string, field?: HTMLElement, focus?: HTMLElement,
 *   check?: () => string }} how `check` says what is still wrong, or nothing
 * @returns {Promise<boolean>} whether it was confirmed
 */
export function ask(page, { title, about = "", go, field, focus, check }) {
  const dialog = h("dialog", { class: "sheet-box" });
  dialog.append(stamp("ask"));
  translate(dialog, page.t);
  const heading = part(dialog, "title");
  heading.id = "ask-title";
  dialog.setAttribute("aria-labelledby", heading.id);
  text(heading, title);
  text(part(dialog, "about"), about);
  part(dialog, "about").hidden = !about;
  text(part(dialog, "go"), go);
  if (field) part(dialog, "field").append(field);
  const from = document.activeElement;
  return new Promise((done) => {
    let confirmed = false;
    dialog.querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      const wrong = check?.() ?? "";
      text(part(dialog, "error"), wrong);
      if (wrong) return;
      confirmed = true;
      dialog.close();
    });
    part(dialog, "cancel").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (from instanceof HTMLElement && from.isConnected) from.focus();
      done(confirmed);
    });
    document.body.append(dialog);
    dialog.showModal();
    const first = focus ?? part(dialog, "go", HTMLButtonElement);
    first.focus();
  });
}

/**
 * Ask for an amount.
 *
 * @param {Page} page
 * @param {string} title
 * @param {number} most
 * @param {string} money
 * @returns {Promise<number | null>}
 */
export async function askAmount(page, title, most, money) {
  const { t } = page;
  const input = h("input", { inputmode: "decimal", autocomplete: "off", maxlength: 12 });
  input.value = String(most).replace(".", page.language === "es" ? "," : ".");
  const value = () => Number(input.value.trim().replace(",", "."));
  const field = h("label", { class: "field" }, h("span", {}, `${t.amount} (${money})`), input);
  const about = t.most(page.sum(most, money));
  const check = () => (value() > 0 && value() <= most ? "" : about);
  const sure = await ask(page, { title, about, go: title, field, focus: input, check });
  return sure ? value() : null;
}

/**
 * Ask for a team.
 *
 * @param {Page} page
 * @param {import("./types.d.ts").Named[]} teams
 * @returns {Promise<string | null>}
 */
export async function askTeam(page, teams) {
  const { t } = page;
  const choices = teams.map(({ name, label }) => h("option", { value: name }, label));
  const select = h("select", {}, ...choices);
  const field = h("label", { class: "field" }, h("span", {}, t.team), select);
  const title = t.deed.transfer;
  const how = { title, about: t.transferAbout, go: title, field, focus: select };
  return (await ask(page, how)) ? select.value : null;
}
