import { h } from "../shared/dom.js";
import { newId } from "../shared/ids.js";
import { Refusal } from "../widget/api.js";
import { show } from "../widget/after/files.js";
import { Uploads } from "../widget/after/uploads.js";
import { sayShort } from "./sections.js";

/** @typedef {import("../shared/api.d.ts").Message} Message */

/** The messages of the case, and the field for one more: the same conversation as in the chat. */
export class Chat {
  #rows = /** @type {Map<number, HTMLElement>} */ (new Map());
  #id = newId(); // of the message in the field: sent twice is received once
  #tried = ""; // what was sent under that id

  /**
   * @param {import("./model.js").Case} model
   * @param {import("./words.js").Words} t
   * @param {"es" | "en"} language
   */
  constructor(model, t, language) {
    this.model = model;
    this.t = t;
    this.language = language;
    this.list = h("div", { class: "messages", role: "log", tabindex: "0" });
    this.field = h("textarea", {
      id: "message",
      rows: "3",
      maxlength: "4000",
      input: () => this.#measure(),
    });
    this.problem = h("p", { class: "problem", role: "alert" });
    this.uploads = new Uploads(/** @type {any} */ ({ model, language }), () => this.#measure());
    const chooser = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      accept: ".png,.jpg,.jpeg,.webp,.gif,.pdf,.txt",
      change: () => {
        this.uploads.add([...(chooser.files ?? [])]);
        chooser.value = "";
      },
    });
    this.attach = h("button", { type: "button", click: () => chooser.click() });
    this.button = h("button", { class: "main", type: "submit", disabled: true });
    this.title = h("h2", { id: "h-chat" });
    this.label = h("label", { for: "message" });
    this.element = h(
      "section",
      { class: "card chat", "aria-labelledby": "h-chat" },
      this.title,
      this.list,
      h(
        "form",
        { submit: (/** @type {Event} */ event) => this.#submit(event) },
        this.label,
        this.uploads.element,
        this.field,
        this.problem,
        h("div", { class: "forms" }, this.button, this.attach, chooser),
      ),
    );
    this.speak(t, language);
  }

  /**
   * Say everything in another language; what was typed and chosen stays.
   *
   * @param {import("./words.js").Words} t
   * @param {"es" | "en"} language
   */
  speak(t, language) {
    this.t = t;
    this.language = language;
    this.title.textContent = t.messages;
    this.list.setAttribute("aria-label", t.messages);
    this.label.textContent = t.field;
    this.field.placeholder = t.placeholder;
    this.button.textContent = t.send;
    this.attach.textContent = t.attach;
    this.problem.textContent = "";
    this.uploads.speak(language);
    this.#rows.clear();
    this.list.replaceChildren();
  }

  render() {
    const { list } = this;
    const end = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    let grown = false;
    let before = /** @type {HTMLElement | null} */ (null);
    for (const message of this.model.list) {
      let row = this.#rows.get(message.id);
      if (!row) {
        row = this.#row(message);
        list.insertBefore(row, before ? before.nextSibling : list.firstChild); // not last, if overtaken
        this.#rows.set(message.id, row);
        grown = true;
      }
      before = row;
    }
    if (grown && end) list.scrollTop = list.scrollHeight;
  }

  #measure() {
    const text = this.field.value.trim();
    this.button.disabled = this.uploads.busy || !(text || this.uploads.ready);
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const { t } = this;
    if (this.button.disabled) return;
    const text = this.field.value.trim();
    const said = { text: text || undefined, attachments: this.uploads.done().map(({ id }) => id) };
    const tried = JSON.stringify(said);
    if (this.#tried && tried !== this.#tried) this.#id = newId(); // it says something else now
    this.#tried = tried;
    this.button.disabled = true;
    this.field.readOnly = true; // what is typed now would be lost with what is sent
    this.problem.textContent = "";
    try {
      await this.model.ask("/messages?wait=0", { client_id: this.#id, ...said });
      this.#id = newId();
      this.#tried = "";
      this.field.value = "";
      this.uploads.take();
    } catch (error) {
      this.problem.textContent = (error instanceof Refusal && error.text) || t.notSent;
    }
    this.field.readOnly = false;
    this.#measure();
    const { activeElement: at } = document;
    if (at === document.body || at === this.button) this.field.focus();
  }

  /** @param {Message} message */
  #row({ author, name, text, at, language, attachments }) {
    const { t } = this;
    const who = { customer: t.you, bot: t.bot, agent: name ?? t.somebody, system: t.system }[author];
    const files = attachments?.length ? h("ul", { class: "files" }) : null;
    if (files) show(files, attachments ?? [], /** @type {any} */ ({ model: this.model, language: this.language }));
    return h(
      "article",
      { class: author },
      h("p", { class: "from" }, h("b", {}, who), " ", h("time", { datetime: at }, sayShort(at, this.language))),
      text && h("p", { class: "text", lang: language ?? undefined }, text),
      files,
    );
  }
}
