import { backoff } from "../shared/ids.js";

const SILENCE = 25000; // ms without a word before we ask
const PATIENCE = 7000; // ms a socket has to open, or to answer that question
const LOGGED_OUT = 4401;

/**
 * @typedef {object} Ears
 * @property {(frame: any) => void} receive
 * @property {(up: boolean) => void} status
 * @property {() => void} loggedOut
 */

/** The console's socket: comes back by itself, ever more slowly while nothing answers. */
export class Live {
  /** @type {WebSocket | null} */
  #socket = null;
  #running = false;
  #wake = () => {};
  #hangUp = () => {};

  /** @param {Ears} ears */
  constructor(ears) {
    this.ears = ears;
    addEventListener("online", () => this.nudge());
    addEventListener("offline", () => this.#hangUp());
    document.addEventListener("visibilitychange", () => document.hidden || this.nudge());
  }

  async run() {
    if (this.#running) return;
    this.#running = true;
    for (let failures = 0; this.#running;) {
      const { code, lived } = await this.#listen();
      if (!this.#running) return;
      if (code === LOGGED_OUT) {
        this.#running = false;
        this.ears.loggedOut();
        return;
      }
      failures = lived ? 1 : failures + 1;
      await this.#sleep(backoff(failures));
    }
  }

  stop() {
    this.#running = false;
    this.#hangUp();
    this.#wake();
  }

  /** Try again at once. */
  nudge() {
    this.#wake();
  }

  /** @param {object} frame lost if there is no socket: only for what is not worth keeping */
  tell(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** @param {number} ms */
  #sleep(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(null);
      };
    });
  }

  /** @returns {Promise<{ code: number, lived: boolean }>} when the socket is gone */
  #listen() {
    return new Promise((resolve) => {
      const scheme = location.protocol === "https:" ? "wss" : "ws";
      const socket = new WebSocket(`${scheme}://${location.host}/console/live`);
      this.#socket = socket;
      let heard = Date.now();
      let ready = false;
      let asked = false;
      const done = (/** @type {number} */ code) => {
        clearInterval(watch);
        this.#hangUp = () => {};
        socket.onmessage = socket.onclose = null;
        socket.close();
        this.#socket = null;
        if (code !== LOGGED_OUT) this.ears.status(false);
        resolve({ code, lived: ready });
      };
      const watch = setInterval(() => {
        const silent = Date.now() - heard;
        if (silent > (ready ? SILENCE + PATIENCE : PATIENCE)) done(0);
        else if (ready && silent > SILENCE && !asked) {
          asked = true;
          this.tell({ type: "ping" });
        }
      }, 1000);
      this.#hangUp = () => done(0);
      socket.onclose = (event) => done(event.code);
      socket.onmessage = (event) => {
        heard = Date.now();
        asked = false;
        const frame = JSON.parse(event.data);
        if (frame.type === "ready") {
          ready = true;
          this.ears.status(true);
        }
        this.ears.receive(frame);
      };
    });
  }
}
