import { h } from "../shared/dom.js";
import { soft } from "./bits.js";
import { isToday, moment, span } from "./format.js";

/**
 * The clocks of a case, each with what it is, when it ends and how it stands.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Row} Row
 * @typedef {import("./types.d.ts").Clock} Clock
 */

const CLOCKS = /** @type {const} */ (["first_response", "update", "resolution", "answer"]);

/** @param {App} app @param {Row} row */
export function clocks(app, { sla }) {
  const known = CLOCKS.flatMap((name) => {
    const clock = sla?.[name];
    return clock && clock.state !== "none" ? [{ name, clock }] : [];
  });
  if (!known.length) return [soft(app.t.noClocks)];
  const lines = known.flatMap(({ name, clock }) => {
    const value = h("dd", { class: "clock", "data-state": clock.state }, says(app, clock));
    value.dataset.due = clock.due ?? "";
    value.dataset.state = clock.state;
    return [h("dt", {}, app.t.clocks[name]), value];
  });
  return [h("dl", { class: "pairs clocks" }, ...lines)];
}

/** Let the clocks that are shown tick. @param {App} app @param {ParentNode} box */
export function tick(app, box) {
  for (const node of box.querySelectorAll(".clock")) {
    const { due, state } = /** @type {HTMLElement} */ (node).dataset;
    const clock = { due: due || null, state: /** @type {Clock["state"]} */ (state) };
    const words = says(app, clock);
    if (node.textContent !== words) node.textContent = words;
  }
}

/** @param {App} app @param {Clock} clock */
function says(app, { due, state }) {
  const { t, language } = app;
  if (state === "met" || state === "paused" || !due) return t.clockStates[state];
  const at = Date.parse(due);
  const left = at - app.api.now();
  const when = t.before(moment(at, language), isToday(at));
  if (state === "missed" || left <= 0) {
    return `${t.clockStates.missed} · ${t.overdue(span(-left))}`;
  }
  return `${when} · ${t.left(span(left))}`;
}
