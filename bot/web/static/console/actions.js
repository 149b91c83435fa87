import { handBack, resolve } from "./endings.js";
import { consult, participants, transfer } from "./dialogs_people.js";
import { followUp } from "./dialogs_follow_up.js";
import { call } from "./dialogs_call.js";
import { labels, priority, snooze, tier } from "./dialogs_state.js";
import { prove } from "./dialogs_identity.js";
import { askApproval, decide } from "./dialogs_approval.js";
import { refund, resend, voucher } from "./dialogs_money.js";
import { moment, newCase, profile, review } from "./dialogs_notes.js";
import { account } from "./dialogs_account.js";
import { ADMIN } from "./admin.js";
import { keepPromise, openPromises, promise } from "./dialogs_promise.js";
import { pageActions } from "./page_actions.js";

/**
 * Everything that can be done, in one list: the buttons above a case, the menu, the keys, the help
 * and the command palette all read it.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").CaseRow} CaseRow
 * @typedef {keyof App["t"]["deeds"]} DeedName
 *
 * @typedef {object} Action
 * @property {string} name
 * @property {string} key the single key that does it; a capital is pressed with Shift
 * @property {string} group where the help tells of it: "case" and its parts "talk", "state",
 *   "money", "team" and "end"; "list", and "view" of a list; "page"; "self" where not all have it
 * @property {boolean} when whether it can be done now
 * @property {() => unknown} run
 * @property {string} label what it is called now
 */

const SUPERVISORS = new Set(["supervisor", "admin"]);

export class Actions {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  get isSupervisor() {
    return SUPERVISORS.has(this.app.model.agent?.role ?? "");
  }

  /** @returns {Action[]} all of them */
  all() {
    return [...this.ofCase(), ...pageActions(this.app)];
  }

  /** @returns {Action[]} what is done with a case, in the order it is shown, and the agent's own */
  ofCase() {
    const { app } = this;
    const { model, deeds, caseDeeds } = app;
    const row = /** @type {CaseRow | undefined} */ (model.row);
    const mine = model.isMine(row);
    const some = row !== undefined;
    const open = row?.status === "queued" || row?.status === "claimed";
    const boss = this.isSupervisor;
    const admin = model.agent?.role === "admin";
    const ours = mine || (open && boss);
    const still = row?.phase === "waiting" || row?.phase === "snoozed";
    const promised = some && openPromises(app).length > 0;
    const action = (
      /** @type {DeedName} */ name,
      /** @type {string} */ key,
      /** @type {Action["group"]} */ group,
      /** @type {boolean} */ when,
      /** @type {() => unknown} */ run,
      label = app.t.deeds[name],
    ) => ({ name, key, group, when, run, label });
    return [
      action("claim", "c", "end", row?.status === "queued", () => deeds.claim()),
      action("reply", "r", "talk", some, () => app.write("reply")),
      action("note", "n", "talk", some, () => app.write("note")),
      action("call", "*", "talk", mine, () => call(app)),
      action("consult", "s", "talk", open, () => consult(app)),
      action("transfer", "t", "team", ours, () => transfer(app)),
      action("participants", "A", "team", open, () => participants(app)),
      action("wait", "w", "state", mine, () => caseDeeds.wait(), app.t.deeds[still ? "resume" : "wait"]),
      action("snooze", "z", "state", mine, () => snooze(app)),
      action("promise", "V", "talk", mine, () => promise(app)),
      action("keepPromise", "M", "talk", promised, () => keepPromise(app)),
      action("priority", "P", "state", ours, () => priority(app)),
      action("tier", "q", "state", ours, () => tier(app)),
      action("labels", "L", "state", some, () => labels(app)),
      action("followUp", "S", "state", some, () => followUp(app)),
      action("refund", "m", "money", mine, () => refund(app)),
      action("voucher", "b", "money", mine, () => voucher(app)),
      action("resend", "v", "money", mine, () => resend(app)),
      action("approval", "y", "money", mine, () => askApproval(app)),
      action("decide", "d", "money", boss, () => decide(app)),
      action("prove", "I", "money", mine, () => prove(app)),
      action("profile", "F", "team", some, () => profile(app)),
      action("moment", "X", "team", some, () => moment(app)),
      action("review", "g", "team", some && boss, () => review(app)),
      action("newCase", "+", "team", model.agent !== null, () => newCase(app)),
      action("release", "U", "end", mine, () => deeds.release()),
      action("handback", "h", "end", mine, () => handBack(app)),
      action("resolve", "e", "end", mine, () => resolve(app)),
      action("reopen", "O", "end", some && !open, () => deeds.reopen()),
      action("practice", "E", "self", model.agent !== null, () => window.open("/console/practice")),
      action("account", "C", "self", model.agent !== null, () => account(app)),
      action("staff", "T", "self", admin, () => ADMIN.staff(app)),
      action("data", "D", "self", admin, () => ADMIN.data(app)),
      action("hooks", "K", "self", admin, () => ADMIN.hooks(app)),
      action("reads", "R", "self", admin, () => ADMIN.reads(app)),
    ];
  }

  /** @param {Action[]} [all] @returns {Action[]} what can be done now */
  now(all = this.all()) {
    return all.filter(({ when }) => when);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key meant something here */
  press({ key: pressed, shiftKey }) {
    const key = shiftKey ? pressed.toUpperCase() : pressed.toLowerCase(); // whatever Caps Lock is
    const found = this.now().find((each) => each.key === key);
    found?.run();
    return found !== undefined;
  }

  /** @returns {Record<"list" | "page" | "case", [string, string][]>} keys and what they do */
  help() {
    const { t } = this.app;
    const groups = /** @type {Record<"list" | "page" | "case", [string, string][]>} */ ({
      list: Object.entries(t.listKeys),
      page: Object.entries(t.pageKeys),
      case: [],
    });
    for (const { name, key, group, when, label } of this.all()) {
      if (group === "view" || (group === "self" && !when)) continue;
      const where = group === "list" ? "list" : group === "page" || group === "self" ? "page" : "case";
      const said = /** @type {Record<string, string>} */ (t.acts)[name] ?? label;
      groups[where].push([shown(key), said]);
    }
    return groups;
  }
}

/** @param {string} key @returns {string} as it is printed on a key: "N", "⇧ P" */
export function shown(key) {
  return /[A-Z]/.test(key) ? `⇧ ${key}` : key.toUpperCase();
}

/** @param {string} key @returns {string} as assistive technology is told: "Shift+N", "p" */
export function shortcut(key) {
  return /[A-Z]/.test(key) ? `Shift+${key}` : key;
}
