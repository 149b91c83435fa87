import { h } from "../shared/dom.js";
import { button, soft } from "./bits.js";
import { part, text } from "./dom.js";
import { openForm } from "./form.js";
import { moment } from "./format.js";
import { openSheet } from "./sheet.js";
import { tried } from "./tried.js";

/**
 * All accounts, for administrators: who is locked, whose telephone is lost.
 *
 * @typedef {import("./app.js").App} App
 *
 * @typedef {object} Account
 * @property {string} username
 * @property {string} name
 * @property {string[]} teams
 * @property {string} role
 * @property {boolean} active
 * @property {boolean} second_factor
 * @property {string | null} locked_until
 */

const PATH = "/accounts";

/** @param {App} app */
export async function staff(app) {
  const { t } = app;
  const dialog = openSheet(app, "listing", (form) => text(part(form, "title"), t.deeds.staff));
  const list = part(dialog, "list");
  list.replaceChildren(soft(t.loading));
  const read = async (said = "") => {
    const { answer, why } = await tried(() => app.api.call("GET", PATH));
    text(part(dialog, "said"), why || said);
    const accounts = /** @type {Account[]} */ (answer?.accounts ?? []);
    const first = (/** @type {Account} */ each) => (isLocked(app, each) ? 0 : 1);
    accounts.sort((a, b) => first(a) - first(b)); // who waits for it is on top
    const items = accounts.map((each) => accountLine(app, each, again));
    list.replaceChildren(soft(t.staffLead), h("ul", { class: "items" }, ...items));
  };
  const again = async (/** @type {string} */ said) => {
    await read(said);
    dialog.querySelector("button")?.focus();
  };
  await again("");
}

/** @param {App} app @param {Account} account @param {(said: string) => void} again */
function accountLine(app, account, again) {
  const { t, language, api } = app;
  const { username, name, teams, role, active, second_factor, locked_until } = account;
  const roles = /** @type {Record<string, string>} */ (t.roles);
  const locked = isLocked(app, account);
  const told = (/** @type {string} */ label) => `${label}: ${name}`;
  const unlock = async () => {
    const path = `${PATH}/${encodeURIComponent(username)}/unlock`;
    const { why } = await tried(() => api.call("POST", path));
    again(why || t.staffUnlocked(name));
  };
  const state = [
    !active && t.staffOff,
    locked && t.staffLocked(moment(locked_until ?? "", language)),
    second_factor ? t.staffFactor : t.staffNoFactor,
  ];
  const of = teams.map((team) => app.teamOf(team)).join(", ") || t.allTeams;
  return h(
    "li",
    { class: "item", "data-state": !active ? "off" : locked && "failing" },
    h(
      "p",
      { class: "line" },
      h("strong", {}, `${name} · ${username}`),
      h("span", { class: "soft" }, `${roles[role] ?? role} · ${of}`),
    ),
    h("p", {}, state.filter(Boolean).join(" · ")),
    (locked || second_factor) &&
      h(
        "div",
        { class: "row-of" },
        locked && button(t.staffUnlock, unlock, told(t.staffUnlock)),
        second_factor &&
          button(t.staffFactorOff, () => lost(app, account, again), told(t.staffFactorOff)),
      ),
  );
}

/** @param {App} app @param {Account} account */
function isLocked({ api }, { locked_until }) {
  return locked_until !== null && Date.parse(locked_until) > api.now();
}

/**
 * The telephone is lost.
 *
 * @param {App} app
 * @param {Account} of
 * @param {(said: string) => void} again
 */
function lost(app, { username, name }, again) {
  const { t, api } = app;
  openForm(app, {
    title: `${t.staffFactorOff}: ${name}`,
    lead: t.staffFactorLead,
    go: t.staffFactorOff,
    hint: t.noUndo,
    fields: [],
    run: async () => {
      const path = `${PATH}/${encodeURIComponent(username)}/second-factor`;
      const { why } = await tried(() => api.call("DELETE", path));
      if (why) return why;
      setTimeout(() => again(t.staffFactorGone(name))); // the dialog has closed by then
      return null;
    },
  });
}
