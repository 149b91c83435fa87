import { h, icon, set } from "../shared/dom.js";
import { DROP, initials } from "../shared/faces.js";
import { attachments } from "./attachments.js";
import { moment as tellTrainers } from "./dialogs_notes.js";
import { clockTime, decimals, moment } from "./format.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").CaseMessage} AgentMessage
 * @typedef {import("./types.d.ts").Pending} Pending
 * @typedef {import("./types.d.ts").Cue} Cue
 */

const TIP = 300; // px: the widest a tip gets, and a little

/** One message, told apart by who wrote it. */
export class ChatMessage extends HTMLElement {
  #shown = "";

  /** @param {App} app @param {AgentMessage} message @param {string} [from] where its files are */
  show(app, message, from = `/tickets/${encodeURIComponent(app.model.selected ?? "")}`) {
    const { id, frustration, choices } = message;
    const files = message.attachments?.map((file) => `${file.id}${file.scan}`);
    const used = choices.map((choice) => choice.used);
    const shown = [id, app.language, frustration?.score, used, files].join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.className = message.late ? `${message.author} late` : message.author;
    this.replaceChildren(
      ...(message.author === "system" ? [line(app, message)] : this.#body(app, message, from)),
    );
  }

  /** @param {App} app @param {Pending} item a reply that is not confirmed yet */
  pending(app, item) {
    const { t, model } = app;
    const state = item.failed !== undefined ? "failed" : model.link === "live" ? "sending" : "held";
    const shown = [item.client_id, state, app.language].join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.className = "agent pending";
    const files = (item.attachments ?? []).map(({ name }) => name).join(", ");
    const bubble = h("p", { class: "bubble" }, hidden(`${t.you}: `), item.text || files);
    const note = h(
      "p",
      { class: "state" },
      state === "failed" ? `${t.notSent} ${item.failed} ` : t[state],
    );
    if (state === "failed") {
      const ref = model.selected ?? "";
      const text = { type: "button", class: "text" };
      const again = () => app.outbox.retry(ref, item.client_id);
      const drop = () => app.outbox.discard(ref, item.client_id);
      note.append(
        h("button", { ...text, "aria-keyshortcuts": ".", click: again }, t.retry),
        h("button", { ...text, "aria-keyshortcuts": "-", click: drop }, t.discard),
      );
    }
    set(note, "data-state", state);
    this.replaceChildren(
      face(model.agent?.name ?? "", "agent"),
      h("div", { class: "body" }, bubble, note),
    );
  }

  /** @param {App} app @param {AgentMessage} message @param {string} from */
  #body(app, message, from) {
    const { t, language } = app;
    const { author, at, frustration, late } = message;
    const name = { customer: t.customer, bot: t.bot, agent: message.name ?? "", system: "" }[
      author
    ];
    const time = h("time", { datetime: at, title: moment(at, language) }, clockTime(at, language));
    const bubble = h("p", { class: "bubble", lang: message.language });
    bubble.append(hidden(`${name}: `), ...marked(message.text, frustration?.cues ?? []));
    const head = author !== "customer" && h("p", { class: "name", "aria-hidden": "true" }, name);
    const files = attachments(app, message, from);
    const words = message.text && bubble;
    const body = h("div", { class: "body" }, head, words, files, replies(app, message));
    if (late) body.append(h("p", { class: "state" }, t.late));
    body.append(h("p", { class: "under" }, time, better(app, message)));
    const dot = author === "customer" && frustration && feeling(app, message);
    return [author === "customer" ? dot : face(message.name ?? "", author), body].filter(
      (node) => node !== false && node !== null,
    );
  }
}

/** "The bot should have…", where the bot spoke. @param {App} app @param {AgentMessage} message */
function better(app, message) {
  if (message.author !== "bot") return null;
  const click = () => tellTrainers(app, message);
  const about = { type: "button", class: "text better", "aria-keyshortcuts": "Shift+X", click };
  return h("button", about, app.t.shouldHave);
}

/** @param {App} app @param {AgentMessage} message */
function line({ t, language }, { text, at, language: spoken }) {
  const time = h("time", { datetime: at, title: moment(at, language) }, clockTime(at, language));
  return h("p", { class: "line", lang: spoken }, hidden(`${t.system}: `), text, " ", time);
}

/** @param {string} name @param {string} author */
function face(name, author) {
  return h(
    "span",
    { class: "face", "aria-hidden": "true" },
    author === "bot" ? icon(DROP) : initials(name),
  );
}

/** @param {App} app @param {AgentMessage} message */
function replies({ t }, { choices }) {
  if (!choices.length) return null;
  const items = choices.map(({ title, used }) =>
    h("li", { class: used && "used" }, title, used && hidden(` (${t.chosen})`)),
  );
  return h("ul", { class: "offered", "aria-label": t.offered }, ...items);
}

/**
 * The dot of a customer's message: how it feels, and from which words one knows.
 *
 * @param {App} app
 * @param {AgentMessage} message
 */
function feeling(app, { id, frustration }) {
  const { t, language } = app;
  const { score, level, cues = [] } = /** @type {import("./types.d.ts").Feeling} */ (frustration);
  const said = t.feeling(app.name("level", level), decimals(score, language));
  const found = cues.map(({ name, text }) => h("li", {}, `${app.name("cue", name)}: «${text}»`));
  const tip = h(
    "div",
    { class: "tip", role: "tooltip", id: `cues-${id}` },
    h("p", { class: "strong" }, said),
  );
  tip.append(found.length ? h("ul", {}, ...found) : h("p", {}, t.noCues));
  const dot = h("button", {
    type: "button",
    class: "dot",
    "data-level": level,
    "aria-label": said,
    "aria-describedby": tip.id,
  });
  const box = h("span", { class: "feeling" }, dot, tip);
  const hide = (/** @type {boolean} */ off) => () => box.classList.toggle("dismissed", off);
  dot.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.stopPropagation();
    if (event.key === "Escape") hide(true)();
  });
  for (const event of ["blur", "pointerenter"]) dot.addEventListener(event, hide(false));
  const place = () => {
    const room = (box.closest(".scroll")?.getBoundingClientRect().right ?? innerWidth) - TIP;
    box.classList.toggle("flipped", dot.getBoundingClientRect().left > room);
  };
  for (const event of ["focus", "pointerenter"]) dot.addEventListener(event, place);
  return box;
}

/**
 * A text whose cues are marked; overlapping ones count once.
 *
 * @param {string} text
 * @param {Cue[]} cues
 * @returns {(string | HTMLElement)[]}
 */
function marked(text, cues) {
  const characters = [...text]; // spans count characters, not UTF-16 units
  const pieces = [];
  let at = 0;
  for (const { start, end } of [...cues].sort((a, b) => a.start - b.start)) {
    if (start < at || end <= start) continue;
    pieces.push(characters.slice(at, start).join(""));
    pieces.push(h("mark", {}, characters.slice(start, end).join("")));
    at = end;
  }
  pieces.push(characters.slice(at).join(""));
  return pieces;
}

/** @param {string} text */
function hidden(text) {
  return h("span", { class: "sr" }, text);
}
