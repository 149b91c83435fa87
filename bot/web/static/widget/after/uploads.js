import { h } from "../../shared/dom.js";
import { size } from "./files.js";
import { words } from "./words.js";

/**
 * @typedef {import("../../shared/api.d.ts").Attachment} Attachment
 * @typedef {(w: import("./words.js").Words, language: string) => string} Saying
 * @typedef {object} Item A file on its way.
 * @property {HTMLElement} row
 * @property {() => void} speak says how it is, in the language of the view
 * @property {XMLHttpRequest} [request]
 * @property {Attachment} [done]
 * @property {boolean} [failed]
 */

const LIMIT = 10_000_000; // bytes, where the server has not said otherwise

/** The files that will go with the next message, above the field. */
export class Uploads {
  #items = /** @type {Item[]} */ ([]);

  /**
   * @param {import("../view.js").View} view
   * @param {() => void} changed
   */
  constructor(view, changed) {
    this.view = view;
    this.changed = changed;
    this.element = h("ul", { class: "uploads" });
  }

  /** Whether a file is still on its way. */
  get busy() {
    return this.#items.some((item) => !item.done && !item.failed);
  }

  /** Whether there is a file to send. */
  get ready() {
    return this.#items.some((item) => item.done);
  }

  /** @param {"es" | "en"} language of everything that is said from now on */
  speak(language) {
    if (language === this.view.language) return;
    this.view = { ...this.view, language };
    for (const { speak } of this.#items) speak();
  }

  /** @param {File[]} files */
  add(files) {
    for (const file of files) this.#begin(file);
    this.changed();
  }

  /** @returns {Attachment[]} what is there to be sent */
  done() {
    return this.#items.map(({ done }) => done).filter((done) => done !== undefined);
  }

  /** @returns {Attachment[]} what goes with a message; the list is empty afterwards */
  take() {
    const taken = this.done();
    this.#items = [];
    this.element.replaceChildren();
    this.changed();
    return taken;
  }

  /** @param {File} file */
  #begin(file) {
    const name = file.name || "imagen.png"; // pasted pictures have none in some browsers
    const bar = h("progress", { max: "100", value: "0", "aria-label": name });
    const state = h("span", { class: "size", role: "status" });
    const remove = h(
      "button",
      { type: "button", class: "plain", click: () => this.#remove(item) },
      "×",
    );
    const said = h("span", { class: "filename" }, name);
    const row = h("li", {}, h("div", { class: "about" }, said, state, bar), remove);
    /** @type {Saying} */
    let told = (w) => w.uploading(0);
    const speak = () => {
      const { language } = this.view;
      remove.setAttribute("aria-label", words[language].remove(name));
      state.textContent = told(words[language], language);
    };
    const say = (/** @type {Saying} */ what) => {
      told = what;
      speak();
    };
    const item = /** @type {Item} */ ({ row, speak });
    this.#items.push(item);
    this.element.append(row);
    const refuse = (/** @type {Saying} */ why) => {
      item.failed = true;
      bar.remove();
      state.className = "problem";
      say(why);
      this.changed();
    };
    speak();
    const limit = this.view.model.info?.attachment_limit ?? LIMIT;
    if (!file.size) refuse((w) => w.emptyFile);
    else if (file.size > limit) refuse((w, l) => w.tooLarge(size(file.size, l), size(limit, l)));
    else this.#send(file, name, item, { bar, say, refuse }).catch(() => refuse((w) => w.failed));
  }

  /**
   * @param {File} file
   * @param {string} name
   * @param {Item} item
   * @param {{ bar: HTMLProgressElement, say: (what: Saying) => void, refuse: (why: Saying) => void }} shown
   */
  async #send(file, name, item, { bar, say, refuse }) {
    const { model } = this.view;
    const { id, token } = await model.session();
    const request = new XMLHttpRequest(); // fetch tells nothing of its progress
    item.request = request;
    request.open("POST", `${model.api.root}/${id}/attachments?name=${encodeURIComponent(name)}`);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => {
      const share = Math.round((100 * loaded) / (total || 1));
      bar.value = share;
      if (share % 10 === 0) say((w) => w.uploading(share));
    };
    request.onerror = () => refuse((w) => w.failed);
    request.onload = () => {
      const answer = read(request.responseText);
      if (request.status !== 201) return refuse((w) => answer.error?.text || w.failed);
      item.done = { id: answer.id, name: answer.name, type: answer.type, size: answer.size };
      bar.remove();
      say((w, language) => `${w.uploaded}, ${size(answer.size, language)}`);
      this.changed();
    };
    request.send(file);
  }

  /** @param {Item} item */
  #remove(item) {
    item.request?.abort();
    item.row.remove();
    this.#items = this.#items.filter((other) => other !== item);
    this.changed();
  }
}

/**
 * @param {string} text
 * @returns {any}
 */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
