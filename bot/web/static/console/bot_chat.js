import { set } from "../shared/dom.js";
import { part, stamp, text } from "./dom.js";
import { moment, rough } from "./format.js";
import { MoodBar } from "./mood.js";
import { readChat } from "./reading.js";

const MINUTE = 60_000; // ms

/** One line of the chats that the bot has, with the button that takes it. */
export class BotChatRow extends HTMLElement {
  #conversation = "";

  /** @param {import("./app.js").App} app @param {import("./types.d.ts").BotChat} chat */
  update(app, chat) {
    if (!this.firstChild) {
      this.append(stamp("bot-chat"));
      part(this, "read").addEventListener("click", () => readChat(app, this.#conversation));
      part(this, "take").addEventListener("click", () => app.deeds.takeOver(this.#conversation));
    }
    const { t, language, model } = app;
    const now = app.api.now();
    const name = chat.customer ?? t.guest;
    this.#conversation = chat.conversation;
    text(part(this, "name"), name);
    const age = part(this, "age");
    const old = now - Date.parse(chat.since);
    text(age, old < MINUTE ? t.now : rough(old));
    set(age, "datetime", chat.since);
    set(age, "title", moment(chat.since, language));
    text(part(this, "about"), chat.issue ? app.name("issue", chat.issue) : t.noIssue);
    part(this, "mood", MoodBar).show(chat.frustration, app);
    text(part(this, "tongue"), chat.language.toUpperCase());
    const silence = now - Date.parse(chat.last_message_at);
    const span = silence < MINUTE ? t.lessThanMinute : rough(silence);
    text(part(this, "state"), chat.waiting === null ? t.silentFor(span) : t.waitsFor(span));
    text(part(this, "read"), t.read);
    set(part(this, "read"), "aria-label", t.readOf(name));
    const take = part(this, "take");
    text(take, t.takeOver);
    set(take, "aria-label", t.takeOverOf(name));
    set(take, "aria-disabled", model.busy.has(chat.conversation) && "true");
  }
}

/** @returns {string} the bot's chat that has the focus, or else the first; empty: none is listed */
export function chatAt() {
  const row = document.activeElement?.closest("bot-chat") ?? document.querySelector("bot-chat");
  return row instanceof BotChatRow ? (row.dataset.key ?? "") : "";
}

/** Put the focus on another of the bot's chats. @param {number} step 1 goes down, -1 up */
export function walkChats(step) {
  const rows = [...document.querySelectorAll("bot-chat")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  next?.querySelector("button")?.focus();
}
