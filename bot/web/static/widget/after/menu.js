import { h } from "../../shared/dom.js";
import { frame } from "./form.js";
import { words } from "./words.js";

/**
 * What can be done besides writing.
 *
 * @param {import("../view.js").View} view
 * @param {import("./words.js").Deeds} act
 */
export function build(view, act) {
  const w = words[view.language];
  const { info } = view.model;
  const left = Boolean(info?.reach?.length); // it can be withdrawn for as long as it is kept
  const item = (/** @type {string} */ title, /** @type {string} */ name) =>
    h("li", {}, h("button", { type: "button", click: () => act.part(name) }, title));
  const items = [
    item(info?.case ? w.menuCopy : w.menuCopyOnly, "copy"),
    ...(info?.case || left ? [item(left ? w.menuContactLeft : w.menuContact, "contact")] : []),
    ...(info?.status === "open" ? [item(w.menuEnd, "end")] : []),
  ];
  const { element } = frame(view, act, w.menu, h("ul", { class: "menu" }, ...items));
  const first = /** @type {HTMLElement} */ (items[0].firstElementChild);
  return { element, focus: () => first.focus() };
}
