/** @typedef {import("../shared/api.d.ts").Session} Session */

/** The gateway answered, and the answer was no. `text` is a sentence for the customer. */
export class Refusal extends Error {
  /**
   * @param {number} status of HTTP
   * @param {{ code?: string, text?: string }} problem
   */
  constructor(status, { code = "", text = "" }) {
    super(text);
    this.text = text;
    this.code = code;
    this.gone = status === 401 || code === "conversation"; // the server does not know us
  }
}

/** The customer's side of the gateway's JSON API. */
export class Api {
  /** @param {string} base address of the gateway, with a final slash */
  constructor(base) {
    this.root = `${base}api/v1/conversations`;
  }

  /**
   * @param {string} id
   * @returns {string}
   */
  socket(id) {
    return `${this.root.replace(/^http/, "ws")}/${id}/socket`;
  }

  /**
   * The headers of a request: whose it is, and whether the page that asks is in the background.
   *
   * @param {Session | null} session
   * @returns {Record<string, string>}
   */
  headers(session) {
    return {
      ...(session && { Authorization: `Bearer ${session.token}` }),
      ...(document.hidden && { "X-Remanso-Hidden": "1" }),
    };
  }

  /**
   * Call the gateway.
   *
   * @param {Session | null} session
   * @param {string} path below the conversation; without session, a new conversation is asked for
   * @param {object} [body] sent by POST; without it, GET
   * @returns {Promise<any>}
   * @throws {Refusal} the gateway said no; any other error: it could not be reached
   */
  async call(session, path, body) {
    const headers = this.headers(session);
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(this.root + (session ? `/${session.id}${path}` : path), {
      method: body ? "POST" : "GET",
      headers,
      body: body && JSON.stringify(body),
      credentials: "omit",
      signal: AbortSignal.timeout(12000),
    });
    if (answer.ok) return answer.json();
    if (answer.status >= 500) throw new Error(`${answer.status}`);
    const problem = await answer.json().catch(() => ({}));
    throw new Refusal(answer.status, problem.error ?? {});
  }
}
