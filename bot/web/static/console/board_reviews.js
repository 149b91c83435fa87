import { h } from "../shared/dom.js";
import { keyed, part, text } from "./dom.js";
import { moment } from "./format.js";

/** @typedef {import("./app.js").App} App */

const CASES = 12; // listed; the rest are counted

/**
 * What a supervisor should look at, the most telling first.
 *
 * @param {App} app
 * @param {Element} board
 */
export function drawToReview(app, board) {
  const { t, model, language } = app;
  const all = model.toReview;
  const problem = model.problems.get("toReview");
  text(part(board, "toReviewTitle"), t.toReview(all?.length ?? null));
  const state = part(board, "toReviewState");
  text(state, problem ?? (!all ? t.loading : all.length ? "" : t.toReviewNone));
  state.hidden = !state.textContent;
  const rest = part(board, "toReviewRest");
  const more = Math.max(0, (all?.length ?? 0) - CASES);
  rest.hidden = !more;
  text(rest, t.andMore(more));
  keyed(
    part(board, "toReviewCases"),
    all?.slice(0, CASES) ?? [],
    ({ ticket }) => ticket.ref,
    ({ ticket }) => {
      const click = () => app.deeds.open(ticket.ref);
      const spans = Array.from({ length: 4 }, () => h("span"));
      return h("li", {}, h("button", { type: "button", class: "case", click }, ...spans));
    },
    (item, { why, score, comment, ticket }) => {
      const button = /** @type {Element} */ (item.firstElementChild);
      const [ref, reasons, about, closed] = button.children;
      const rated = score === null ? "" : t.scoreOf(score);
      const holder = ticket.owner_name ?? app.teamOf(ticket.team);
      const facts = [...why.map((name) => t.reviewWhy[name]), rated, ticket.customer, holder];
      text(ref, ticket.ref);
      text(reasons, facts.filter(Boolean).join(" · "));
      text(about, comment ? `«${comment}»` : app.reasonOf(ticket));
      text(closed, ticket.resolved_at ? t.closedAt(moment(ticket.resolved_at, language)) : "");
    },
  );
}
