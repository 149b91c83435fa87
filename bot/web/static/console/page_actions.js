import { chatAt, walkChats } from "./bot_chat.js";
import { VIEWS } from "./browse.js";
import { QueueFinder } from "./finder.js";
import { PresenceSwitch } from "./presence.js";
import { readChat } from "./reading.js";
import { QueueViews } from "./views.js";

/**
 * What can be done with the lists and the page, whatever case is open.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./actions.js").Action} Action
 * @typedef {keyof App["t"]["acts"]} Act
 */

/** Buttons of the open case that their key presses where they stand, the last of several. */
const BUTTONS = /** @type {[Act, string][]} */ ([
  ["answerNote", "N"],
  ["attach", "J"],
  ["suggest", "G"],
  ["retry", "."],
  ["discard", "-"],
]);

/** @param {App} app @returns {Action[]} */
export function pageActions(app) {
  const { browse, deeds, duty, model, notify, t, watch } = app;
  const act = (
    /** @type {Act} */ name,
    /** @type {string} */ key,
    /** @type {Action["group"]} */ group,
    /** @type {boolean} */ when,
    /** @type {() => unknown} */ run,
    label = t.acts[name],
  ) => ({ name, key, group, when, run, label });
  const bots = model.view === "bot" && !model.search;
  const chat = bots ? chatAt() : "";
  const walk = (/** @type {number} */ step) => (bots ? walkChats(step) : browse.walk(step));
  const offered = duty.next ?? "";
  const answer = (/** @type {"accept" | "decline"} */ name, /** @type {string} */ key) =>
    act(name, key, "list", offered !== "", () => duty[name](offered), `${t.acts[name]} ${offered}`);
  const find = (/** @type {(finder: QueueFinder) => void} */ work) => () =>
    toQueue(app, "queue-finder", QueueFinder, work);
  const kept = () => toQueue(app, "queue-views", QueueViews, ({ menu }) => menu?.open());
  const pause = model.presence?.presence === "wrap_up";
  const choice = () => piece("presence-switch", PresenceSwitch)?.focusChoice();
  const mute = () => (notify.sounds = !notify.sounds);
  const speak = () => app.speak(app.language === "es" ? "en" : "es");
  return [
    act("search", "/", "list", true, find((finder) => finder.focusSearch())),
    act("filter", "f", "list", true, find(({ menu }) => menu?.open())),
    ...VIEWS.map((view, index) => {
      const label = t.showList(t.views[view]);
      const show = () => browse.show(view);
      return { name: view, key: String(index + 1), group: "view", when: true, run: show, label };
    }),
    act("savedViews", "0", "list", true, kept),
    act("next", "j", "list", true, () => walk(1)),
    act("previous", "k", "list", true, () => walk(-1)),
    act("unread", "u", "list", true, () => browse.nextUnread()),
    answer("accept", "a"),
    answer("decline", "x"),
    act("readChat", "B", "list", chat !== "", () => readChat(app, chat)),
    act("takeChat", "H", "list", chat !== "", () => deeds.takeOver(chat)),
    ...BUTTONS.map(([name, key]) => {
      const button = lastButton(key);
      return act(name, key, "case", button !== undefined, () => button?.click());
    }),
    act("side", "i", "case", model.selected !== null, app.page.side),
    act("presence", "p", "page", model.presence !== null, choice),
    act("ready", "l", "page", pause, () => duty.ready()),
    act("notify", "W", "page", ["off", "blocked"].includes(notify.state), () => tellMe(app)),
    act("sound", "Z", "page", true, mute),
    act("language", "Y", "page", true, speak),
    act("help", "?", "page", true, app.page.help),
    act("leave", "Q", "page", true, () => app.leave()),
    act("board", "o", "self", model.leads, () => watch.toggle()),
    act("measures", ",", "self", model.leads, () => measures(app)),
  ];
}

/** Open the measures in the agent's language. @param {App} app */
function measures({ language }) {
  window.open(`/console/measures?language=${language}`);
}

/** Ask the browser for desktop notifications, or say where they are blocked. @param {App} app */
export function tellMe({ notify, toasts, t }) {
  if (notify.state === "off") notify.ask();
  else toasts.show({ text: t.notifyHelp });
}

/** @param {string} key @returns {HTMLButtonElement | undefined} that is in sight and names it */
function lastButton(key) {
  const all = document.querySelectorAll(
    /** @type {"button"} */ (`button[aria-keyshortcuts="${/[A-Z]/.test(key) ? "Shift+" : ""}${key}"]`),
  );
  return [...all].filter((button) => button.getClientRects().length > 0).at(-1);
}

/**
 * Do something where cases are listed, wherever the page is.
 *
 * @template {Element} Kind
 * @param {App} app
 * @param {string} name
 * @param {new () => Kind} kind
 * @param {(piece: Kind) => void} work
 */
function toQueue({ model }, name, kind, work) {
  model.pane = "queue";
  model.side = false;
  model.changed();
  queueMicrotask(() => {
    // Drawn by now, and before the next key: what is typed on is never taken for a shortcut.
    const node = piece(name, kind);
    if (node) work(node);
  });
}

/** @template {Element} T @param {string} name @param {new () => T} kind @returns {T | null} */
function piece(name, kind) {
  const node = document.querySelector(name);
  return node instanceof kind ? node : null;
}
