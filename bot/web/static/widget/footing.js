import { h } from "../shared/dom.js";
import { clock, day } from "../shared/time.js";

/** @typedef {import("./view.js").View} View */

/** The lines between log and field: the connection, and the end of the conversation. */
export class Footing {
  /** @param {{ now: () => void, save: () => void, fresh: () => void }} on */
  constructor(on) {
    const button = (/** @type {() => void} */ click) => h("button", { type: "button", class: "text", click });
    this.text = h("span");
    this.now = button(on.now);
    this.link = h("div", { class: "link", role: "status" }, this.text, this.now);
    this.said = h("p");
    this.save = button(on.save);
    this.fresh = button(on.fresh);
    this.ended = h("div", { class: "ended" }, this.said, this.save, this.fresh);
    this.element = h("div", { class: "footing" }, this.link, this.ended);
  }

  /** @param {View} view */
  render({ model, t }) {
    const { link, refusal } = model;
    const quiet = link === "online" || link === "connecting";
    this.link.dataset.link = link;
    const text = quiet ? "" : link === "refused" ? refusal || t.refused : t[link];
    if (this.text.textContent !== text) this.text.textContent = text;
    this.now.textContent = t.now;
    this.now.hidden = quiet || link === "offline";
    this.ended.hidden = model.info?.status !== "ended";
    this.said.textContent = t.ended;
    this.save.textContent = t.save;
    this.fresh.textContent = t.fresh;
  }
}

/**
 * Give the customer the conversation as a text file of their own.
 *
 * @param {View} view
 */
export function saveCopy({ model, t, language, config }) {
  const lines = model.list.map(({ author, name, text, at }) => {
    const who = { customer: t.you, bot: t.bot, agent: name, system: t.system }[author];
    return `${day(at, language)}, ${clock(at, language)} · ${who}\n${text}\n`;
  });
  const head = [config.title, model.info?.reference].filter(Boolean).join(" · ");
  const file = new Blob([`${head}\n\n${lines.join("\n")}`], { type: "text/plain;charset=utf-8" });
  const href = URL.createObjectURL(file);
  h("a", { href, download: `${t.file}-${model.info?.reference ?? "remanso"}.txt` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}
