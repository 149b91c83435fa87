import { h } from "../shared/dom.js";
import { keyed, text } from "./dom.js";

/**
 * What stands in place of a reply while this agent may not write one: why, and what to do.
 *
 * @param {import("./app.js").App} app
 * @param {HTMLElement} box
 * @param {import("./types.d.ts").Row} row
 */
export function instead(app, box, row) {
  const { t, deeds, model } = app;
  const says = {
    queued: t.insteadQueued,
    claimed: t.insteadOther(row.owner_name ?? row.owner ?? ""),
    returned: t.insteadReturned,
    resolved: t.insteadResolved,
  }[row.status];
  const deed = row.status === "queued" ? "claim" : row.status === "claimed" ? null : "reopen";
  keyed(
    box,
    ["says", ...(deed ? [deed] : [])],
    (name) => name,
    (name) => {
      if (name === "says") return h("p");
      const click = () => deeds[/** @type {"claim" | "reopen"} */ (name)]();
      const [kind, key] = name === "claim" ? ["primary", "c"] : ["plain", "Shift+O"];
      return h("button", { type: "button", class: kind, "aria-keyshortcuts": key, click });
    },
    (node, name) => {
      if (name === "says") return text(node, says);
      text(node, model.busy.has(row.ref) ? t.working : t[/** @type {"claim" | "reopen"} */ (name)]);
    },
  );
}
