/**
 * @typedef {import("./types.d.ts").Row} Row
 * @typedef {import("./types.d.ts").Detail} Detail
 * @typedef {import("./types.d.ts").Agent} Agent
 * @typedef {{ ticket: Row, messages: import("./types.d.ts").AgentMessage[] }} Change
 */

const PATIENCE = 15000; // ms an answer may take
const SLOW = 120_000; // ms a file may take, and all there is of a customer
const PAGE = 50; // tickets of a list that is read bit by bit
const MOST = 1000; // tickets of a list that is read whole, asked for at once

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
  /** @type {"on" | "off" | "required"} whether the agent's second factor is on */
  factor = "off";
  /** @type {string[]} what an administrator should know */
  notices = [];
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
   * @param {File} [file] that is the body itself
   * @returns {Promise<any>}
   */
  call(method, path, body, file) {
    return this.#inSession(async () => this.#read(await this.#fetch(method, path, body, file)));
  }

  /**
   * What was refused because its session was over is asked again if the agent has logged in since.
   *
   * @template T
   * @param {() => Promise<T>} ask
   * @returns {Promise<T>}
   */
  async #inSession(ask) {
    const { csrf } = this;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "session")) throw error;
      if (csrf !== this.csrf) return this.#inSession(ask);
      this.onLoggedOut();
      throw error;
    }
  }

  /** @param {Response} answer @returns {Promise<any>} its JSON, or its refusal is thrown */
  async #read(answer) {
    const json = await answer.json().catch(() => null);
    if (answer.ok && json === null && answer.status !== 204)
      throw new ApiError(0, "network", this.unreachable()); // it broke off on its way
    if (answer.ok) return json;
    const { code = "server", text = "" } = json?.error ?? {};
    const seconds = Number(answer.headers.get("retry-after")) || 0;
    throw new ApiError(answer.status, code, text || this.unreachable(), seconds);
  }

  /** @param {{ username: string, password: string, code: string }} who @returns {Promise<Agent>} */
  async logIn(who) {
    return this.#hold(await this.call("POST", "/session", who));
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
   * One page of tickets.
   *
   * @param {Record<string, string>} query view, filters, q, sort
   * @param {string} [after]
   * @param {number} [limit]
   * @returns {Promise<{ tickets: Row[], next: string | null }>}
   */
  find(query, after = "", limit = PAGE) {
    const given = Object.entries({ ...query, limit: String(limit), after });
    const named = new URLSearchParams(given.filter(([, value]) => value));
    return this.call("GET", `/tickets?${named}`);
  }

  /** @param {string} view @returns {Promise<Row[]>} all its tickets */
  async all(view) {
    const rows = [];
    for (let after = /** @type {string | null} */ (""); after !== null;) {
      const page = await this.find({ view, sort: "age" }, after, MOST);
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

  /** @returns {Promise<{ views: import("./types.d.ts").SavedView[] }>} */
  savedViews() {
    return this.call("GET", "/views");
  }

  /** @param {string} name @param {object} query */
  saveView(name, query) {
    return this.call("POST", "/views", { name, query });
  }

  /** @param {number} id */
  deleteView(id) {
    return this.call("DELETE", `/views/${id}`);
  }

  /** @returns {Promise<import("./types.d.ts").Overview>} */
  overview() {
    return this.call("GET", "/overview");
  }

  /** @returns {Promise<import("./types.d.ts").Presence>} */
  presence() {
    return this.call("GET", "/presence");
  }

  /** @param {string} presence @returns {Promise<import("./types.d.ts").Presence>} */
  setPresence(presence) {
    return this.call("PUT", "/presence", { presence });
  }

  /** @param {string} ref @param {"accept" | "decline"} answer @returns {Promise<Change>} */
  answerOffer(ref, answer) {
    return this.call("POST", `/tickets/${encodeURIComponent(ref)}/${answer}`, {});
  }

  /** End the pause after a conversation. @returns {Promise<import("./types.d.ts").Presence>} */
  ready() {
    return this.call("POST", "/presence/ready", {});
  }

  /** @returns {Promise<{ conversations: import("./types.d.ts").BotChat[] }>} */
  botChats() {
    return this.call("GET", "/conversations?owner=bot");
  }

  /** @param {string} conversation @returns {Promise<import("./types.d.ts").BotChatText>} */
  botChat(conversation) {
    return this.call("GET", `/bot-chats/${encodeURIComponent(conversation)}`);
  }

  /** @param {string} conversation @returns {Promise<Change>} */
  takeOver(conversation) {
    return this.call("POST", `/conversations/${encodeURIComponent(conversation)}/takeover`, {});
  }

  /** @param {string} path @param {File} file whose content is the body @returns {Promise<any>} */
  upload(path, file) {
    return this.call("POST", path, undefined, file);
  }

  /** @param {string} path of a file @param {object} [body] of whom or what @returns {Promise<Blob>} */
  blob(path, body) {
    return this.#inSession(async () => {
      const answer = await this.#fetch(body ? "POST" : "GET", path, body);
      return answer.ok ? answer.blob() : this.#read(answer);
    });
  }

  /** @param {import("./types.d.ts").Session} session */
  #hold({ agent, csrf, second_factor = "off", notices = [] }) {
    this.csrf = csrf;
    this.factor = second_factor;
    this.notices = notices;
    return agent;
  }

  /** @param {string} method @param {string} path @param {object} [body] @param {Blob} [file] */
  async #fetch(method, path, body, file) {
    const sent = Date.now();
    try {
      const answer = await fetch(`/api/v1${path}`, {
        method,
        headers: {
          "Accept-Language": this.language,
          ...(method === "GET" ? {} : { "X-CSRF-Token": this.csrf }),
          ...(body ? { "Content-Type": "application/json" } : {}),
        },
        body: file ?? (body && JSON.stringify(body)),
        signal: AbortSignal.timeout(file || path.startsWith("/data/") ? SLOW : PATIENCE),
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
