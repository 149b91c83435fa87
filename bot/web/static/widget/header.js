import { h, icon } from "../shared/dom.js";

/** @typedef {import("./view.js").View} View */

export const DROP = "M12 3.5S6 10 6 14.5a6 6 0 0 0 12 0C18 10 12 3.5 12 3.5Z";
const PERSON = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c.6-3.6 3.4-5.5 7-5.5s6.4 1.9 7 5.5";
const CROSS = "M6 6l12 12M18 6 6 18";

/**
 * The first letters of a name, for the round face beside an agent's messages.
 *
 * @param {string} name
 * @returns {string} one or two letters
 */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  return words.length > 1 ? words[0].slice(0, 1) + words[1].slice(0, 1) : name.slice(0, 1);
}

/** Who answers, the way to a person, and where the customer stands in the queue. */
export class Header {
  #said = "";

  /** @param {{ person: () => void, language: () => void, close: (() => void) | null }} on */
  constructor(on) {
    this.face = h("span", { class: "mark", "aria-hidden": "true" });
    this.title = h("h2", { id: "title", tabindex: "-1" });
    this.role = h("p", { class: "role" });
    this.other = h("button", { class: "plain", type: "button", click: on.language });
    this.close =
      on.close && h("button", { class: "plain", type: "button", click: on.close }, icon(CROSS));
    this.label = h("span");
    this.person = h(
      "button",
      { class: "person", type: "button", click: on.person },
      icon(PERSON),
      this.label,
    );
    this.note = h("span");
    this.link = h("a", { target: "_blank", rel: "noopener" });
    this.queue = h("div", { class: "queue", role: "status" });
    const names = h("div", { class: "names" }, this.title, this.role);
    this.element = h(
      "div",
      { class: "header" },
      h("div", { class: "who" }, this.face, names, this.other, this.close),
      this.person,
      h("p", { class: "notice" }, this.note, " ", this.link),
      this.queue,
    );
  }

  /** @param {View} view */
  render({ model, t, config }) {
    const { info, outbox } = model;
    const agent = info?.owner === "agent" ? (info.agent?.name ?? "") : "";
    const asking = outbox.items.some((item) => item.person && item.failed === undefined);
    this.title.textContent = config.title;
    const owner = info?.status === "ended" ? "bot" : (info?.owner ?? "bot");
    this.role.textContent = { bot: t.bot, queue: t.team, agent }[owner];
    this.face.replaceChildren(agent ? initials(agent) : icon(DROP));
    this.other.textContent = t.other;
    this.other.setAttribute("aria-label", t.otherLabel);
    this.other.lang = t.other === "English" ? "en" : "es";
    this.close?.setAttribute("aria-label", t.close);
    this.label.textContent = asking ? t.asking : t.person;
    this.person.hidden = owner !== "bot";
    this.person.setAttribute("aria-disabled", String(asking));
    const notes = { bot: t.notice, queue: t.noticeQueue, agent: t.noticeAgent };
    this.note.textContent = notes[owner];
    this.link.textContent = t.privacy;
    this.link.href = config.privacy;
    this.#place(info, t);
  }

  /**
   * @param {View["model"]["info"]} info
   * @param {View["t"]} t
   */
  #place(info, t) {
    const waits = info?.owner === "queue" && info.status !== "ended";
    this.queue.hidden = !waits;
    const lines = [];
    if (waits && info.queue) {
      const { position, minutes } = info.queue;
      lines.push([t.position(position), minutes && t.minutes(minutes)].filter(Boolean).join(", "));
    }
    if (waits) lines.push(t.stored(info.reference));
    const text = lines.join("\n");
    if (text === this.#said) return; // said once, not at every change
    this.#said = text;
    this.queue.replaceChildren(
      ...(waits ? [h("strong", {}, t.queue)] : []),
      ...lines.map((line) => h("p", {}, line)),
    );
  }
}
