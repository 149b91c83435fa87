import { backoff } from "../shared/ids.js";
import { Refusal } from "./api.js";

/**
 * @typedef {import("../shared/api.d.ts").Outgoing} Outgoing
 * @typedef {import("../shared/api.d.ts").Session} Session
 * @typedef {object} Sender What delivery needs from the conversation.
 * @property {import("./api.js").Api} api
 * @property {import("./outbox.js").Outbox} outbox
 * @property {() => Promise<Session>} session
 * @property {() => boolean} online
 * @property {(session: Session, answer: any) => void} arrived the server has it
 * @property {() => void} tried one more was sent or refused
 * @property {(error: unknown, session?: Session) => void} lost the server does not know that one
 */

const TRIES = 3;

/** Sends what waits in the outbox, one at a time and in order. Twice sent is once received. */
export class Delivery {
  #busy = false;

  /** @param {Sender} sender */
  constructor(sender) {
    this.sender = sender;
  }

  async run() {
    if (this.#busy) return;
    this.#busy = true;
    const { outbox, online } = this.sender;
    let tries = 0;
    for (let item = outbox.next(); item && online(); item = outbox.next()) {
      let session;
      try {
        session = await this.sender.session();
        await this.#send(session, item);
        tries = 0;
      } catch (error) {
        if (error instanceof Refusal && error.gone) this.sender.lost(error, session);
        else if (error instanceof Refusal) outbox.refuse(item, error.text);
        else if (++tries >= TRIES) outbox.refuse(item, "");
        else await new Promise((resolve) => setTimeout(resolve, backoff(tries)));
      }
      this.sender.tried();
    }
    this.#busy = false;
  }

  /** @param {Session} session @param {Outgoing} item */
  async #send(session, { client_id, person, choice, text, attachments }) {
    const path = person ? "/person" : "/messages?wait=0";
    const files = attachments?.map(({ id }) => id);
    const body = person ? {} : choice ? { choice, client_id } : { text, client_id, attachments: files };
    const answer = await this.sender.api.call(session, path, body);
    this.sender.outbox.remove(client_id);
    this.sender.arrived(session, answer);
  }
}
