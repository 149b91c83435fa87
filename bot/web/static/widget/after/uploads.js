import { h } from "../../shared/dom.js";
import { size } from "./files.js";
import { words } from "./words.js";

/**
 * @typedef {import("../../shared/api.d.ts").Attachment} Attachment
 * @typedef {object} Item A file on its way.
 * @property {HTMLElement} row
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
    const { language } = this.view;
    const w = words[language];
    const name = file.name || "imagen.png"; // pasted pictures have none in some browsers
    const bar = h("progress", { max: "100", value: "0", "aria-label": name });
    const state = h("span", { class: "size", role: "status" });
    const remove = h(
      "button",
      { type: "button", class: "plain", "aria-label": w.remove(name), click: () => this.#remove(item) },
      "×",
    );
    const said = h("span", { class: "filename" }, name);
    const row = h("li", {}, h("div", { class: "about" }, said, state, bar), remove);
    const item = /** @type {Item} */ ({ row });
    this.#items.push(item);
    this.element.append(row);
    /** @param {string} text */
    const refuse = (text) => {
      item.failed = true;
      bar.remove();
      state.textContent = text;
      state.className = "problem";
      this.changed();
    };
    const limit = this.view.model.info?.attachment_limit ?? LIMIT;
    if (!file.size) refuse(w.emptyFile);
    else if (file.size > limit) refuse(w.tooLarge(size(file.size, language), size(limit, language)));
    else {
      state.textContent = w.uploading(0);
      this.#send(file, name, item, { bar, state, refuse }).catch(() => refuse(w.failed));
    }
  }

  /**
   * @param {File} file
   * @param {string} name
   * @param {Item} item
   * @param {{ bar: HTMLProgressElement, state: HTMLElement, refuse: (text: string) => void }} shown
   */
  async #send(file, name, item, { bar, state, refuse }) {
    const { model, language } = this.view;
    const w = words[language];
    const { id, token } = await model.session();
    const request = new XMLHttpRequest(); // fetch tells nothing of its progress
    item.request = request;
    request.open("POST", `${model.api.root}/${id}/attachments?name=${encodeURIComponent(name)}`);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => {
      const share = Math.round((100 * loaded) / (total || 1));
      bar.value = share;
      if (share % 10 === 0) state.textContent = w.uploading(share);
    };
    request.onerror = () => refuse(w.failed);
    request.onload = () => {
      const answer = read(request.responseText);
      if (request.status !== 201) return refuse(answer.error?.text || w.failed);
      item.done = { id: answer.id, name: answer.name, type: answer.type, size: answer.size };
      bar.remove();
      state.textContent = `${w.uploaded}, ${size(answer.size, language)}`;
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
