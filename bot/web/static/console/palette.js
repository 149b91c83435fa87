import { h, set } from "../shared/dom.js";
import { openSheet } from "./sheet.js";
import { shown } from "./actions.js";
import { part } from "./dom.js";

/** @typedef {import("./app.js").App} App */

/** Everything that can be done now, found by typing. @param {App} app */
export function openPalette(app) {
  const dialog = openSheet(app, "palette", () => {});
  const field = part(dialog, "field", HTMLInputElement);
  const list = part(dialog, "list");
  const actions = app.actions.now();
  let found = actions;
  let at = 0;

  const run = (/** @type {number} */ index) => {
    const chosen = found[index];
    dialog.addEventListener("close", () => chosen?.run()); // the focus is back by then
    dialog.close();
  };
  const draw = () => {
    const wanted = fold(field.value);
    found = actions.filter(({ label }) => fold(label).includes(wanted));
    at = Math.min(at, Math.max(0, found.length - 1));
    list.replaceChildren(
      ...found.map(({ name, key, label }, index) => {
        const mark = h("kbd", { "aria-hidden": "true" }, shown(key));
        const click = () => run(index);
        const id = `palette-${name}`;
        const chosen = String(index === at);
        return h("li", { id, role: "option", "aria-selected": chosen, click }, label, mark);
      }),
    );
    set(field, "aria-activedescendant", found.length ? list.children[at].id : null);
    list.children[at]?.scrollIntoView({ block: "nearest" });
    part(dialog, "none").hidden = found.length > 0;
  };
  field.addEventListener("input", () => ((at = 0), draw()));
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) at = (at + step + found.length) % found.length;
    else if (event.key !== "Enter") return;
    event.preventDefault();
    if (step) draw();
    else run(at);
  });
  draw();
  field.focus();
}

/** @param {string} text without accents and capitals */
function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
