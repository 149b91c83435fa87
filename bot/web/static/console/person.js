import { h } from "../shared/dom.js";
import { chips, soft } from "./bits.js";
import { profile as edit } from "./dialogs_notes.js";
import { moment } from "./format.js";

/**
 * Who the customer is beyond this case, and what was said between supervisors and agents about it.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").Profile} Profile
 * @typedef {import("./case.d.ts").PastTicket} PastTicket
 * @typedef {import("./case.d.ts").Review} Review
 */

/** @param {App} app @param {string | null} id of the customer @returns {(Node | string)[]} */
export function profile(app, id) {
  const { t } = app;
  if (!id) return [];
  const read = app.extras.get("profile", id);
  const known = /** @type {Profile | undefined} */ (read.value);
  if (!known) return read.state === "error" ? [] : [soft(t.loading)];
  const names = app.model.rules?.needs ?? {};
  const needs = known.needs.map((need) => names[need]?.[app.language] ?? need);
  const who = known.changed_by && known.changed_at;
  return [
    chips(t.needsTitle, needs, "needs") ?? "",
    known.text ? h("p", {}, known.text) : soft(t.noProfile),
    who ? soft(t.changedBy(String(known.changed_by), moment(who, app.language))) : "",
    h(
      "button",
      {
        type: "button",
        class: "plain",
        "data-focus": "profile",
        "aria-keyshortcuts": "Shift+F",
        click: () => edit(app),
      },
      t.deeds.profile,
    ),
  ];
}

/** Their earlier cases, as the desk has them. @param {App} app @param {string | null} id */
export function past(app, id) {
  const { t, language } = app;
  const read = id ? app.extras.get("history", id) : null;
  const all = /** @type {PastTicket[]} */ (read?.value?.tickets ?? []);
  const before = all.filter(({ ref }) => ref !== app.model.selected);
  if (!before.length) return null;
  const items = before.map(({ ref, created_at, phase, disposition, owner, score, summary }) => {
    const ended = disposition && app.model.rules?.dispositions[disposition]?.[language];
    const state = ended || /** @type {Record<string, string>} */ (t.phases)[phase] || phase;
    const about = [moment(created_at, language), state, owner, score && t.scored(score)];
    const open = () => app.deeds.open(ref);
    return h(
      "li",
      {},
      h("button", { type: "button", class: "text", click: open }, ref),
      h("span", { class: "soft" }, ` ${about.filter(Boolean).join(" · ")}`),
      h("p", {}, summary),
    );
  });
  return h("ul", { class: "earlier" }, ...items);
}

/** @param {App} app @param {string} ref @returns {Node | null} */
export function reviews(app, ref) {
  const { t, language } = app;
  const all = /** @type {Review[]} */ (app.extras.value("reviews", ref)?.reviews ?? []);
  if (!all.length) return null;
  const items = all.map(({ at, by, by_name, text }) => {
    const said = `${by_name ?? by} · ${moment(at, language)}`;
    return h("li", {}, h("p", {}, text), h("p", { class: "soft" }, said));
  });
  return h(
    "section",
    { id: "part-reviews" },
    h("h3", {}, t.reviewsTitle),
    h("ul", { class: "earlier" }, ...items),
  );
}
