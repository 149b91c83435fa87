import { h, set } from "../shared/dom.js";

/**
 * A menu below a button: arrows walk it, Enter does it, Escape and a click elsewhere close it.
 *
 * @param {HTMLElement} button
 * @param {string} label
 * @param {{ label: string, key?: string, apart?: boolean, run: () => unknown }[]} items
 */
export function openMenu(button, label, items) {
  if (button.getAttribute("aria-expanded") === "true") return;
  const list = h("div", { class: "menu", role: "menu", "aria-label": label });
  const away = (/** @type {Event} */ event) => {
    const inside = event.target instanceof Node && list.contains(event.target);
    if (!inside && event.target !== button) close(false);
  };
  const close = (/** @type {boolean} */ back) => {
    list.remove();
    set(button, "aria-expanded", "false");
    document.removeEventListener("pointerdown", away);
    document.removeEventListener("focusin", away);
    if (back) button.focus();
  };
  for (const { label: says, key, apart, run } of items) {
    const click = () => {
      close(true);
      run();
    };
    const mark = key && h("kbd", { "aria-hidden": "true" }, key);
    const about = { type: "button", role: "menuitem", class: "plain", click };
    const item = h("button", about, says, mark);
    item.classList.toggle("apart", Boolean(apart));
    list.append(item);
  }
  list.addEventListener("keydown", (event) => walk(event, list, () => close(true)));
  button.after(list);
  set(button, "aria-expanded", "true");
  document.addEventListener("pointerdown", away);
  document.addEventListener("focusin", away);
  /** @type {HTMLElement | null} */ (list.firstElementChild)?.focus();
}

/** @param {KeyboardEvent} event @param {HTMLElement} list @param {() => void} close */
function walk(event, list, close) {
  const items = /** @type {HTMLElement[]} */ ([...list.children]);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") close();
  else if (to !== undefined) items[(to + items.length) % items.length].focus();
  else if (event.key === "Enter" || event.key === " ") return; // the item's own
  event.stopPropagation(); // a letter is no command while the menu is open
  if (event.key !== "Tab") event.preventDefault();
}
