import { h, icon } from "../shared/dom.js";

/** @typedef {import("./view.js").View} View */

export const DROP = "M12 3.5S6 10 6 14.5a6 6 0 0 0 12 0C18 10 12 3.5 12 3.5Z";
const PERSON = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c.6-3.6 3.4-5.5 7-5.5s6.4 1.9 7 5.5";
const DOTS = "M5 12h.01M12 12h.01M19 12h.01";
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

  /** @param {{ person: () => void, language: () => void, part: (name: string) => void, close: (() => void) | null }} on */
  constructor(on) {
    this.face = h("span", { class: "mark", "aria-hidden": "true" });
    this.title = h("h2", { id: "title", tabindex: "-1" });
    this.role = h("p", { class: "role" });
    this.other = h("button", { class: "plain", type: "button", click: on.language });
    this.close =
      on.close && h("button", { class: "plain", type: "button", click: on.close }, icon(CROSS));
    this.more = h(
      "button",
      { class: "plain more", type: "button", click: () => on.part("menu") },
      icon(DOTS),
    );
    this.contact = h("button", { class: "text", type: "button", click: () => on.part("contact") });
    this.case = h("span");
    this.status = h("a", { target: "_blank", rel: "noopener" });
    this.strip = h("p", { class: "case" }, this.case, this.status);
    this.label = h("span");
    this.person = h(
      "button",
      { class: "person", type: "button", click: on.person },
      icon(PERSON),
      this.label,
    );
    this.note = h("span");
    this.link = h("a", { target: "_blank", rel: "noopener" });
    this.place = h("div", { role: "status" });
    this.queue = h("div", { class: "queue" }, this.place, this.contact);
    const names = h("div", { class: "names" }, this.title, this.role);
    this.element = h(
      "div",
      { class: "header" },
      h("div", { class: "who" }, this.face, names, this.other, this.more, this.close),
      this.person,
      h("p", { class: "notice" }, this.note, " ", this.link),
      this.strip,
      this.queue,
    );
  }

  /** @param {View} view */
  render({ model, t, config }) {
    const { info, outbox } = model;
    const agent = info?.owner === "agent" ? (info.agent?.name ?? "") : "";
    const asking = outbox.items.some((item) => item.person && item.failed === undefined);
    this.title.textContent = config.title;
    const left = info?.status === "ended" && !info.case?.open;
    const owner = left ? "bot" : (info?.owner ?? "bot");
    this.more.setAttribute("aria-label", t.menu);
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
    this.#case(info?.case, t, config.base);
  }

  /**
   * Reference and code of the case: with them it can be followed from anywhere.
   *
   * @param {NonNullable<View["model"]["info"]>["case"]} found
   * @param {View["t"]} t
   * @param {string} base
   */
  #case(found, t, base) {
    this.strip.hidden = !found;
    if (!found) return;
    const { reference, code } = found;
    const text = t.case(reference, code);
    if (this.case.textContent !== text) this.case.textContent = text;
    this.status.textContent = t.status;
    this.status.href = `${base}status#${new URLSearchParams({ r: reference, c: code ?? "" })}`;
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
    if (waits && info.opens) lines.push(t.opens(info.opens));
    if (waits) lines.push(t.stored(info.reference));
    const reach = info?.reach ?? [];
    if (waits && reach.length) lines.push(t.reach(reach.join(", ")));
    const text = lines.join("\n");
    this.contact.textContent = reach.length ? t.contactChange : t.contact;
    if (text === this.#said) return; // said once, not at every change
    this.#said = text;
    this.place.replaceChildren(
      ...(waits ? [h("strong", {}, t.queue)] : []),
      ...lines.map((line) => h("p", {}, line)),
    );
  }
}
