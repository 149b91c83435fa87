import { handBack, resolve } from "./endings.js";
import { consult, participants, transfer } from "./dialogs_people.js";
import { labels, priority, snooze, tier } from "./dialogs_state.js";
import { prove } from "./dialogs_identity.js";
import { askApproval, decide } from "./dialogs_approval.js";
import { refund, resend, voucher } from "./dialogs_money.js";
import { moment, newCase, profile, review } from "./dialogs_notes.js";
import { account } from "./dialogs_account.js";
import { hooks } from "./dialogs_hooks.js";
import { reads } from "./dialogs_reads.js";

/**
 * Everything that can be done with the open case, in one list: the buttons above it, the menu, the
 * keys and the command palette all read it.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").CaseRow} CaseRow
 * @typedef {keyof App["t"]["deeds"]} DeedName
 *
 * @typedef {object} Action
 * @property {DeedName} name
 * @property {string} key the single key that does it; a capital is pressed with Shift
 * @property {"talk" | "state" | "money" | "team" | "end" | "self"} group of no case: self
 * @property {boolean} when whether it can be done now
 * @property {() => unknown} run
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

  /** @returns {Action[]} all of them, in the order they are shown */
  all() {
    const { app } = this;
    const { model, deeds, caseDeeds } = app;
    const row = /** @type {CaseRow | undefined} */ (model.row);
    const mine = model.isMine(row);
    const some = row !== undefined;
    const open = row?.status === "queued" || row?.status === "claimed";
    const boss = this.isSupervisor;
    const admin = model.agent?.role === "admin";
    const ours = mine || (open && boss);
    return [
      action("reply", "r", "talk", mine, () => app.write("reply")),
      action("note", "n", "talk", some, () => app.write("note")),
      action("consult", "s", "talk", open, () => consult(app)),
      action("transfer", "t", "team", ours, () => transfer(app)),
      action("participants", "A", "team", open, () => participants(app)),
      action("wait", "w", "state", mine, () => caseDeeds.wait()),
      action("snooze", "z", "state", mine, () => snooze(app)),
      action("priority", "P", "state", ours, () => priority(app)),
      action("tier", "q", "state", ours, () => tier(app)),
      action("labels", "L", "state", some, () => labels(app)),
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
      action("hooks", "K", "self", admin, () => hooks(app)),
      action("reads", "R", "self", admin, () => reads(app)),
    ];
  }

  /** @returns {Action[]} what can be done now */
  now() {
    return this.all().filter(({ when }) => when);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key meant something here */
  press({ key: pressed, shiftKey }) {
    const key = shiftKey ? pressed.toUpperCase() : pressed.toLowerCase(); // whatever Caps Lock is
    const found = this.now().find((each) => each.key === key);
    found?.run();
    return found !== undefined;
  }

  /** @param {Action} action @returns {string} what it is called now */
  label({ name }) {
    const row = /** @type {CaseRow | undefined} */ (this.app.model.row);
    const still = row?.phase === "waiting" || row?.phase === "snoozed";
    const { deeds } = this.app.t;
    return name === "wait" && still ? deeds.resume : deeds[name];
  }

  /** @returns {[string, string][]} keys of the open case and what they do, for the help */
  help() {
    const { deeds } = this.app.t;
    const ofCase = this.all().filter(({ group }) => group !== "self");
    /** @type {[string, string][]} */
    const keys = ofCase.map(({ key, name }) => [shown(key), deeds[name]]);
    return [...keys, ["Ctrl K", this.app.t.paletteKey]];
  }

  /** @returns {[string, string][]} the same of what is the agent's own, or the administrators' */
  ownHelp() {
    const own = this.now().filter(({ group }) => group === "self");
    return own.map(({ key, name }) => [shown(key), this.app.t.deeds[name]]);
  }
}

/** @param {string} key @returns {string} as it is printed on a key: "N", "⇧ P" */
export function shown(key) {
  return /[A-Z]/.test(key) ? `⇧ ${key}` : key.toUpperCase();
}

/**
 * @param {DeedName} name
 * @param {string} key
 * @param {Action["group"]} group
 * @param {boolean} when
 * @param {() => unknown} run
 * @returns {Action}
 */
function action(name, key, group, when, run) {
  return { name, key, group, when, run };
}
