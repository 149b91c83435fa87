import { h } from "../shared/dom.js";

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
    this.said.textContent = model.info?.case?.open ? t.endedOpen : t.ended;
    this.save.textContent = t.save;
    this.fresh.textContent = t.fresh;
  }
}
