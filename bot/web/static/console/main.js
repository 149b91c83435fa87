import { set } from "../shared/dom.js";
import { ApiError } from "./api.js";
import { App } from "./app.js";
import { ConsoleBanner, ConsoleBar } from "./bar.js";
import { TicketChat } from "./chat.js";
import { ReplyComposer } from "./composer.js";
import { TicketContext } from "./context.js";
import { MoodCurve } from "./curve.js";
import { handBack, resolve } from "./endings.js";
import { Keys } from "./keys.js";
import { ConsoleLogin } from "./login.js";
import { ChatMessage } from "./message.js";
import { MoodBar } from "./mood.js";
import { Piece } from "./piece.js";
import { TicketQueue } from "./queue.js";
import { TicketRow } from "./row.js";
import { ConsoleToasts } from "./toasts.js";

const AGAIN = 3000; // ms between two tries to reach the server at the start

const ELEMENTS = {
  "chat-message": ChatMessage,
  "console-banner": ConsoleBanner,
  "console-bar": ConsoleBar,
  "console-login": ConsoleLogin,
  "console-toasts": ConsoleToasts,
  "mood-bar": MoodBar,
  "mood-curve": MoodCurve,
  "reply-composer": ReplyComposer,
  "ticket-chat": TicketChat,
  "ticket-context": TicketContext,
  "ticket-queue": TicketQueue,
  "ticket-row": TicketRow,
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
  model.side = !model.side;
  model.pane = model.side ? "context" : "chat";
  model.changed();
  if (model.side) find("ticket-context", TicketContext).querySelector("button")?.focus();
  else document.querySelector(/** @type {"button"} */ (".chat .side"))?.focus();
}

const keys = new Keys(app, side);
// The chat first: its parts are wired before what lies inside them is looked for.
const pieces = ["ticket-chat", "console-login", "console-toasts", "console-bar", "console-banner"];
for (const name of [...pieces, "ticket-queue", "reply-composer", "ticket-context"]) {
  find(name, Piece).init(app);
}

find("console-bar", ConsoleBar).addEventListener("help", () => keys.help());
const chat = find("ticket-chat", TicketChat);
chat.addEventListener("handback", () => handBack(app));
chat.addEventListener("resolve", () => resolve(app));
chat.addEventListener("side", side);
find("ticket-context", TicketContext).addEventListener("side", side);
document.addEventListener("keydown", (event) => {
  const open = model.side && !document.querySelector("dialog[open]");
  if (event.key === "Escape" && open && columns.querySelector(".context")?.contains(document.activeElement)) side();
});

model.addEventListener("change", () => {
  frame.hidden = !model.agent;
  set(columns, "data-pane", model.pane);
  set(columns, "data-side", model.side);
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
