import { h, set } from "../shared/dom.js";
import { keyed, part, text } from "./dom.js";
import { moment, rough, span } from "./format.js";
import { Piece } from "./piece.js";
import { drawToReview } from "./board_reviews.js";
import { deadline } from "./row.js";

/**
 * @typedef {import("./types.d.ts").Overview} Overview
 * @typedef {import("./types.d.ts").Row} Row
 */

const LOOK = 5000; // ms between two looks, while it is shown
const CASES = 12; // listed; the rest are counted
const ORDER = ["online", "busy", "wrap_up", "away", "offline"];
/** @typedef {"waiting" | "longest_wait" | "unaccepted" | "missed" | "open" | "paused" | "agents"} Head */
const TEAM = /** @type {Head[]} */ ([
  "waiting",
  "longest_wait",
  "unaccepted",
  "missed",
  "open",
  "paused",
  "agents",
]);
const ALARMS = ["unaccepted", "missed"];

/** What supervisors watch: teams, agents, and the cases that need somebody. */
export class TeamBoard extends Piece {
  /** @override */
  static template = "board";

  /** @override */
  ready() {
    const { watch, model } = this.on;
    part(this, "close").addEventListener("click", () => watch.toggle());
    part(this, "again").addEventListener("click", () => watch.look(true));
    setInterval(() => {
      if (model.board && !document.hidden && model.link === "live") watch.look();
    }, LOOK);
    setInterval(() => model.board && this.render(), 1000);
  }

  /** @override */
  render() {
    const { model } = this.on;
    if (!model.board) return;
    const { overview } = model;
    const { t } = this;
    set(part(this, "measures"), "href", `/console/measures?language=${this.on.language}`);
    const problem = model.problems.get("overview");
    text(part(this, "state"), problem ?? (overview ? "" : t.loading));
    part(this, "again").hidden = !problem;
    part(this, "content").hidden = !overview;
    if (!overview) return;
    this.#heads();
    this.#teams(overview);
    this.#people(overview);
    for (const kind of /** @type {const} */ (["unaccepted", "missed"])) this.#cases(kind, overview);
    drawToReview(this.on, this);
  }

  #heads() {
    const { t } = this;
    const heads = [t.filterNames.team, ...TEAM.map((name) => t.boardHeads[name])];
    const row = part(this, "heads");
    keyed(row, heads, String, () => h("th", { scope: "col" }), text);
  }

  /** @param {Overview} overview */
  #teams({ teams, at }) {
    const { on } = this;
    const passed = Math.max(0, on.api.now() - Date.parse(at)) / 1000;
    keyed(
      part(this, "teams"),
      teams,
      ({ team }) => team,
      ({ team }) => {
        const click = () => {
          on.model.view = "queue";
          on.model.pane = "queue";
          on.browse.narrow({ team });
        };
        const button = h("button", { type: "button", class: "text", click });
        return h(
          "tr",
          {},
          h("th", { scope: "row" }, button),
          ...TEAM.map(() => h("td")),
        );
      },
      (row, team) => {
        const [head, ...cells] = row.children;
        text(head.children[0], on.teamOf(team.team));
        TEAM.forEach((name, index) => {
          const value = team[name];
          const wait = name === "longest_wait" && value !== null;
          text(cells[index], wait ? span((value + passed) * 1000) : String(value ?? "–"));
          set(cells[index], "data-alarm", ALARMS.includes(name) && Boolean(value));
          set(cells[index], "data-none", !value);
        });
      },
    );
  }

  /** @param {Overview} overview */
  #people({ agents }) {
    const { on, t } = this;
    const order = (/** @type {(typeof agents)[0]} */ { presence }) => ORDER.indexOf(presence);
    const sorted = [...agents].sort((a, b) => order(a) - order(b));
    text(part(this, "there"), t.agentsThere(agents.filter((each) => order(each) < 3).length));
    keyed(
      part(this, "people"),
      sorted,
      ({ username }) => username,
      () =>
        h(
          "li",
          { class: "person" },
          h("span", { class: "name" }),
          h("span", { class: "where" }),
          h("span", { class: "load" }),
          h("span", { class: "soft" }),
        ),
      (item, { name, presence, load, capacity, teams, wrap_up_until }) => {
        const [who, where, has, of] = item.children;
        const left = wrap_up_until ? Date.parse(wrap_up_until) - on.api.now() : 0;
        const until = presence === "wrap_up" && left > 0 ? ` ${span(left)}` : "";
        text(who, name);
        text(where, t.presences[presence] + until);
        set(item, "data-presence", presence);
        text(has, t.casesOf(load, capacity));
        text(of, teams.map((team) => on.teamOf(team)).join(", ") || t.allTeams);
      },
    );
  }

  /** @param {"unaccepted" | "missed"} kind @param {Overview} overview */
  #cases(kind, overview) {
    const { on, t } = this;
    const { count, tickets } = overview[kind];
    const now = on.api.now();
    text(part(this, `${kind}Title`), `${t.boardHeads[kind]} · ${count}`);
    const none = part(this, `${kind}None`);
    none.hidden = count > 0;
    text(none, t.boardNone[kind]);
    const rest = part(this, `${kind}Rest`);
    const more = count - Math.min(CASES, tickets.length);
    rest.hidden = !more;
    text(rest, t.andMore(more));
    keyed(
      part(this, kind),
      tickets.slice(0, CASES),
      ({ ref }) => ref,
      ({ ref }) => {
        const click = () => on.deeds.open(ref);
        const spans = Array.from({ length: 4 }, () => h("span"));
        return h("li", {}, h("button", { type: "button", class: "case", click }, ...spans));
      },
      (item, row) => {
        const [ref, who, why, left] = /** @type {Element} */ (item.firstElementChild).children;
        text(ref, row.ref);
        const holder = row.owner_name ?? on.teamOf(row.team);
        text(who, `${on.name("priority", row.priority)} · ${row.customer ?? t.guest} · ${holder}`);
        text(why, on.reasonOf(row));
        const waited = rough(now - Date.parse(row.queued_at));
        text(left, kind === "missed" ? deadline(on, row, now) : t.waitsFor(waited));
        set(left, "title", moment(row.created_at, on.language));
      },
    );
  }
}
