import { h } from "../shared/dom.js";

/** @param {string} title @param {string[]} items @param {string} kind */
export function chips(title, items, kind) {
  if (!items.length) return null;
  const list = h("ul", { class: `chips ${kind}` }, ...items.map((item) => h("li", {}, item)));
  return h("div", {}, h("h4", {}, title), list);
}

/** @param {[string, string | null | undefined][]} rows those without a value are left out */
export function pairs(rows) {
  const known = rows.filter(([, value]) => value);
  return h(
    "dl",
    { class: "pairs" },
    ...known.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
  );
}

/** @param {string} text */
export function soft(text) {
  return h("p", { class: "soft" }, text);
}

/** @param {string} label @param {() => unknown} click @param {string} [spoken] */
export function button(label, click, spoken) {
  return h("button", { type: "button", class: "plain", click, "aria-label": spoken }, label);
}

/** @param {string} text without the quotation marks it may have brought */
export function bare(text) {
  return text.replace(/^«(.*)»$/s, "$1");
}

/** @param {unknown} value */
export function plain(value) {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
