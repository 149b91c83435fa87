import { h } from "../shared/dom.js";
import { part, stamp, text, translate } from "../console/dom.js";
import { ask, askAmount, askTeam } from "./ask.js";
import { handoff } from "./handoff.js";
import { lines } from "./lines.js";

/**
 * @typedef {import("./main.js").Page} Page
 * @typedef {import("./types.d.ts").Course} Course
 * @typedef {import("./types.d.ts").Situation} Situation
 */

const MONEY = new Set(["refund", "voucher"]);
const NARROW = "(max-width: 900px)";

/** A practice that goes on: the chat, what may be done, and the case beside it. */
export class Talk {
  #busy = false;
  #going = Promise.resolve(true); // the reply that is on its way

  /** @param {Page} page @param {Situation} situation */
  constructor(page, situation) {
    this.page = page;
    this.situation = situation;
    const { main, t } = page;
    main.replaceChildren(stamp("talk"));
    translate(main, t);
    this.log = part(main, "log");
    this.field = part(main, "reply", HTMLTextAreaElement);
    text(part(main, "title"), situation.title);
    part(main, "content").append(...handoff(page, situation));
    part(main, "case", HTMLDetailsElement).open = !matchMedia(NARROW).matches;
    part(main, "end").addEventListener("click", () => this.end());
    part(main, "again").addEventListener("click", () => this.leave());
    const mood = part(main, "mood", HTMLInputElement);
    mood.checked = page.showsMood;
    mood.addEventListener("change", () => {
      page.showsMood = mood.checked;
      if (this.course) this.draw(this.course);
    });
    part(main, "form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.focus();
  }

  /** @param {Course} course */
  draw(course) {
    this.course = course;
    this.log.replaceChildren(...lines(this.page, this.situation, course));
    this.#deeds(course);
    this.log.scrollTop = this.log.scrollHeight;
  }

  /** End, after a question. */
  async end() {
    const { t } = this.page;
    const how = { title: t.endAsk, about: t.endAbout, go: t.deed.end };
    if (!(await ask(this.page, how))) return;
    await this.#going;
    if (this.page.talk === this) await this.#go({ deed: "end" });
  }

  /** Choose another situation, after a question. */
  async leave() {
    const { t } = this.page;
    const how = { title: t.leaveAsk, about: t.leaveAbout, go: t.leave };
    const begun = (this.page.kept?.replies.length ?? 0) > 0;
    if (!begun || (await ask(this.page, how))) this.page.choose();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  async #send() {
    const written = this.field.value.trim();
    if (!written || this.#busy) return;
    this.field.value = "";
    if (!(await this.#go({ text: written })) && !this.field.value) this.field.value = written;
  }

  /** @param {import("./types.d.ts").Kept["replies"][number]} reply @returns {Promise<boolean>} */
  async #go(reply) {
    if (this.#busy) return false;
    this.#busy = true;
    const waits = h("p", { class: "line" }, this.page.t.thinking);
    if (reply.text) {
      const bubble = h("p", { class: "bubble", lang: this.situation.language }, reply.text);
      this.log.append(h("div", { class: "said agent" }, bubble), waits);
      this.log.scrollTop = this.log.scrollHeight;
    }
    this.#going = this.page.reply(reply);
    const done = await this.#going;
    this.#busy = false;
    if (!done && this.course) this.draw(this.course);
    if (this.field.isConnected) this.field.focus();
    return done;
  }

  /** @param {Course} course */
  #deeds({ may, lines: said }) {
    const { page, situation } = this;
    const { t } = page;
    const asked = said.some(({ who, text: deed }) => who === "deed" && deed === "supervisor");
    const button = (/** @type {import("./types.d.ts").DeedName} */ deed, /** @type {() => void} */ click) =>
      h("button", { type: "button", class: "plain lined", "data-deed": deed, click }, t.deed[deed]);
    const given = may.map(({ deed, most }) => button(deed, () => this.#do(deed, most)));
    const boss = situation.supervisor && !asked;
    const supervisor = boss ? [button("supervisor", () => this.#go({ deed: "supervisor" }))] : [];
    part(page.main, "deeds").replaceChildren(
      ...given,
      ...supervisor,
      button("transfer", () => this.#transfer()),
    );
  }

  /** @param {import("./types.d.ts").DeedName} deed @param {number | null} most */
  async #do(deed, most) {
    if (this.#busy) return;
    const { page, situation } = this;
    if (!MONEY.has(deed) || most === null) return this.#go({ deed });
    const amount = await askAmount(page, page.t.deed[deed], most, situation.money);
    if (amount !== null) await this.#go({ deed, amount });
  }

  async #transfer() {
    if (this.#busy) return;
    const team = await askTeam(this.page, this.situation.teams);
    if (team) await this.#go({ deed: "transfer", team });
  }
}
