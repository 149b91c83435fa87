import { h, icon } from "../shared/dom.js";
import { clock } from "../shared/time.js";
import { DROP, initials } from "./header.js";

/**
 * @typedef {import("./view.js").View} View
 * @typedef {import("./view.js").Entry} Entry
 * @typedef {object} Deeds What can be done from the log.
 * @property {(id: string, title: string) => void} choose
 * @property {(item: import("../shared/api.d.ts").Outgoing) => void} retry
 * @property {(item: import("../shared/api.d.ts").Outgoing) => void} edit
 */

/**
 * Build the row of one message. Its hidden first words say who and when.
 *
 * @param {Entry} entry
 * @param {View} view
 * @returns {HTMLElement}
 */
export function row(entry, view) {
  if (entry.day) return h("p", { class: "line" }, entry.day);
  const { t, language } = view;
  const { author, name, text, at, language: spoken, attachments } = /** @type {any} */ (entry.message);
  const who = { customer: t.you, bot: t.bot, agent: name ?? "", system: t.system }[
    /** @type {import("../shared/api.d.ts").Author} */ (author)
  ];
  const time = clock(at, language);
  const hidden = h("span", { class: "sr", lang: language }, `${who}, ${time}: `);
  if (author === "system") return h("p", { class: "line", lang: spoken }, hidden, text);
  const face = author === "bot" ? icon(DROP) : author === "agent" ? initials(name ?? "") : "";
  const named = author === "agent" && h("p", { class: "name", "aria-hidden": "true" }, name);
  return h(
    "div",
    { class: `message ${author}` },
    face && h("span", { class: "mark", "aria-hidden": "true" }, face),
    h(
      "div",
      { class: "body" },
      named,
      h("p", { class: text ? "bubble" : "sr", lang: spoken }, hidden, text),
      attachments?.length && files(attachments, view),
      h("time", { datetime: at, "aria-hidden": "true" }, time),
    ),
    h("div", { class: "state" }),
  );
}

/**
 * Bring a row up to date: its place among its neighbours, and its delivery.
 *
 * @param {HTMLElement} node
 * @param {Entry} entry
 * @param {View} view
 * @param {Deeds} deeds
 */
export function refresh(node, entry, view, deeds) {
  node.classList.toggle("first", Boolean(entry.first));
  const line = node.querySelector(".state");
  if (!line || !node.matches(".customer")) return;
  const { t, model } = view;
  const { item } = entry;
  const failed = item?.failed;
  const state = failed !== undefined ? "failed" : !item ? "sent" : online(model) ? "sending" : "waiting";
  node.classList.toggle("pending", Boolean(item));
  const shown = state === "sent" && !entry.last ? "" : state + (failed ?? "");
  if (node.dataset.state === shown) return;
  node.dataset.state = shown;
  line.replaceChildren(...(shown ? [t[state]] : []));
  line.classList.toggle("failed", state === "failed");
  if (state !== "failed" || !item) return;
  const editable = item.text && !item.choice && !item.attachments;
  line.append(
    ` ${failed || t.noAnswer}`,
    h(
      "div",
      {},
      action(t.retry, () => deeds.retry(item)),
      editable && action(t.edit, () => deeds.edit(item)),
    ),
  );
}

/**
 * Build quick replies. When the customer is upset two are enough; the rest are one step away.
 *
 * @param {Entry} entry
 * @param {View} view
 * @param {Deeds} deeds
 */
export function replies({ choices = [], chosen, off }, { model, t }, deeds) {
  const short = model.info?.mood === "high" && choices.length > 2 && !chosen;
  const box = h("div", { class: "choices" });
  choices.forEach(({ id, title }, index) => {
    const press = () => deeds.choose(id, title);
    const used = chosen === id;
    box.append(
      h(
        "button",
        { type: "button", click: press, disabled: off, hidden: short && index > 1, class: used && "used" },
        used && icon("M5 12.5l4.5 4.5L19 7.5"),
        title,
      ),
    );
  });
  const unfold = (/** @type {Event} */ event) => {
    const more = /** @type {HTMLElement} */ (event.target);
    const next = /** @type {HTMLElement} */ (box.children[2]);
    for (const button of box.children) /** @type {HTMLElement} */ (button).hidden = false;
    more.remove();
    next.focus();
  };
  if (short && !off) box.append(h("button", { type: "button", class: "text", click: unfold }, t.more));
  return box;
}

/**
 * Files that came with a message; what shows them is fetched when the first one comes.
 *
 * @param {import("../shared/api.d.ts").Attachment[]} attachments
 * @param {View} view
 */
function files(attachments, view) {
  const box = h("ul", { class: "files" });
  import("./after/files.js").then(({ show }) => show(box, attachments, view), () => {
    box.append(...attachments.map(({ name }) => h("li", {}, name))); // at least their names
  });
  return box;
}

/** @param {View["model"]} model */
function online(model) {
  return model.link === "online" || model.link === "connecting";
}

/**
 * @param {string} title
 * @param {() => void} click
 */
function action(title, click) {
  return h("button", { type: "button", class: "text", click }, title);
}
