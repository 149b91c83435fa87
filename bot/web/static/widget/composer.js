import { h, icon, set } from "../shared/dom.js";

/** @typedef {import("./view.js").View} View */

const LINES = 5;
const CLIP = "M8 12.5l6-6a3 3 0 0 1 4.2 4.2l-8 8a5 5 0 0 1-7-7l7.5-7.5";

/** Where the customer writes. Enter sends, Shift and Enter break the line. */
export class Composer {
  limit = 4000;
  #told = 0;
  #waiting = 0; // files that were chosen, and what sends them has yet to be fetched

  /** @type {import("./after/uploads.js").Uploads | undefined} */
  uploads;

  /**
   * @param {object} on
   * @param {(text: string, files: import("../shared/api.d.ts").Attachment[]) => void} on.send
   * @param {(on: boolean) => void} on.typing
   * @param {(text: string) => void} on.draft
   * @param {(files: File[]) => void} on.files chosen, dropped or pasted
   */
  constructor(on) {
    this.on = on;
    this.field = h("textarea", {
      rows: "1",
      enterkeyhint: "send",
      "aria-describedby": "count",
      input: () => this.#input(),
      blur: () => this.#typing(false),
      keydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      paste: (/** @type {ClipboardEvent} */ event) => {
        const files = [...(event.clipboardData?.files ?? [])];
        if (!files.length) return;
        event.preventDefault();
        on.files(files);
      },
    });
    this.chooser = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      tabindex: "-1",
      accept: ".png,.jpg,.jpeg,.webp,.gif,.pdf,.txt",
      change: () => {
        on.files([...(this.chooser.files ?? [])]);
        this.chooser.value = "";
      },
    });
    this.clip = h(
      "button",
      { class: "plain", type: "button", click: () => this.chooser.click() },
      icon(CLIP),
    );
    this.tray = h("div");
    this.count = h("p", { class: "count", id: "count", role: "status" });
    this.button = h("button", { class: "send", type: "submit" }, icon("M12 19V5M6 11l6-6 6 6"));
    this.element = h(
      "form",
      { class: "composer", submit: (/** @type {Event} */ event) => this.#submit(event) },
      this.count,
      this.tray,
      h("div", { class: "box" }, this.chooser, this.clip, this.field, this.button),
    );
  }

  /** @param {View} view */
  render({ model, t, language }) {
    this.t = t;
    this.uploads?.speak(language);
    this.limit = model.info?.messages_limit ?? this.limit;
    this.field.placeholder = model.info?.status === "ended" ? t.again : t.placeholder;
    this.field.setAttribute("aria-label", t.field);
    this.button.setAttribute("aria-label", t.send);
    this.clip.setAttribute("aria-label", t.attach);
    this.#measure();
  }

  /** @param {string} text */
  fill(text) {
    this.field.value = text;
    this.#input();
  }

  focus() {
    this.field.focus();
  }

  /** @param {1 | -1} more files that are on their way here, or are here */
  waits(more) {
    this.#waiting += more;
    this.#measure();
  }

  /** Files began or ended their way to the server. */
  changed() {
    this.#measure();
  }

  #input() {
    this.on.draft(this.field.value);
    this.#typing(Boolean(this.field.value.trim()));
    this.#measure();
  }

  #measure() {
    const { field, t } = this;
    const length = [...field.value.trim()].length;
    const left = this.limit - length;
    const over = left < 0;
    const text = over ? t?.over(-left) : left < this.limit / 10 ? t?.left(left) : "";
    if (this.count.textContent !== text) this.count.textContent = text ?? "";
    this.count.classList.toggle("over", over);
    set(field, "aria-invalid", over && "true");
    const { busy = false, ready = false } = this.uploads ?? {};
    this.button.disabled = over || busy || this.#waiting > 0 || !(length || ready);
    field.style.height = "auto";
    const { lineHeight, paddingTop } = getComputedStyle(field);
    const most = parseFloat(lineHeight) * LINES + 2 * parseFloat(paddingTop);
    field.style.height = `${Math.min(field.scrollHeight, most)}px`;
    field.style.overflowY = field.scrollHeight > most ? "auto" : "hidden";
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this.#submit(event);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (this.button.disabled) return;
    this.on.send(text, this.uploads?.take() ?? []);
    this.fill("");
    this.focus();
  }

  /** @param {boolean} on told at most every three seconds */
  #typing(on) {
    const now = Date.now();
    if (on ? now - this.#told < 3000 : !this.#told) return;
    this.#told = on ? now : 0;
    this.on.typing(on);
  }
}
