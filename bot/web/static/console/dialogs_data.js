import { h } from "../shared/dom.js";
import { pairs, soft } from "./bits.js";
import { part, text } from "./dom.js";
import { choices, line, missing, openForm } from "./form.js";
import { openSheet } from "./sheet.js";
import { tried } from "./tried.js";

/**
 * A customer asks for their data or for its erasure: for administrators.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {"email" | "customer_id" | "conversation"} By
 * @typedef {{ by: By, who: string }} Subject whose data
 *
 * @typedef {object} Erased
 * @property {number} conversations
 * @property {string[]} tickets
 * @property {number} files
 * @property {boolean} clean
 * @property {{ file: string, line: number, what: string }[]} traces
 */

const WAYS = /** @type {const} */ (["email", "customer_id", "conversation"]);
const DEEDS = /** @type {const} */ (["export", "erase"]);
const LINE = { maxlength: 320, autocomplete: "off" };
const KEPT = 10_000; // ms in which the browser begins to save the file

/** @param {App} app */
export function data(app) {
  const { t } = app;
  const known = ofCase(app);
  const { ref } = app.model.row ?? {};
  openForm(app, {
    title: t.deeds.data,
    lead: t.dataLead,
    go: t.next,
    fields: [
      choices(
        t.dataWhat,
        "what",
        DEEDS.map((value) => ({ value, label: t.dataDeeds[value], says: t.dataSays[value] })),
        { chosen: "export", focus: true },
      ),
      choices(
        t.dataBy,
        "by",
        WAYS.map((value) => ({ value, label: t.dataWays[value] })),
        { chosen: known.by },
      ),
      line(
        t.dataWho,
        { ...LINE, name: "who", value: known.who },
        known.who && ref ? t.dataOfCase(ref) : "",
      ),
    ],
    run: async (given, form) => {
      const who = String(given.get("who") ?? "").trim();
      if (!who) return missing(form, "who", t.dataWhoMissing);
      const subject = { by: /** @type {By} */ (String(given.get("by"))), who };
      if (given.get("what") === "export") return save(app, subject);
      setTimeout(() => confirm(app, subject)); // the dialog has closed by then
      return null;
    },
  });
}

/** Who writes in the open case; only an identity that was proved stands for all their chats. */
function ofCase(/** @type {App} */ { model }) {
  const { row, detail } = model;
  const { id, identity_status } = detail?.context.customer ?? {};
  const proved = identity_status === "verified" && id;
  /** @type {Subject} */
  const subject = proved
    ? { by: "customer_id", who: id }
    : row
      ? { by: "conversation", who: row.conversation }
      : { by: "email", who: "" };
  return subject;
}

/** @param {App} app @param {Subject} of @returns {Promise<string | null>} why it was refused */
async function save({ t, api, toasts }, { by, who }) {
  const { answer, why } = await tried(() => api.blob("/data/export?format=zip", { [by]: who }));
  if (why) return why;
  const address = URL.createObjectURL(answer);
  h("a", { href: address, download: `${t.dataFile}.zip` }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT);
  toasts.show({ text: t.dataSaved(who) });
  return null;
}

/** Nothing goes before it was written once more whose it is. @param {App} app @param {Subject} of */
function confirm(app, { by, who }) {
  const { t, api } = app;
  const same = (/** @type {string} */ value) => value.trim().toLowerCase() === who.toLowerCase();
  openForm(app, {
    title: t.eraseTitle,
    lead: t.eraseWhose[by](who),
    go: t.eraseGo,
    fields: [
      h("p", { class: "warning" }, t.eraseWarning),
      soft(t.eraseStays),
      line(t.eraseAgain(who), { ...LINE, name: "again", autofocus: true }),
      h(
        "label",
        { class: "check" },
        h("input", { type: "checkbox", name: "force" }),
        h("span", {}, t.eraseForce),
      ),
    ],
    run: async (given, form) => {
      const again = String(given.get("again") ?? "");
      if (!same(again)) return missing(form, "again", t.eraseDiffers(who));
      const body = { [by]: who, force: given.has("force") };
      const { answer, why } = await tried(() => api.call("POST", "/data/erase", body));
      if (why) return why;
      setTimeout(() => told(app, answer));
      return null;
    },
  });
}

/** What was erased, and what no erasure from here reaches. @param {App} app @param {Erased} done */
function told(app, { conversations, tickets, files, clean, traces }) {
  const { t } = app;
  const what = /** @type {Record<string, string>} */ (t.traceKinds);
  const lines = traces.map(
    ({ file, line: at, what: kind }) => `${file}:${at} · ${what[kind] ?? kind}`,
  );
  const dialog = openSheet(app, "listing", (form) => text(part(form, "title"), t.erasedTitle));
  part(dialog, "list").replaceChildren(
    pairs([
      [t.erasedChats, String(conversations)],
      [t.erasedCases, tickets.join(", ")],
      [t.files, String(files)],
    ]),
    clean ? "" : h("p", { class: "warning" }, t.erasedLater),
    section(t.tracesTitle, lines.length ? lines : [t.noTraces]),
    section(t.notReachedTitle, t.notReached),
  );
  dialog.querySelector("button")?.focus();
}

/** @param {string} title @param {string[]} lines */
function section(title, lines) {
  const items = lines.map((each) => h("li", {}, each));
  return h("section", { class: "part" }, h("h3", {}, title), h("ul", { class: "told" }, ...items));
}
