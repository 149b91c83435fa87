import { Keep } from "../shared/storage.js";
import { Actions } from "./actions.js";
import { Api, ApiError } from "./api.js";
import { Browse } from "./browse.js";
import { CaseDeeds } from "./case_deeds.js";
import { Deeds } from "./deeds.js";
import { safety } from "./dialogs_safety.js";
import { Duty } from "./duty.js";
import { Extras } from "./extras.js";
import { Model } from "./model.js";
import { Notify } from "./notify.js";
import { Outbox } from "./outbox.js";
import { Place } from "./place.js";
import { Shelf } from "./shelf.js";
import { Sync } from "./sync.js";
import { Unread } from "./unread.js";
import { Viewing } from "./viewing.js";
import { Watch } from "./watch.js";
import { en } from "./words/en.js";
import { es } from "./words/es.js";
import { nameOf } from "./words/names.js";

/**
 * @typedef {import("./types.d.ts").Row} Row
 * @typedef {import("./types.d.ts").Agent} Agent
 */

const WORDS = { es, en };

/** The first language of the browser's that the console speaks. */
function preferred() {
  const wanted = navigator.languages.map((each) => each.slice(0, 2));
  return wanted.find((each) => each === "es" || each === "en") === "en" ? "en" : "es";
}

/** The parts of the console, and what they share. */
export class App {
  preferences = new Keep("remanso-console");
  /** Where the agent writes. @type {import("./composer.js").ReplyComposer | null} */
  composer = null;
  /** What the whole page does; wired where the page is put together. */
  page = { side: () => {}, help: () => {} };
  model = new Model();
  api = new Api();

  /**
   * @param {import("./login.js").ConsoleLogin} login
   * @param {import("./toasts.js").ConsoleToasts} toasts
   */
  constructor(login, toasts) {
    this.login = login;
    this.toasts = toasts;
    this.sync = new Sync(this);
    this.deeds = new Deeds(this);
    this.caseDeeds = new CaseDeeds(this);
    this.actions = new Actions(this);
    this.extras = new Extras(this);
    this.viewing = new Viewing(this);
    this.browse = new Browse(this);
    this.duty = new Duty(this);
    this.shelf = new Shelf(this);
    this.watch = new Watch(this);
    this.notify = new Notify(this);
    this.place = new Place(this);
    this.api.onLoggedOut = () => this.loggedOut();
    this.api.unreachable = () => this.t.noServer;
    const keep = new Keep("remanso-console:");
    this.unread = new Unread(keep, this.model);
    this.outbox = this.#outbox(keep);
    this.#use(this.preferences.get("language") ?? preferred());
    addEventListener("storage", () => this.unread.refresh()); // read in another tab
    this.model.addEventListener("change", () => this.notify.title());
  }

  get t() {
    return WORDS[this.model.language];
  }

  get language() {
    return this.model.language;
  }

  /** @param {import("./types.d.ts").Language} language chosen by the agent, and kept */
  speak(language) {
    this.preferences.set("language", language);
    this.#use(language);
  }

  /** @param {import("./types.d.ts").Language} language */
  #use(language) {
    this.model.language = this.api.language = language;
    document.documentElement.lang = language;
    this.model.changed();
  }

  /** @param {Parameters<typeof nameOf>[0]} kind @param {unknown} code */
  name(kind, code) {
    return nameOf(kind, code, this.language);
  }

  /** @param {Pick<Row, "reason" | "reason_code" | "trigger">} row */
  reasonOf({ reason, reason_code, trigger }) {
    const named = this.model.rules?.reasons[reason_code]?.[this.language];
    return named ?? (reason === reason_code ? this.name("trigger", trigger) : reason);
  }

  /** @param {string} code of a team */
  teamOf(code) {
    return this.model.rules?.teams[code]?.[this.language] ?? code;
  }

  /** @param {string} code of a label, or a label that an agent made up */
  labelOf(code) {
    return this.model.rules?.labels?.[code]?.[this.language] ?? code;
  }

  /** @returns {Promise<import("./types.d.ts").DeskRules>} the rules of the desk, read once */
  async rules() {
    return (this.model.rules ??= await this.api.rules());
  }

  /** @param {Agent} agent who is logged in now */
  enter(agent) {
    if (this.model.agent && this.model.agent.username !== agent.username) {
      this.place.leave();
      location.reload(); // another person: nothing of the former one stays
      return;
    }
    if (this.api.factor === "required") {
      safety(this, (done) => (done ? this.enter(agent) : this.leave()));
      return;
    }
    for (const text of this.api.notices) this.toasts.show({ text, bad: true, stay: true });
    if (!this.model.agent) {
      const keep = new Keep(`remanso-console:${agent.username}`); // drafts and marks are the agent's
      this.unread = new Unread(keep, this.model);
      this.outbox = this.#outbox(keep);
    }
    this.model.agent = agent;
    this.place.go();
    this.sync.start();
    this.outbox.flushAll();
    this.model.changed();
  }

  /** The session is over: ask who it is; everything written stays. */
  loggedOut() {
    this.sync.live.stop();
    this.login.ask(this.model.agent ? this.t.expired : "");
  }

  async leave() {
    try {
      await this.api.logOut();
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "session")) {
        this.failed(error);
        return;
      }
    }
    this.place.leave();
    location.reload();
  }

  /** @param {unknown} error @param {{ quiet?: boolean }} [how] quiet: not when it was the network */
  failed(error, { quiet = false } = {}) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "session" || (quiet && error.status === 0)) return;
    this.toasts.show({ text: error.message, bad: true });
  }

  /**
   * Called before something is asked of the server: what it returns puts the cursor where the reply
   * is written, unless the agent has begun to write or to choose elsewhere meanwhile.
   *
   * @returns {(ref: string) => void}
   */
  thenReply() {
    const from = document.activeElement;
    const focus = (/** @type {string} */ ref) => {
      const at = document.activeElement;
      const elsewhere = at !== from && at?.closest("input, textarea, select, dialog");
      if (!elsewhere && this.model.selected === ref) document.getElementById("reply")?.focus();
    };
    return (ref) => queueMicrotask(() => focus(ref)); // drawn by then, and before the next key
  }

  /** @param {Parameters<import("./composer.js").ReplyComposer["write"]>} how */
  write(...how) {
    this.composer?.write(...how);
  }

  /** @param {Row} row whether this agent may write to its customer */
  mayWrite(row) {
    const { model } = this;
    const along = row.participants.some(({ username }) => username === model.agent?.username);
    const may = row.status === "claimed" && along && Boolean(model.rules?.participants_write);
    return model.isMine(row) || may;
  }

  /** @param {Keep} keep */
  #outbox(keep) {
    return new Outbox(keep, this.api, (ref, change) => {
      if (change) {
        this.model.put(change.ticket);
        this.model.add(ref, change.messages);
      }
      this.model.changed();
    });
  }
}
