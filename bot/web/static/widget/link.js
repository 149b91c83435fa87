import { backoff } from "../shared/ids.js";

/**
 * @typedef {import("../shared/api.d.ts").Session} Session
 * @typedef {object} Ears What a link needs from the conversation it serves.
 * @property {() => Promise<Session>} session
 * @property {() => number} after id of the last message that surely arrived in order
 * @property {(session: Session, frame: any) => void} receive
 * @property {(up: boolean) => void} status
 * @property {(error: unknown, session?: Session) => void} failed
 */

const POLL = 3000; // ms between looks where no socket gets through
const SILENCE = 25000; // ms without a word before we ask
const PATIENCE = 7000; // ms a socket has to become ready, or to answer that question

/** Keeps the customer's page in step with the server: a socket, or polling where none works. */
export class Link {
  /** @type {WebSocket | null} */
  #socket = null;
  #hangUp = () => {};
  #stopped = false;
  #deaf = 0; // sockets in a row that brought nothing
  #wake = () => {};

  /**
   * @param {import("./api.js").Api} api
   * @param {Ears} ears
   */
  constructor(api, ears) {
    this.api = api;
    this.ears = ears;
  }

  /** Run until stopped. After each socket the history is read, so no message is missed. */
  async run() {
    for (let failures = 0; !this.#stopped; ) {
      let pause = POLL;
      let session;
      try {
        if (this.#deaf++ % 10 < 2) {
          session = await this.ears.session();
          if (this.#stopped) return;
          const lived = await this.#listen(session);
          if (lived) this.#deaf = pause = 0;
        }
        if (this.#stopped) return;
        session = await this.ears.session(); // a new one, if the customer began again
        const history = await this.api.call(session, `/messages?after=${this.ears.after()}`);
        this.ears.receive(session, history);
        this.ears.status(true);
        failures = 0;
      } catch (error) {
        this.ears.failed(error, session);
        pause = backoff(++failures);
        this.#deaf = 0; // nothing gets through: that says nothing about sockets
      }
      if (!this.#stopped) await this.#sleep(pause);
    }
  }

  /** Try again at once: the network is back, or the customer asked. */
  nudge() {
    this.#wake();
  }

  /** Leave the present socket and begin again with whatever session holds now. */
  drop() {
    this.#deaf = 0;
    this.#hangUp();
    this.#wake();
  }

  stop() {
    this.#stopped = true;
    this.drop();
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

  /**
   * Live on one socket.
   *
   * @param {Session} session
   * @returns {Promise<boolean>} whether it became ready and lasted
   */
  #listen(session) {
    return new Promise((resolve) => {
      const born = Date.now();
      let heard = born;
      let ready = false;
      let asked = false;
      /** @type {WebSocket} */
      let socket;
      try {
        socket = new WebSocket(this.api.socket(session.id));
      } catch {
        resolve(false); // forbidden by the embedding site
        return;
      }
      this.#socket = socket;
      const look = () => this.tell({ type: "seen", on: !document.hidden });
      document.addEventListener("visibilitychange", look);
      const done = () => {
        document.removeEventListener("visibilitychange", look);
        clearInterval(watch);
        this.#hangUp = () => {};
        socket.onmessage = socket.onclose = null;
        socket.close();
        this.#socket = null;
        if (ready) this.ears.status(false);
        resolve(ready && Date.now() - born > 5000);
      };
      const watch = setInterval(() => {
        const silent = Date.now() - heard;
        if (silent > (ready ? SILENCE + PATIENCE : PATIENCE)) done();
        else if (ready && silent > SILENCE && !asked) {
          asked = true;
          this.tell({ type: "ping" });
        }
      }, 1000);
      this.#hangUp = done;
      socket.onopen = () => {
        const { token } = session;
        this.tell({ type: "hello", token, after: this.ears.after(), seen: !document.hidden });
      };
      socket.onclose = done;
      socket.onmessage = (event) => {
        const frame = JSON.parse(event.data);
        heard = Date.now();
        asked = false;
        if (frame.type === "ready") ready = true;
        this.ears.receive(session, frame);
        if (frame.type === "ready") this.ears.status(true);
      };
    });
  }
}
