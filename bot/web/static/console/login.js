import { set } from "../shared/dom.js";
import { ApiError } from "./api.js";
import { part, text } from "./dom.js";
import { Piece } from "./piece.js";

/** Asks who it is: at the start, and over the open console when the session has ended. */
export class ConsoleLogin extends Piece {
  /** @override */
  static template = "login";
  #why = "";
  #error = "";
  #busy = false;
  #until = 0; // when the next try is allowed
  #asked = false; // the password was right, and a code is needed too

  /** @override */
  ready() {
    this.form = part(this, "form", HTMLFormElement);
    this.dialog = part(this, "dialog", HTMLDialogElement);
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#field("show").addEventListener("change", () => {
      this.#field("password").type = this.#field("show").checked ? "text" : "password";
    });
    part(this, "language").addEventListener("click", () => {
      this.on.speak(this.on.language === "es" ? "en" : "es");
    });
    setInterval(() => this.#until && this.render(), 500);
  }

  /** @param {string} why what to say first */
  ask(why) {
    this.#why = why;
    if (!this.dialog?.open) this.dialog?.showModal();
    const known = this.on.model.agent?.username;
    if (known) this.#field("username").value = known;
    this.#field(known ? "password" : "username").focus();
    this.draw();
  }

  /** @override */
  render() {
    const { t } = this;
    const wait = Math.ceil((this.#until - Date.now()) / 1000);
    if (wait <= 0 && this.#until) {
      this.#until = 0;
      this.#error = "";
    }
    text(part(this, "why"), this.#why);
    text(part(this, "error"), this.#error);
    const enter = part(this, "enter", HTMLButtonElement);
    text(enter, this.#busy ? t.entering : wait > 0 ? t.waitSeconds(wait) : t.enter);
    enter.disabled = this.#busy || wait > 0;
    const language = part(this, "language");
    text(language, t.other);
    set(language, "aria-label", t.otherLabel);
    set(language, "lang", this.on.language === "es" ? "en" : "es");
    part(this, "second").hidden = !this.#asked;
    for (const name of ["username", "password", "code"]) {
      set(this.#field(name), "aria-invalid", Boolean(this.#error) && !this.#until);
    }
  }

  async #submit() {
    const username = this.#field("username").value.trim();
    const password = this.#field("password").value;
    const code = this.#asked ? this.#field("code").value.trim() : "";
    if (this.#busy || this.#until) return;
    if (!username || !password) {
      this.#refuse(this.t.fillBoth, username ? "password" : "username");
      return;
    }
    if (this.#asked && !code) {
      this.#refuse(this.t.codeMissing, "code");
      return;
    }
    this.#busy = true;
    this.render();
    try {
      const agent = await this.on.api.logIn({ username, password, code });
      this.form?.reset();
      this.#asked = false;
      this.#field("password").type = "password";
      this.#error = "";
      this.dialog?.close();
      this.on.enter(agent);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 429) this.#until = Date.now() + error.seconds * 1000;
      const coded = error.code === "second_factor" || error.code === "wrong_code";
      this.#asked = coded || (this.#asked && error.status === 429);
      if (!this.#asked) this.#field("code").value = "";
      this.#refuse(error.message, coded ? "code" : "password");
    } finally {
      this.#busy = false;
      this.render();
    }
  }

  /** @param {string} why @param {string} name of the field to look at */
  #refuse(why, name) {
    this.#error = ""; // so that the same words are spoken again
    this.render();
    this.#error = why;
    this.#field(name).focus();
    if (name !== "username") this.#field(name).select();
    this.render();
  }

  /** @param {string} name @returns {HTMLInputElement} */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.form?.elements.namedItem(name));
  }
}
