import { h } from "../shared/dom.js";
import { button, soft } from "./bits.js";
import { part, text } from "./dom.js";
import { moment } from "./format.js";
import { openSheet } from "./sheet.js";
import { tried } from "./tried.js";

/**
 * Who looked at customers' data outside a case, for administrators.
 *
 * @typedef {import("./app.js").App} App
 *
 * @typedef {object} Look
 * @property {number} id
 * @property {string} at
 * @property {string} agent
 * @property {string} kind
 * @property {string | null} conversation
 * @property {string | null} customer_id
 * @property {Record<string, unknown>} query
 * @property {string[]} refs
 */

const NAMED = 6; // references in sight; the rest unfolds

/** @param {App} app */
export async function reads(app) {
  const { t, api } = app;
  const dialog = openSheet(app, "listing", (form) => text(part(form, "title"), t.deeds.reads));
  const list = h("ul", { class: "items" });
  const more = button(t.readsMore, () => read());
  let after = "";
  part(dialog, "list").replaceChildren(soft(t.readsLead), list, more);
  const read = async () => {
    const path = `/reads${after && `?after=${after}`}`;
    const { answer, why } = await tried(() => api.call("GET", path));
    text(part(dialog, "said"), why);
    const looks = /** @type {Look[]} */ (answer?.reads ?? []);
    list.append(...looks.map((look) => lookLine(app, look)));
    if (!list.children.length && !why) list.append(h("li", { class: "soft" }, t.noReads));
    after = answer?.next ?? "";
    more.hidden = !after && !why;
  };
  await read();
  dialog.querySelector("button")?.focus();
}

/** @param {App} app @param {Look} look */
function lookLine(app, { at, agent, kind, conversation, customer_id, query, refs }) {
  const { t, language } = app;
  const kinds = /** @type {Record<string, string>} */ (t.readKinds);
  const filters = Object.entries(query).map(([name, value]) => `${name}: ${value}`);
  const about = [customer_id, conversation, ...filters].filter(Boolean).join(" · ");
  return h(
    "li",
    { class: "item" },
    h(
      "p",
      { class: "line" },
      h("strong", {}, `${agent} · ${kinds[kind] ?? kind}`),
      h("time", { datetime: at, class: "soft" }, moment(at, language)),
    ),
    about && soft(about),
    refs.length > 0 && seen(app, refs),
  );
}

/** @param {App} app @param {string[]} refs */
function seen({ t }, refs) {
  if (refs.length <= NAMED) return h("p", {}, refs.join(", "));
  return h("details", {}, h("summary", {}, t.readsSeen(refs.length)), h("p", {}, refs.join(", ")));
}
