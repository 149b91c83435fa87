const TOLD = 3000; // ms between two words that we are typing
const REST = 5000; // ms without a key after which we no longer are

/** Tells customer and colleagues that the agent writes: now and then, and once when it ends. */
export class Typing {
  #told = 0;
  #resting = 0;
  #ref = "";

  /** @param {import("./app.js").App} app */
  constructor(app) {
    this.app = app;
  }

  /** @param {string} ref @param {boolean} customer whether it is the customer to whom */
  on(ref, customer) {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.off(), REST);
    const now = Date.now();
    if (now - this.#told < TOLD) return;
    this.#told = now;
    this.#ref = ref;
    this.app.viewing.types(true);
    if (customer) this.#tell(true);
  }

  off() {
    clearTimeout(this.#resting);
    if (!this.#told) return;
    this.#told = 0;
    this.app.viewing.types(false);
    this.#tell(false);
  }

  /** @param {boolean} on */
  #tell(on) {
    this.app.sync.live.tell({ type: "typing", ref: this.#ref, on });
  }
}
