import { h } from "../shared/dom.js";
import { isBusy } from "./sheet.js";

/**
 * What the shop knows of a case, in the shapes the dialogs and the panel need.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").Shop} Shop
 * @typedef {import("./case.d.ts").ShopCharge} ShopCharge
 */

/**
 * Read what the shop knows of the open case.
 *
 * @param {App} app
 * @returns {Promise<Shop | null>} null after telling why not, or if the agent went on meanwhile: to
 *   another case, or to a dialog
 */
export async function shopOf(app) {
  const ref = app.model.selected;
  if (!ref) return null;
  const busy = isBusy();
  if (app.extras.get("shop", ref).state !== "ready") await app.extras.refresh("shop", ref);
  const shop = app.extras.get("shop", ref);
  if (app.model.selected !== ref || (isBusy() && !busy)) return null;
  if (shop.state === "error") app.toasts.show({ text: shop.error, bad: true });
  return shop.value ?? null;
}

/** @param {ShopCharge} charge whether its money can be paid back */
export function isOpen({ refunded, state }) {
  return !refunded && state === "charged";
}

/**
 * @param {string} text an amount as people write it: "12", "12,50", "12.5 €", "1.200,00"
 * @returns {number} cents, or NaN
 */
export function centsOf(text) {
  const bare = text.replace(/[\s€]/g, "");
  const plain = /[.,]\d{1,2}$/.test(bare)
    ? `${bare.slice(0, bare.search(/[.,]\d{1,2}$/)).replace(/[.,]/g, "")}.${bare.match(/\d{1,2}$/)}`
    : bare.replace(/[.,]/g, "");
  return /^\d+(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : NaN;
}

/** @param {number} cents @returns {string} "12,50", as it is typed */
export function typed(cents) {
  return (cents / 100).toFixed(2).replace(".", ",");
}

/** @param {App} app @param {number} cents */
export function amountField(app, cents) {
  const value = cents ? typed(cents) : "";
  return h("input", { name: "amount", inputmode: "decimal", maxlength: 12, value, required: true });
}

/** @param {App} app @param {HTMLInputElement} field */
export function amountLabel({ t }, field) {
  return h("label", { class: "field amount" }, h("span", {}, t.amountEuros), field);
}
