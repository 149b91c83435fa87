import { set } from "../shared/dom.js";
import { Disclosure } from "./disclosure.js";
import { part, text } from "./dom.js";
import { clockTime } from "./format.js";
import { ADMIN, ADMIN_DEEDS } from "./admin.js";
import { account } from "./dialogs_account.js";
import { decide } from "./dialogs_approval.js";
import { tellMe } from "./page_actions.js";
import { openPalette } from "./palette.js";
import { Piece } from "./piece.js";

/** The line on top: the connection, the overview, notifications, the language, who is here. */
export class ConsoleBar extends Piece {
  /** @override */
  static template = "bar";

  /** @override */
  ready() {
    const { on } = this;
    part(this, "board").addEventListener("click", () => on.watch.toggle());
    part(this, "asked").addEventListener("click", () => decide(on));
    part(this, "notify").addEventListener("click", () => tellMe(on));
    part(this, "sound").addEventListener("click", () => {
      on.notify.sounds = !on.notify.sounds;
    });
    part(this, "language").addEventListener("click", () => {
      on.speak(on.language === "es" ? "en" : "es");
    });
    part(this, "actions").addEventListener("click", () => openPalette(on));
    part(this, "keys").addEventListener("click", () => on.page.help());
    part(this, "account").addEventListener("click", () => account(on));
    for (const name of ADMIN_DEEDS) {
      part(this, name).addEventListener("click", () => ADMIN[name](on));
    }
    part(this, "leave").addEventListener("click", () => on.leave());
    this.menu = new Disclosure(part(this, "menu"), part(this, "panel"));
  }

  /** @override */
  render() {
    const { on, t } = this;
    const { model, notify } = on;
    const link = part(this, "link");
    text(link, model.link === "live" ? t.live : t.connecting);
    set(link, "data-state", model.link);
    const board = part(this, "board");
    board.hidden = !model.leads;
    set(board, "aria-pressed", String(model.board));
    this.#approvals();
    const bell = part(this, "notify", HTMLButtonElement);
    const { state } = notify;
    bell.hidden = state === "none" || state === "on";
    text(bell, state === "blocked" ? t.notifyBlocked : t.notifyOn);
    const sound = part(this, "sound");
    text(sound, notify.sounds ? t.soundOn : t.soundOff);
    set(sound, "aria-pressed", String(notify.sounds));
    const language = part(this, "language");
    text(language, t.other);
    set(language, "aria-label", t.otherLabel);
    set(language, "lang", on.language === "es" ? "en" : "es");
    for (const name of ADMIN_DEEDS) {
      part(this, name).hidden = model.agent?.role !== "admin";
      text(part(this, name), t.deeds[name]);
    }
    const me = part(this, "me");
    text(me, model.agent?.name ?? "");
    set(me, "title", model.agent ? t.me(model.agent.name) : "");
    text(part(this, "menuName"), model.agent?.name ?? t.menu);
  }

  /** Show supervisors what waits for their decision, also after its case was opened. */
  #approvals() {
    const { model, extras } = this.on;
    const all = model.leads ? (extras.value("approvals")?.approvals ?? []) : [];
    const waiting = /** @type {import("./case.d.ts").Approval[]} */ (all).filter(
      ({ state, asked_by }) => state === "asked" && asked_by !== model.agent?.username,
    );
    const button = part(this, "asked");
    button.hidden = !waiting.length;
    text(button, this.t.approvalsWaiting(waiting.length));
  }

}

/** Says so while there is no connection, from the second moment on. */
export class ConsoleBanner extends Piece {
  /** @override */
  static template = "banner";

  /** @override */
  ready() {
    part(this, "now").addEventListener("click", () => this.on.sync.live.nudge());
    setInterval(() => this.render(), 1000);
  }

  /** @override */
  render() {
    const { model } = this.on;
    const shown = model.link === "lost" && model.agent !== null && Date.now() - model.lostAt > 1500;
    if (shown === !this.hidden) return;
    this.hidden = !shown;
    const said = part(this, "said");
    text(
      said,
      shown ? `${this.t.lost} ${this.t.lostSince(clockTime(model.lostAt, this.on.language))}` : "",
    );
  }
}
