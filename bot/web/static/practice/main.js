import { Keep } from "../shared/storage.js";
import { newId } from "../shared/ids.js";
import { Api, ApiError } from "../console/api.js";
import { translate } from "../console/dom.js";
import { debrief } from "./debrief.js";
import { list } from "./list.js";
import { store } from "./store.js";
import { Talk } from "./talk.js";
import { en } from "./words/en.js";
import { es } from "./words/es.js";

/**
 * @typedef {import("./types.d.ts").Course} Course
 * @typedef {import("./types.d.ts").Kept} Kept
 * @typedef {import("./types.d.ts").Situation} Situation
 */

const WORDS = { es, en };

/** @template {HTMLElement} T @param {string} id @param {new () => T} kind @returns {T} */
function find(id, kind) {
  const node = document.getElementById(id);
  if (!(node instanceof kind)) throw new Error(`The page has no #${id}.`);
  return node;
}

/** The page of practice: a list, then a talk, then what it showed. */
export class Page {
  api = new Api();
  main = find("main", HTMLElement);
  preferences = new Keep("remanso-console"); // the console's language is this page's
  /** @type {Record<string, string>} */
  filters = {};
  showsMood = false;
  /** @type {Kept | null} */
  kept = store.get();
  /** @type {Talk | null} */
  talk = null;
  /** @type {"es" | "en"} */
  language = "es";
  #problem = find("problem", HTMLElement);

  constructor() {
    const wanted = this.preferences.get("language") ?? navigator.language.slice(0, 2);
    this.#speak(wanted === "en" ? "en" : "es");
    this.api.unreachable = () => this.t.unreachable;
    this.api.onLoggedOut = () => location.assign("/console/");
    find("language", HTMLButtonElement).addEventListener("click", () => {
      const language = this.language === "es" ? "en" : "es";
      this.preferences.set("language", language);
      this.#speak(language);
      this.show();
    });
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  get t() {
    return WORDS[this.language];
  }

  /** @param {number} amount @param {string} money @returns {string} as people write it */
  sum(amount, money) {
    const digits = Number.isInteger(amount) ? 0 : 2;
    const number = amount.toLocaleString(this.language, {
      minimumFractionDigits: digits,
      useGrouping: true,
    });
    return this.language === "es" ? `${number} ${money}` : `${money}${number}`;
  }

  async start() {
    await this.#safely(async () => {
      if (await this.api.whoAmI()) await this.show();
      else location.assign("/console/");
    });
  }

  /** What there is to see now: the practice that was going on, or the list. */
  show() {
    return this.#safely(() => (this.kept ? this.#play() : this.choose()));
  }

  /** Choose a situation; what was going on is forgotten. */
  choose() {
    return this.#safely(async () => {
      this.#keep(null);
      this.talk = null;
      const { situations } = await this.api.call("GET", "/practice");
      list(this, situations);
    });
  }

  /** @param {string} name of a situation, begun anew */
  begin(name) {
    this.#keep({ name, seed: newId(), replies: [] });
    return this.show();
  }

  /** @param {Kept["replies"][number]} reply @returns {Promise<boolean>} whether it was taken */
  async reply(reply) {
    const { kept, talk } = this;
    if (!kept || !talk) return false;
    return this.#safely(async () => {
      const longer = { ...kept, replies: [...kept.replies, reply] };
      const course = await this.#course(longer);
      if (this.kept !== kept) return; // left meanwhile
      this.#keep(longer);
      this.#draw(talk.situation, course);
    });
  }

  async #play() {
    const { kept } = this;
    if (!kept) return;
    const path = `/practice/${encodeURIComponent(kept.name)}`;
    try {
      const situation = await this.api.call("GET", path);
      const course = await this.#course(kept);
      if (!course.over) this.talk = new Talk(this, situation);
      this.#draw(situation, course);
    } catch (error) {
      if (!(error instanceof ApiError) || ![400, 404].includes(error.status)) throw error;
      await this.choose(); // the situation has changed since
      this.#say(this.t.noPractice);
    }
  }

  /** @param {Kept} kept @returns {Promise<Course>} */
  #course({ name, seed, replies }) {
    return this.api.call("POST", `/practice/${encodeURIComponent(name)}`, { seed, replies });
  }

  /** @param {Situation} situation @param {Course} course */
  #draw(situation, course) {
    if (course.debrief) {
      this.talk = null;
      debrief(this, situation, course, course.debrief);
    } else this.talk?.draw(course);
  }

  /** @param {Kept | null} kept */
  #keep(kept) {
    this.kept = kept;
    store.set(kept);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey)
      return;
    const writes = event.target instanceof Element && event.target.closest("textarea, input, select");
    if (event.key === "Escape" && this.talk) {
      event.preventDefault();
      this.talk.end();
    } else if (event.key.toLowerCase() === "n" && !writes && this.kept) {
      event.preventDefault();
      if (this.talk) this.talk.leave();
      else this.choose();
    }
  }

  /** @param {"es" | "en"} language */
  #speak(language) {
    this.language = this.api.language = language;
    document.documentElement.lang = language;
    document.title = this.t.page;
    translate(document, this.t);
    const button = find("language", HTMLButtonElement);
    button.textContent = this.t.other;
    button.setAttribute("aria-label", this.t.otherLabel);
    button.lang = language === "es" ? "en" : "es";
  }

  /** @param {string} text */
  #say(text) {
    this.#problem.textContent = text;
    this.#problem.hidden = !text;
  }

  /** @param {() => unknown} work @returns {Promise<boolean>} whether it went well */
  async #safely(work) {
    this.#say("");
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#say(error.message);
      return false;
    }
  }
}

new Page().start();
