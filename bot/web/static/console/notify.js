import { Sound } from "./sound.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Row} Row
 */

const LONGEST = 140; // characters of a message in a notification

/** Tells the agent what happened elsewhere: in the page, in the title, on the desktop. */
export class Notify {
  #sound = new Sound();
  /** Whether the browser turned out to show none: Chrome on Android has the class and throws. */
  #without = false;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  /** @returns {"on" | "off" | "blocked" | "none"} */
  get state() {
    if (!("Notification" in window) || this.#without) return "none";
    const { permission } = Notification;
    return permission === "granted" ? "on" : permission === "denied" ? "blocked" : "off";
  }

  get sounds() {
    return this.app.preferences.get("sound") !== false;
  }

  /** @param {boolean} on */
  set sounds(on) {
    this.app.preferences.set("sound", on);
    if (on) this.#sound.play("soft"); // so that one hears what it will be
    this.app.model.changed();
  }

  async ask() {
    await Notification.requestPermission();
    this.app.model.changed();
  }

  /** Show in the title how many tickets ask for attention. */
  title() {
    const { unread, t, model } = this.app;
    const count = model.agent ? unread.rows().length : 0;
    document.title = `${count ? t.unreadCount(count) : ""}${t.console} · Remanso`;
  }

  /** @param {Row} row @param {Row} [earlier] of the same conversation */
  arrived(row, earlier) {
    const { t } = this.app;
    const text = earlier
      ? t.again(row.ref, earlier.ref)
      : t.newTicket(row.ref, this.app.reasonOf(row));
    this.#desktop(text, row, row.summary);
    this.#play("soft");
    if (earlier || this.app.model.view !== "queue") this.#toast(text, row);
  }

  /** @param {Row} row */
  left(row) {
    const text = this.app.t.wentBack(row.ref);
    this.#desktop(text, row);
    this.#play("call");
    this.#toast(text, row, true);
  }

  /** @param {Row} row */
  taken(row) {
    this.#toast(this.app.t.takenBy(row.ref, row.owner_name ?? row.owner ?? ""), row);
  }

  /** @param {Row} row @param {{ text: string }} message @param {boolean} back after a long while */
  said(row, message, back) {
    const { t, model } = this.app;
    const name = row.customer ?? t.guest;
    this.#desktop(t.said(name), row, message.text);
    if (model.selected !== row.ref || !document.hasFocus()) this.#play("soft");
    if (back) this.#toast(t.customerBack(row.ref, name), row);
    else if (model.selected !== row.ref) this.#toast(`${t.said(name)} (${row.ref})`, row);
  }

  /** @param {Row} row that is offered to this agent; its card is shown by itself */
  offered(row) {
    const { t } = this.app;
    this.#desktop(t.offered(row.ref), row, this.app.reasonOf(row));
    this.#play("call");
  }

  /** @param {Row} row that waits for the agent's eyes @param {string} [why] not for a note */
  mentioned(row, why) {
    const { t } = this.app;
    const text = t.calls[/** @type {"woke"} */ (why)]?.(row.ref) ?? t.mentionedIn(row.ref);
    this.#desktop(text, row);
    this.#play(why ? "call" : "soft");
    this.#toast(text, row);
  }

  /** @param {Row[]} rows that ask for attention since the connection was lost */
  meanwhile(rows) {
    const { t, model, toasts, browse } = this.app;
    const missed = rows.filter(({ ref }) => ref !== model.selected || !document.hasFocus());
    if (!missed.length) return;
    const text = t.meanwhile(missed.length);
    this.#desktop(text, missed[0]);
    this.#play("soft");
    toasts.show({ text, action: { label: t.goSee, run: () => browse.nextUnread() }, stay: true });
  }

  /** @param {Row} row @param {import("./signals.js").Alarm} why */
  pressing(row, { clock = "", stage = "missed", rule = "" }) {
    const { t } = this.app;
    const name = t.clocks[/** @type {"update"} */ (clock)] ?? clock;
    const said = {
      unaccepted: t.nobodyTakes,
      orphan: t.nobodyHad,
      follow_up: t.followUpDue,
    }[clock];
    const text = rule
      ? t.ruleAsks(row.ref, rule)
      : (said?.(row.ref) ?? (t.pressing[stage] ?? t.pressing.missed)(row.ref, name));
    this.#desktop(text, row);
    this.#play("call");
    this.#toast(text, row);
  }

  /** @param {"soft" | "call"} name */
  #play(name) {
    if (this.sounds) this.#sound.play(name);
  }

  /** @param {string} text @param {Row} row @param {boolean} [stay] */
  #toast(text, row, stay = false) {
    const { app } = this;
    const action = { label: app.t.goSee, run: () => app.deeds.open(row.ref) };
    app.toasts.show({ text, action, stay, about: row.ref });
  }

  /** @param {string} title @param {Row} row @param {string} [body] */
  #desktop(title, row, body = "") {
    if (this.state !== "on" || document.hasFocus()) return;
    let note;
    try {
      note = new Notification(title, { body: body.slice(0, LONGEST), tag: row.ref });
    } catch {
      this.#without = true; // the sound, the toast and the title tell all the same
      return;
    }
    note.onclick = () => {
      window.focus();
      this.app.deeds.open(row.ref);
      note.close();
    };
  }
}
