import { h } from "../shared/dom.js";
import { soft } from "./bits.js";
import { day } from "./format.js";

/**
 * What to do for this issue: how to begin, the steps as a chart from tier to tier, what to say and
 * never to say, to whom a case goes when, and since when all that holds.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").Playbook} Playbook
 * @typedef {import("./case.d.ts").Source} Source
 * @typedef {import("./case.d.ts").Step} Step
 */

/** @param {App} app @param {string} ref @returns {(Node | string)[]} */
export function playbook(app, ref) {
  const { t } = app;
  const read = app.extras.get("playbook", ref);
  const book = /** @type {Playbook | undefined} */ (read.value);
  if (!book) return [soft(read.state === "error" ? read.error : t.loading)];
  const about = `${app.name("issue", book.issue)} · ${app.name("level", book.level)}`;
  return [
    h("p", { class: "soft" }, about),
    h("p", { class: "first" }, book.first),
    h("div", { class: "flow" }, ...book.path.map((part) => tierOf(app, part, book))),
    quotes(t.sayThis, "say", book.say),
    quotes(t.neverSay, "never", book.never),
    h("ul", { class: "soft sources" }, ...book.sources.map((each) => source(app, each))),
  ];
}

/** @param {App} app @param {Playbook["path"][0]} part @param {Playbook} book */
function tierOf({ t }, { tier, steps }, book) {
  const row = book.matrix.find((each) => each.tier === tier);
  const now = tier === book.tier;
  return h(
    "details",
    { class: now ? "tier now" : "tier", id: `tier-${tier}`, open: now },
    h(
      "summary",
      {},
      h("span", { class: "badge" }, tier),
      ` ${row?.who ?? ""}`,
      now && ` (${t.tierNow})`,
    ),
    row && tier !== "L1" && h("p", { class: "soft" }, row.when),
    h("ol", { class: "steps" }, ...steps.map(step)),
    row && h("p", { class: "soft" }, row.may),
  );
}

/** @param {Step} about */
function step({ who, text, when }) {
  return h(
    "li",
    {},
    h("p", { class: "soft" }, when ? `${who} · ${when}` : who),
    h("p", {}, text),
  );
}

/** @param {string} title @param {string} kind @param {string[]} texts */
function quotes(title, kind, texts) {
  const items = texts.map((each) => h("li", {}, each));
  return h("div", {}, h("h4", {}, title), h("ul", { class: `quotes ${kind}` }, ...items));
}

/** @param {App} app @param {Source} about */
function source({ t, language }, { what, file, version, changed }) {
  const since = h("time", { datetime: changed }, day(changed, language));
  return h("li", {}, `${t.sources[what]}: ${t.changedOn} `, since, ` ${t.fileVersion(file, version)}`);
}
