/** Values kept in the browser under one name; in memory where the browser keeps nothing. */
export class Keep {
  #memory = /** @type {Map<string, string>} */ (new Map());
  /** @type {Storage | null} */
  #storage = null;

  /** @param {string} name */
  constructor(name) {
    this.prefix = `${name}:`;
    try {
      this.#storage = globalThis.localStorage;
      this.#storage.setItem(this.prefix, "");
      this.#storage.removeItem(this.prefix);
    } catch {
      this.#storage = null; // blocked, or full
    }
  }

  /**
   * @param {string} key
   * @returns {any} the value, or null
   */
  get(key) {
    const text = this.#storage?.getItem(this.prefix + key) ?? this.#memory.get(key);
    try {
      return JSON.parse(text ?? "null");
    } catch {
      return null;
    }
  }

  /**
   * @param {string} key
   * @param {unknown} value null forgets it
   */
  set(key, value) {
    this.#memory.delete(key);
    try {
      if (value === null) this.#storage?.removeItem(this.prefix + key);
      else this.#storage?.setItem(this.prefix + key, JSON.stringify(value));
    } catch {
      this.#memory.set(key, JSON.stringify(value)); // full: this page still remembers
      return;
    }
    if (!this.#storage && value !== null) this.#memory.set(key, JSON.stringify(value));
  }

  /**
   * @param {string} start
   * @returns {string[]} the keys that begin with it
   */
  keys(start) {
    const stored = this.#storage ? Object.keys(this.#storage) : [];
    const ours = stored.filter((key) => key.startsWith(this.prefix));
    const names = ours.map((key) => key.slice(this.prefix.length));
    return [...names, ...this.#memory.keys()].filter((key) => key.startsWith(start));
  }
}
