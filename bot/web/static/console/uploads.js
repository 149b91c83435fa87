import { h } from "../shared/dom.js";
import { size } from "./attachments.js";

/**
 * Files on their way into a reply: each is sent to the server at once, and goes with the message.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").Attachment} Attachment
 * @typedef {{ key: number, name: string, size: number, made?: Attachment, failed?: string }} Upload
 */

export class Uploads {
  #all = /** @type {Map<string, Upload[]>} */ (new Map());
  #next = 1;

  /** @param {App} app @param {HTMLElement} list @param {() => void} told of every change */
  constructor(app, list, told) {
    this.app = app;
    this.list = list;
    this.told = told;
  }

  /** Take files that are chosen, or pasted into a field. */
  listen(
    /** @type {HTMLElement} */ button,
    /** @type {HTMLInputElement} */ chooser,
    /** @type {HTMLElement} */ field,
  ) {
    button.addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      this.#add([...(chooser.files ?? [])]);
      chooser.value = "";
    });
    field.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length && !button.hidden) this.#add(files);
    });
  }

  /** @param {string} ref @returns {Upload[]} */
  of(ref) {
    const held = this.#all.get(ref);
    if (held) return held;
    const kept = /** @type {Attachment[]} */ (this.app.outbox.keep.get(`files:${ref}`) ?? []);
    const all = kept.map((made) => ({ key: this.#next++, name: made.name, size: made.size, made }));
    this.#all.set(ref, all);
    return all;
  }

  /** Draw the files of a reply. @param {string} ref @returns {"busy" | "ready" | "none"} */
  show(ref) {
    const all = this.of(ref);
    const shown = JSON.stringify([this.app.language, all]);
    if (this.list.dataset.shown !== shown) {
      this.list.dataset.shown = shown;
      this.list.replaceChildren(...this.#lines(ref));
    }
    if (all.some(({ made, failed }) => !made && !failed)) return "busy";
    return all.some(({ made }) => made) ? "ready" : "none";
  }

  /** @param {string} ref @returns {Attachment[]} what is there, taken out to be sent */
  take(ref) {
    const made = this.of(ref).flatMap((each) => each.made ?? []);
    this.#put(ref, []);
    return made;
  }

  /** @param {File[]} files */
  #add(files) {
    const ref = this.app.model.selected;
    if (ref) for (const file of files) this.#send(ref, file);
  }

  /** @param {string} ref @returns {Node[]} */
  #lines(ref) {
    const { t, language } = this.app;
    return this.of(ref).map(({ key, name, size: bytes, made, failed }) => {
      const drop = () => this.#put(ref, this.of(ref).filter((each) => each.key !== key));
      const about = { type: "button", class: "plain", click: drop, "aria-keyshortcuts": "-" };
      const state = failed ?? (made ? size(bytes, language) : t.fileSending);
      return h(
        "li",
        { class: failed && "bad" },
        h("span", {}, `${name} · ${state}`),
        h("button", { ...about, "aria-label": t.fileDrop(name) }, "×"),
      );
    });
  }

  /** @param {string} ref @param {File} file */
  async #send(ref, file) {
    const upload = { key: this.#next++, name: file.name, size: file.size };
    this.#put(ref, [...this.of(ref), upload]);
    try {
      const path = `/tickets/${encodeURIComponent(ref)}/attachments`;
      const made = await this.app.api.upload(`${path}?name=${encodeURIComponent(file.name)}`, file);
      this.#change(ref, { ...upload, made });
    } catch (error) {
      const failed = error instanceof Error ? error.message : "";
      this.#change(ref, { ...upload, failed });
    }
  }

  /** @param {string} ref @param {Upload} upload */
  #change(ref, upload) {
    this.#put(ref, this.of(ref).map((each) => (each.key === upload.key ? upload : each)));
  }

  /** @param {string} ref @param {Upload[]} uploads */
  #put(ref, uploads) {
    this.#all.set(ref, uploads);
    const made = uploads.flatMap((each) => each.made ?? []);
    this.app.outbox.keep.set(`files:${ref}`, made.length ? made : null); // over a reload
    this.told();
  }
}
