import { Api, Refusal } from "../widget/api.js";
import { Link } from "../widget/link.js";

/**
 * @typedef {import("../shared/api.d.ts").Message} Message
 * @typedef {import("../shared/api.d.ts").Session} Session
 * @typedef {import("../shared/api.d.ts").ConversationInfo} ConversationInfo
 * @typedef {import("./types.d.ts").CaseView} CaseView
 * @typedef {{ reference: string, code: string } | { link: string }} Key what opens a case
 */

const SETTLE = 250; // ms in which news are gathered before the case is read again
const KEPT = "remanso:status";

/** One case as this page knows it. Emits `change`, and `gone` when the key is no longer good. */
export class Case extends EventTarget {
  /** @type {CaseView | null} */
  view = null;
  messages = /** @type {Map<number, Message>} */ (new Map());
  online = true;
  /** @type {Session | null} */
  #session = null;
  /** @type {ConversationInfo | null} */
  #said = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #soon;
  /** @type {Link | undefined} */
  #link;
  #run = 0; // number of the newest reading: the answer of an older one comes too late

  /** @param {"es" | "en"} language */
  constructor(language) {
    super();
    this.language = language;
    this.config = { base: `${location.origin}/` };
    this.api = new Api(this.config.base);
  }

  /**
   * Open a case, and stay in step with it.
   *
   * @param {Key} key
   * @throws {Refusal} it does not open
   */
  async enter(key) {
    const answer = await fetch(`${this.config.base}api/v1/status?language=${this.language}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": this.language },
      body: JSON.stringify(key),
      credentials: "omit",
    });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refusal(answer.status, said.error ?? {});
    this.#open({ id: said.conversation, token: said.token }, said.case);
  }

  /** @returns {Promise<boolean>} whether this tab had a case open, and it still opens */
  async resume() {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    if (!kept) return false;
    this.#session = kept.session;
    try {
      this.#open(kept.session, await this.#read(kept.reference));
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.leave();
      return false;
    }
  }

  /** Forget the case in this tab. */
  leave() {
    sessionStorage.removeItem(KEPT);
    clearTimeout(this.#soon);
    this.#run += 1;
    this.#link?.stop();
    this.#link = undefined;
    this.#session = this.view = this.#said = null;
    this.messages.clear();
  }

  /** @returns {Promise<Session>} */
  async session() {
    if (!this.#session) throw new Error("no case is open");
    return this.#session;
  }

  /** What the forms of the chat ask of a conversation; its case is the one of this page. */
  get info() {
    const { reference = "", code = null, closed_at: closed, survey_id } = this.view ?? {};
    return { ...this.#said, survey_id, case: { reference, code, open: !closed } };
  }

  /** @returns {Message[]} */
  get list() {
    return [...this.messages.values()].sort((a, b) => a.id - b.id);
  }

  /**
   * @param {string} path below the conversation
   * @param {object} [body] sent by POST; without it, GET
   * @returns {Promise<any>}
   */
  async ask(path, body) {
    const answer = await this.api.call(await this.session(), path, body);
    this.#receive(answer);
    return answer;
  }

  /** @param {"es" | "en"} language */
  async speak(language) {
    this.language = language;
    if (this.view) await this.refresh();
  }

  /** Read the case again. */
  async refresh() {
    if (!this.view) return;
    const run = ++this.#run;
    try {
      const view = await this.#read(this.view.reference);
      if (run !== this.#run) return; // left, or asked again meanwhile
      this.view = view;
      this.#changed();
    } catch (error) {
      if (run === this.#run && error instanceof Refusal && error.gone) this.#failed(error);
    }
  }

  /** @param {string} reference */
  async #read(reference) {
    const path = `/cases/${reference}?language=${this.language}`;
    return this.api.call(await this.session(), path);
  }

  /** @param {Session} session @param {CaseView} view */
  #open(session, view) {
    this.#link?.stop();
    if (session.id !== this.#session?.id) this.messages.clear();
    this.#session = session;
    this.#run += 1;
    this.view = view;
    sessionStorage.setItem(KEPT, JSON.stringify({ session, reference: view.reference }));
    this.#link = new Link(this.api, {
      session: () => this.session(),
      after: () => this.list.at(-10)?.id ?? 0,
      receive: (of, frame) => of.id === this.#session?.id && this.#receive(frame),
      status: (up) => {
        this.online = up;
        this.#changed();
      },
      failed: (error) => this.#failed(error),
    });
    this.#link.run();
    this.#changed();
  }

  /** @param {any} frame an answer of the API, or a frame of the socket */
  #receive(frame) {
    const info = typeof frame.conversation === "object" ? frame.conversation : frame;
    if (info.owner) this.#said = info;
    for (const message of [...(frame.messages ?? []), ...(frame.replies ?? [])]) {
      this.messages.set(message.id, message);
    }
    if (frame.message) this.messages.set(frame.message.id, frame.message);
    if (frame.type === "pong" || frame.type === "typing") return;
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.refresh(), SETTLE);
    this.#changed();
  }

  /** @param {unknown} error */
  #failed(error) {
    if (error instanceof Refusal && error.gone) {
      this.leave();
      this.dispatchEvent(new Event("gone"));
      return;
    }
    this.online = false;
    this.#changed();
  }

  #changed() {
    if (this.view) this.dispatchEvent(new Event("change"));
  }
}
