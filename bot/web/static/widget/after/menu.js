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
  const left = () => Boolean(view.model.info?.reach?.length); // withdrawn for as long as it is kept
  const item = (/** @type {string} */ title, /** @type {string} */ name) =>
    h("li", {}, h("button", { type: "button", click: () => act.part(name) }, title));
  const contact = item("", "contact");
  const render = () => {
    /** @type {Element} */ (contact.firstElementChild).textContent = left()
      ? w.menuContactLeft
      : w.menuContact;
  };
  render();
  const items = [
    item(info?.case ? w.menuCopy : w.menuCopyOnly, "copy"),
    ...(info?.case || left() ? [contact] : []),
    ...(info?.status === "open" ? [item(w.menuEnd, "end")] : []),
  ];
  const { element } = frame(view, act, w.menu, h("ul", { class: "menu" }, ...items));
  const first = /** @type {HTMLElement} */ (items[0].firstElementChild);
  return { element, render, focus: () => first.focus() };
}
