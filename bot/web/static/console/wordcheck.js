/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").Finding} Finding
 */

const REST = 450; // ms without a key before what is written is looked at
const PATIENCE = 1500; // ms that sending waits for the look; then it goes as it is

/** Asks the server what in a reply may inflame this customer, a little behind the keys. */
export class WordCheck {
  #timer = 0;
  #asked = 0;
  #known = { ref: "", text: "", level: "", findings: /** @type {Finding[]} */ ([]) };

  /** @param {App} app @param {() => void} told called when something is known */
  constructor(app, told) {
    this.app = app;
    this.told = told;
  }

  /** @param {string} ref @param {string} text that is being written */
  watch(ref, text) {
    clearTimeout(this.#timer);
    if (this.#knows(ref, text)) return;
    this.#timer = setTimeout(() => this.#ask(ref, text), text.trim() ? REST : 0);
  }

  /** @param {string} ref @param {string} text @returns {Finding[]} of this very text */
  of(ref, text) {
    return this.#known.ref === ref && this.#known.text === text ? this.#known.findings : [];
  }

  /** @param {string} ref @param {string} text @returns {Promise<Finding[]>} before it is sent */
  async before(ref, text) {
    clearTimeout(this.#timer);
    if (this.#knows(ref, text) || this.app.model.link !== "live") return this.of(ref, text);
    const late = new Promise((done) => setTimeout(done, PATIENCE, []));
    return Promise.race([this.#ask(ref, text), late]);
  }

  /** How the customer feels: another level, another look. @param {string} ref */
  #level(ref) {
    return this.app.model.rows.get(ref)?.frustration.level ?? "";
  }

  /** @param {string} ref @param {string} text */
  #knows(ref, text) {
    const known = this.#known;
    return known.ref === ref && known.text === text && known.level === this.#level(ref);
  }

  /** @param {string} ref @param {string} text @returns {Promise<Finding[]>} none where it fails */
  async #ask(ref, text) {
    const asked = ++this.#asked;
    const level = this.#level(ref);
    let findings = /** @type {Finding[]} */ ([]);
    if (text.trim()) {
      const path = `/tickets/${encodeURIComponent(ref)}/check`;
      const answer = await this.app.api.call("POST", path, { text }).catch(() => null);
      if (!answer) return []; // a reply is never held up by a check that fails
      findings = answer.findings;
    }
    if (asked === this.#asked) {
      this.#known = { ref, text, level, findings };
      this.told();
    }
    return findings;
  }
}
