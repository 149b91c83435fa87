/**
 * @typedef {import("./types.d.ts").Row} Row
 * @typedef {import("./types.d.ts").Detail} Detail
 * @typedef {import("./types.d.ts").View} View
 * @typedef {import("./types.d.ts").Agent} Agent
 * @typedef {{ ticket: Row, messages: import("./types.d.ts").AgentMessage[] }} Change
 */

const PATIENCE = 15000; // ms an answer may take
const PAGE = 200; // tickets asked for at once

/** A refusal of the server; status 0 means that it could not be reached. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} text a sentence for people
   * @param {number} [seconds] to wait before the next try
   */
  constructor(status, code, text, seconds = 0) {
    super(text);
    this.status = status;
    this.code = code;
    this.seconds = seconds;
  }
}

/** The agents' API, as one agent uses it from one page. */
export class Api {
  language = "es";
  csrf = "";
  /** Milliseconds the server's clock is ahead of ours. */
  ahead = 0;
  /** Called when the session turns out to be over. */
  onLoggedOut = () => {};
  /** The sentence for a server that cannot be reached. */
  unreachable = () => "";

  now() {
    return Date.now() + this.ahead;
  }

  /**
   * @param {string} method
   * @param {string} path below /api/v1
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async call(method, path, body) {
    const answer = await this.#fetch(method, path, body);
    const json = await answer.json().catch(() => null);
    if (answer.ok) return json;
    const { code = "server", text = "" } = json?.error ?? {};
    const seconds = Number(answer.headers.get("retry-after")) || 0;
    if (code === "session") this.onLoggedOut();
    throw new ApiError(answer.status, code, text || this.unreachable(), seconds);
  }

  /** @param {string} username @param {string} password @returns {Promise<Agent>} */
  async logIn(username, password) {
    return this.#hold(await this.call("POST", "/session", { username, password }));
  }

  /** @returns {Promise<Agent | null>} who is logged in already */
  async whoAmI() {
    const answer = await this.#fetch("GET", "/session");
    return answer.ok ? this.#hold(await answer.json()) : null;
  }

  logOut() {
    return this.call("DELETE", "/session");
  }

  /** @returns {Promise<import("./types.d.ts").DeskRules>} */
  rules() {
    return this.call("GET", "/desk");
  }

  /**
   * @param {View} view
   * @param {string} [after]
   * @returns {Promise<{ tickets: Row[], next: string | null }>}
   */
  page(view, after = "") {
    return this.call(
      "GET",
      `/tickets?view=${view}&limit=${PAGE}&after=${encodeURIComponent(after)}`,
    );
  }

  /** @param {View} view @returns {Promise<Row[]>} all of them */
  async all(view) {
    const rows = [];
    for (let after = /** @type {string | null} */ (""); after !== null;) {
      const page = await this.page(view, after);
      rows.push(...page.tickets);
      after = page.next;
    }
    return rows;
  }

  /** @param {string} ref @returns {Promise<Detail>} */
  ticket(ref) {
    return this.call("GET", `/tickets/${encodeURIComponent(ref)}`);
  }

  /**
   * @param {string} ref
   * @param {"claim" | "messages" | "return" | "resolve" | "reopen" | "release"} deed
   * @param {object} [body]
   * @returns {Promise<Change>}
   */
  act(ref, deed, body) {
    return this.call("POST", `/tickets/${encodeURIComponent(ref)}/${deed}`, body ?? {});
  }

  /** @param {string} ref @param {number} id of a promise that was kept @returns {Promise<Change>} */
  keep(ref, id) {
    return this.call("POST", `/tickets/${encodeURIComponent(ref)}/promises/${id}/keep`, {});
  }

  /** @returns {Promise<{ conversations: import("./types.d.ts").BotChat[] }>} */
  botChats() {
    return this.call("GET", "/conversations?owner=bot");
  }

  /** @param {string} conversation @returns {Promise<Change>} */
  takeOver(conversation) {
    return this.call("POST", `/conversations/${encodeURIComponent(conversation)}/takeover`, {});
  }

  /** @param {{ agent: Agent, csrf: string }} session */
  #hold({ agent, csrf }) {
    this.csrf = csrf;
    return agent;
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async #fetch(method, path, body) {
    const sent = Date.now();
    try {
      const answer = await fetch(`/api/v1${path}`, {
        method,
        headers: {
          "Accept-Language": this.language,
          ...(method === "GET" ? {} : { "X-CSRF-Token": this.csrf }),
          ...(body ? { "Content-Type": "application/json" } : {}),
        },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE),
      });
      const theirs = Date.parse(answer.headers.get("date") ?? "");
      const off = theirs + 500 - (sent + Date.now()) / 2;
      this.ahead = Math.abs(off) > 2000 ? off : 0; // the header has whole seconds
      return answer;
    } catch {
      throw new ApiError(0, "network", this.unreachable());
    }
  }
}
