import { h, icon } from "../shared/dom.js";
import { DROP, initials } from "./header.js";
import { refresh, replies, row } from "./message.js";
import { entries } from "./view.js";

/** @typedef {import("./view.js").View} View */

/** The list of messages: rows are kept, so that a reader hears each one once. */
export class Log {
  #rows = /** @type {Map<string, { node: HTMLElement, mark: string }>} */ (new Map());
  #language = "";
  #pinned = true; // the reader is at the end, and stays there

  /** @param {import("./message.js").Deeds} deeds */
  constructor(deeds) {
    this.deeds = deeds;
    this.list = h("div", { class: "list", role: "log", "aria-live": "off" });
    this.typing = h("div", { class: "typing", role: "status" });
    this.loading = h("p", { class: "line" });
    this.scroller = h(
      "div",
      { class: "scroller", tabindex: "0", scroll: () => this.#arrived() },
      this.loading,
      this.list,
      this.typing,
    );
    this.latest = h(
      "button",
      { class: "latest", type: "button", hidden: true, click: () => this.toEnd() },
      icon("M12 5v14M6 13l6 6 6-6"),
    );
    this.element = h("div", { class: "log" }, this.scroller, this.latest);
    new ResizeObserver(() => this.#pinned && this.toEnd()).observe(this.scroller);
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** @param {View} view */
  render(view) {
    const { t, model, language } = view;
    if (this.#language !== language) this.#begin(view);
    this.loading.hidden = Boolean(model.info) || model.link === "refused";
    const wanted = entries(view);
    const grown = this.#reconcile(wanted, view);
    this.#showTyping(view);
    if (this.#pinned || wanted.at(-1)?.item) this.toEnd();
    else if (grown) this.latest.hidden = false;
    const speak = () => this.list.setAttribute("aria-live", "polite");
    if (model.info) setTimeout(speak, 500); // what was there before is not read aloud
    this.list.setAttribute("aria-label", t.log);
    this.scroller.setAttribute("aria-label", t.log);
    this.latest.setAttribute("aria-label", t.latest);
  }

  /** @param {View} view */
  #begin({ language, t }) {
    this.#language = language;
    this.list.setAttribute("aria-live", "off");
    this.list.replaceChildren();
    this.#rows.clear();
    this.loading.textContent = t.loading;
  }

  /**
   * @param {import("./view.js").Entry[]} wanted
   * @param {View} view
   * @returns {boolean} whether a row was added
   */
  #reconcile(wanted, view) {
    let grown = false;
    const alive = new Set(wanted.map((entry) => entry.key));
    for (const [key, { node }] of this.#rows) {
      if (!alive.has(key)) {
        node.remove();
        this.#rows.delete(key);
      }
    }
    wanted.forEach((entry, index) => {
      const mark = entry.choices ? JSON.stringify([entry, view.model.info?.mood]) : "";
      let kept = this.#rows.get(entry.key);
      if (kept?.mark !== mark) {
        kept?.node.remove();
        const node = entry.choices ? replies(entry, view, this.deeds) : row(entry, view);
        kept = { node, mark };
        this.#rows.set(entry.key, kept);
        grown = true;
      }
      if (entry.message) refresh(kept.node, entry, view, this.deeds);
      const there = this.list.children[index];
      if (there !== kept.node) this.list.insertBefore(kept.node, there ?? null);
    });
    return grown;
  }

  /** @param {View} view */
  #showTyping({ model, t }) {
    const owner = model.info?.owner;
    const bot = owner === "bot" && model.typing.bot;
    const agent = owner === "agent" ? model.typing.agent : "";
    const who = agent || (bot ? "bot" : "");
    if (this.typing.dataset.who === who) return;
    this.typing.dataset.who = who;
    const dots = () => h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    const face = h("span", { class: "mark", "aria-hidden": "true" });
    if (who) face.append(agent ? initials(agent) : icon(DROP));
    const said = h("span", { class: agent ? "" : "sr" }, agent ? t.typing(agent) : t.typingBot);
    this.typing.className = `typing ${agent ? "agent" : "bot"}`;
    this.typing.replaceChildren(...(who ? [face, said, dots()] : []));
  }

  #arrived() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.#pinned = scrollHeight - scrollTop - clientHeight < 60;
    if (this.#pinned) this.latest.hidden = true;
  }
}
