import { set } from "../shared/dom.js";
import { ApiError } from "./api.js";
import { keyed, part, text } from "./dom.js";
import { ChatMessage } from "./message.js";
import { MoodBar } from "./mood.js";
import { openSheet } from "./sheet.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").BotChatText} BotChatText
 */

/**
 * Read a chat that the bot has, without anybody noticing, and take it from there. It is read again
 * whenever the list says that something was written.
 *
 * @param {App} app
 * @param {string} conversation
 */
export function readChat(app, conversation) {
  const dialog = openSheet(app, "reading", (form) => {
    const log = part(form, "log");
    let last = "";
    const read = async () => {
      try {
        const chat = await app.api.botChat(conversation);
        text(part(form, "error"), "");
        draw(app, form, chat);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        text(part(form, "error"), error.message);
        text(part(form, "about"), "");
        part(form, "go").hidden = error.status !== 0; // it is not the bot's any more
      }
    };
    const look = () => {
      const chat = app.model.chats.find((each) => each.conversation === conversation);
      const at = chat?.last_message_at ?? "gone";
      if (at !== last) read();
      last = at;
    };
    text(part(form, "about"), app.t.loading);
    set(log, "aria-label", app.t.messagesLabel);
    look();
    app.model.addEventListener("change", look);
    part(form, "go").addEventListener("click", (event) => {
      event.preventDefault();
      form.closest("dialog")?.close();
      app.deeds.takeOver(conversation);
    });
    form.addEventListener("closed", () => app.model.removeEventListener("change", look));
  });
  dialog.addEventListener("close", () => {
    dialog.querySelector("form")?.dispatchEvent(new Event("closed"));
  });
}

/** @param {App} app @param {HTMLFormElement} form @param {BotChatText} chat */
function draw(app, form, chat) {
  const { t } = app;
  const { issue, step } = chat.state;
  text(part(form, "name"), chat.customer ?? t.guest);
  const about = [
    issue ? app.name("issue", issue) : t.noIssue,
    step && app.name("step", step),
    app.teamOf(chat.team),
    app.name("language", chat.language),
  ];
  text(part(form, "about"), about.filter(Boolean).join(" · "));
  part(form, "mood", MoodBar).show(chat.frustration, app);
  const log = part(form, "log");
  const from = `/bot-chats/${encodeURIComponent(chat.conversation)}`;
  const atEnd = log.scrollTop + log.clientHeight > log.scrollHeight - 40;
  keyed(
    log,
    chat.messages,
    ({ id }) => String(id),
    () => /** @type {ChatMessage} */ (document.createElement("chat-message")),
    (node, message) => node.show(app, message, from),
  );
  if (atEnd) log.scrollTop = log.scrollHeight;
}
