import { set } from "../shared/dom.js";
import { ApiError } from "./api.js";
import { App } from "./app.js";
import { ConsoleBanner, ConsoleBar } from "./bar.js";
import { TeamBoard } from "./board.js";
import { BotChatRow } from "./bot_chat.js";
import { TicketChat } from "./chat.js";
import { ReplyComposer } from "./composer.js";
import { TicketContext } from "./context.js";
import { MoodCurve } from "./curve.js";
import { handBack, resolve } from "./endings.js";
import { QueueFinder } from "./finder.js";
import { TicketHead } from "./head.js";
import { Keys } from "./keys.js";
import { ConsoleLogin } from "./login.js";
import { ChatMessage } from "./message.js";
import { MoodBar } from "./mood.js";
import { TeamNote } from "./note.js";
import { openPalette } from "./palette.js";
import { OfferCards } from "./offers.js";
import { Piece } from "./piece.js";
import { PresenceSwitch } from "./presence.js";
import { TicketQueue } from "./queue.js";
import { TicketRow } from "./row.js";
import { isBusy } from "./sheet.js";
import { TicketStrip } from "./strip.js";
import { ConsoleToasts } from "./toasts.js";
import { CaseViewers } from "./viewing.js";
import { QueueViews } from "./views.js";

const AGAIN = 3000; // ms between two tries to reach the server at the start

const ELEMENTS = {
  "bot-chat": BotChatRow,
  "chat-message": ChatMessage,
  "console-banner": ConsoleBanner,
  "console-bar": ConsoleBar,
  "console-login": ConsoleLogin,
  "console-toasts": ConsoleToasts,
  "mood-bar": MoodBar,
  "mood-curve": MoodCurve,
  "offer-cards": OfferCards,
  "presence-switch": PresenceSwitch,
  "queue-finder": QueueFinder,
  "queue-views": QueueViews,
  "reply-composer": ReplyComposer,
  "team-board": TeamBoard,
  "case-viewers": CaseViewers,
  "team-note": TeamNote,
  "ticket-chat": TicketChat,
  "ticket-context": TicketContext,
  "ticket-head": TicketHead,
  "ticket-queue": TicketQueue,
  "ticket-row": TicketRow,
  "ticket-strip": TicketStrip,
};
for (const [name, element] of Object.entries(ELEMENTS)) customElements.define(name, element);

/** @template {Element} T @param {string} name @param {new () => T} kind @returns {T} */
function find(name, kind) {
  const node = document.querySelector(name);
  if (!(node instanceof kind)) throw new Error(`The page has no <${name}>.`);
  return node;
}

const frame = find(".console", HTMLElement);
const columns = find(".columns", HTMLElement);
const app = new App(find("console-login", ConsoleLogin), find("console-toasts", ConsoleToasts));
const { model } = app;

/** Show the context where it must be asked for, or hide it. */
function side() {
  if (!model.selected || matchMedia("(min-width: 1200px)").matches) return;
  model.side = !model.side;
  model.pane = model.side ? "context" : "chat";
  model.changed();
  const focus = model.side ? ".context .top button" : ".head .side";
  setTimeout(() => document.querySelector(/** @type {"button"} */ (focus))?.focus());
}

const keys = new Keys(app);
app.page = { side, help: () => keys.help() };
// The chat first: its parts are wired before what lies inside them is looked for.
const pieces = ["ticket-chat", "console-login", "console-toasts", "console-bar", "console-banner"];
const ofCase = ["ticket-head", "ticket-strip", "case-viewers", "reply-composer", "ticket-context"];
const lists = ["offer-cards", "presence-switch", "queue-finder", "queue-views", "team-board"];
for (const name of [...pieces, ...ofCase, "ticket-queue", ...lists]) {
  find(name, Piece).init(app);
}

app.composer = find("reply-composer", ReplyComposer);
document.addEventListener("keydown", (event) => {
  const asked = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  if (!asked || !model.agent || isBusy()) return;
  event.preventDefault();
  openPalette(app);
});
const chat = find("ticket-chat", TicketChat);
chat.addEventListener("handback", () => handBack(app));
chat.addEventListener("resolve", () => resolve(app));
chat.addEventListener("side", side);
chat.addEventListener("back", () => {
  document.querySelector(/** @type {"button"} */ ('.row[aria-current="true"]'))?.focus();
});
find("ticket-context", TicketContext).addEventListener("side", side);
document.addEventListener("keydown", (event) => {
  const writes = event.target instanceof Element && event.target.closest("textarea");
  if (event.key === "Escape" && model.side && !writes && !isBusy()) side();
});

model.addEventListener("change", () => {
  frame.hidden = !model.agent;
  set(columns, "data-pane", model.pane);
  set(columns, "data-side", model.side);
  set(columns, "data-board", model.board);
  set(columns, "data-open", model.selected !== null);
});

/** Go on with the session there is, or ask for one; try again while the server is away. */
async function begin() {
  try {
    const agent = await app.api.whoAmI();
    if (agent) app.enter(agent);
    else app.login.ask("");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    app.login.ask(error.message);
    setTimeout(() => model.agent || begin(), AGAIN);
  }
}
begin();
