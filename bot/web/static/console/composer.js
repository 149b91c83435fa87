import { set } from "../shared/dom.js";
import { Completion } from "./complete.js";
import { part, text } from "./dom.js";
import { put, selectGap } from "./field.js";
import { Remarks, acceptFirst } from "./findings.js";
import { instead } from "./instead.js";
import { Piece } from "./piece.js";
import { SuggestPanel, options } from "./suggest.js";
import { Typing } from "./typing.js";
import { Uploads } from "./uploads.js";
import { WordCheck } from "./wordcheck.js";

const LIMIT = 4000; // characters the server takes
const TALLEST = 220; // px

/** @typedef {"reply" | "note"} Mode */

/** Where the agent writes, to the customer or to colleagues: Enter sends, Shift and Enter break. */
export class ReplyComposer extends Piece {
  /** @override */
  static template = "composer";
  #ref = "";
  #mode = /** @type {Mode} */ ("reply");
  #held = ""; // what was held back once because of its wording: pressing again sends it
  #busy = false;
  #answers = false; // the note answers a question that a colleague asked

  /** @override */
  ready() {
    const { on } = this;
    const field = part(this, "field", HTMLTextAreaElement);
    this.field = field;
    this.button = part(this, "send", HTMLButtonElement);
    this.typing = new Typing(on);
    this.remarks = new Remarks(on, field, this);
    this.check = new WordCheck(on, () => this.render());
    this.uploads = new Uploads(on, part(this, "files"), () => this.#measure());
    this.uploads.listen(part(this, "attach"), part(this, "file", HTMLInputElement), field);
    this.panel = new SuggestPanel(on, part(this, "suggest"), part(this, "panel"), (words) =>
      this.#use(words),
    );
    this.list = new Completion(field, part(this, "options"), (mark, wanted) =>
      (mark === "/") === (this.#mode === "reply") ? options(on, this.#ref, mark, wanted) : [],
    );
    field.addEventListener("input", () => this.#input());
    field.addEventListener("blur", () => this.typing?.off());
    field.addEventListener("keydown", (event) => this.#key(event));
    part(this, "form").addEventListener("submit", (event) => this.#send(event));
    part(this, "anyway").addEventListener("click", (event) => this.#send(event));
    part(this, "to-reply").addEventListener("click", () => this.write("reply"));
    part(this, "to-note").addEventListener("click", () => this.write("note"));
    addEventListener("storage", () => this.#fromElsewhere());
  }

  /** @param {Mode} mode @param {string} [words] to begin with @param {boolean} [answers] one */
  write(mode, words = "", answers = false) {
    this.#to(mode);
    this.#answers = answers;
    this.on.model.changed();
    queueMicrotask(() => this.#cursor(words)); // before the next key, which may be its first letter
    requestAnimationFrame(() => this.#cursor(words)); // a menu or dialog gave the focus back
  }

  /** @param {string} words */
  #cursor(words) {
    const { field } = this;
    if (!field || field.offsetParent === null) return;
    field.focus();
    const end = field.value.length;
    if (words && !field.value.includes(words)) put(field, end, end, words);
  }

  /** @override */
  render() {
    const { model, outbox, extras } = this.on;
    const { row } = model;
    if (!row || !this.field) return;
    if (this.#ref !== row.ref) {
      this.typing?.off();
      this.#ref = row.ref;
      this.#to(outbox.keep.get(`mode:${row.ref}`) ?? "reply");
    }
    const reply = this.#mode === "reply";
    const may = this.on.mayWrite(row);
    part(this, "form").hidden = reply && !may;
    part(this, "instead").hidden = !reply || may;
    this.#names(reply, row);
    if (reply && !may) instead(this.on, part(this, "instead"), row);
    else this.#measure();
    if (!reply) extras.get("agents");
    else if (may) extras.get("suggestions", row.ref);
    if (reply && may) this.check?.watch(row.ref, this.field.value);
    this.panel?.render(row.ref);
    this.list?.fetched();
  }

  /** Say to whom is written. @param {boolean} reply @param {import("./types.d.ts").Row} row */
  #names(reply, { customer }) {
    const { t, field, button } = this;
    if (!field || !button) return;
    this.classList.toggle("noting", !reply);
    set(part(this, "to-reply"), "aria-pressed", String(reply));
    set(part(this, "to-note"), "aria-pressed", String(!reply));
    text(part(this, "label"), reply ? t.replyLabel : t.noteLabel);
    const name = customer ? t.reply(customer) : t.replyGuest;
    field.placeholder = reply ? name : t.notePlaceholder;
    part(this, "suggest").hidden = part(this, "attach").hidden = !reply;
    text(button, reply ? t.send : t.saveNote);
  }

  /** @param {Mode} mode */
  #to(mode) {
    const { outbox } = this.on;
    this.#mode = mode;
    this.#answers = false;
    this.#held = "";
    outbox.keep.set(`mode:${this.#ref}`, mode === "note" ? mode : null);
    this.panel?.close();
    this.list?.close();
    if (this.field) this.field.value = outbox.draft(this.#ref, mode);
    text(part(this, "error"), "");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { field } = this;
    if (!field || event.isComposing || this.list?.press(event)) return;
    if (event.key === "Escape") field.blur();
    if (event.key === "Enter" && event.altKey) {
      if (acceptFirst(field, this.#findings())) event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey) this.#send(event);
  }

  #input() {
    const value = this.field?.value ?? "";
    const reply = this.#mode === "reply";
    this.on.outbox.setDraft(this.#ref, value, this.#mode);
    if (value.trim()) this.typing?.on(this.#ref, reply);
    else this.typing?.off();
    if (value.trim() !== this.#held) this.#held = "";
    text(part(this, "error"), "");
    if (reply) this.check?.watch(this.#ref, value);
    this.#measure();
  }

  /** @returns {import("./case.d.ts").Finding[]} */
  #findings() {
    if (this.#mode !== "reply") return [];
    return this.check?.of(this.#ref, this.field?.value ?? "") ?? [];
  }

  #measure() {
    const { field, button, uploads, t } = this;
    if (!field || !button) return;
    const reply = this.#mode === "reply";
    const over = [...field.value.trim()].length - LIMIT;
    const hint = part(this, "hint");
    text(hint, over > 0 ? t.over(over) : reply ? t.hint : t.noteHint);
    hint.classList.toggle("bad", over > 0);
    set(field, "aria-invalid", over > 0);
    const files = reply && uploads ? uploads.show(this.#ref) : "none";
    const full = field.value.trim() !== "" || files === "ready";
    button.disabled = this.#busy || over > 0 || !full || files === "busy";
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, TALLEST)}px`;
    const held = this.#held !== "" && this.#held === field.value.trim();
    this.remarks?.show(this.#findings(), held);
  }

  /** @param {Event} event */
  async #send(event) {
    event.preventDefault();
    const { field } = this;
    if (!field || this.#busy || this.button?.disabled) return;
    const said = field.value.trim();
    const ref = this.#ref;
    if (this.#mode === "note") return this.#note(ref, said);
    if (said && said !== this.#held && (await this.#holds(ref, field))) return;
    this.#clear();
    this.on.outbox.send(ref, said, this.uploads?.take(ref));
    field.focus();
  }

  /** @param {string} ref @param {HTMLTextAreaElement} field whether the reply is not to go now */
  async #holds(ref, field) {
    const { value } = field;
    this.#busy = true;
    const findings = (await this.check?.before(ref, value)) ?? [];
    this.#busy = false;
    const changed = ref !== this.#ref || this.#mode !== "reply" || value !== field.value;
    if (!changed && findings.length) this.#held = value.trim();
    if (changed || findings.length) this.#measure();
    return changed || findings.length > 0;
  }

  /** @param {string} ref @param {string} said */
  async #note(ref, said) {
    this.#busy = true;
    this.#measure();
    const kind = this.#answers ? "answer" : "note";
    const outcome = await this.on.caseDeeds.note(ref, said, kind);
    this.#busy = false;
    const here = ref === this.#ref && this.#mode === "note" && this.field?.value.trim() === said;
    if (outcome.done && here) this.#clear();
    else if (outcome.done && this.on.outbox.draft(ref, "note").trim() === said)
      this.on.outbox.setDraft(ref, "", "note");
    this.#measure();
    text(part(this, "error"), outcome.done ? "" : outcome.why);
  }

  #clear() {
    if (this.field) this.field.value = "";
    this.#held = "";
    this.#answers = false;
    this.panel?.close();
    this.#input();
  }

  /** @param {string} words of a suggestion, written at the end */
  #use(words) {
    const { field } = this;
    if (!field) return;
    const at = field.value.length;
    const gap = at && !/\s$/.test(field.value) ? " " : "";
    put(field, at, at, gap + words);
    selectGap(field, at + gap.length, words);
  }

  /** A draft that was changed in another tab is taken over while nobody writes here. */
  #fromElsewhere() {
    if (!this.field || document.activeElement === this.field || !this.#ref) return;
    this.field.value = this.on.outbox.draft(this.#ref, this.#mode);
    this.#measure();
  }
}
