import { h } from "../shared/dom.js";
import { moment, money } from "./format.js";
import { openForm, area, missing } from "./form.js";

/**
 * What was asked of supervisors: its state for whoever asked, the decision for them.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").Approval} Approval
 *
 * @typedef {object} How
 * @property {boolean} [ref] name the case as well
 * @property {(said: string) => void} [decided] called once it is decided
 * @property {() => void} [closed] called when the decision's dialog has closed, decided or not
 */

/** @param {App} app @param {Approval} approval @param {How} [how] */
export function approvalLine(app, approval, how = {}) {
  const { t, language } = app;
  const { kind, cents, subject, reason, state, answer, booking, ticket, problem, retry } = approval;
  const [asker, decider] = [nameOf(app, approval.asked_by), nameOf(app, approval.decided_by)];
  const amount = cents ? `: ${money(cents, language)}` : "";
  const what = `${t.deeds[kind]}${amount} · ${bareSubject(subject)}`;
  const told = [asker, moment(approval.asked_at, language), how.ref && ticket].filter(Boolean);
  const decided = [decider, answer && `«${answer}»`, booking].filter(Boolean).join(" · ");
  const may = app.actions.isSupervisor && state === "asked";
  const button = { type: "button", class: "plain" };
  const tryAgain = () => again(app, approval);
  const own = approval.asked_by === app.model.agent?.username;
  return h(
    "li",
    { class: "approval", "data-state": state },
    h(
      "p",
      { class: "line" },
      h("strong", {}, what),
      h("span", { class: "badge" }, app.name("approval", state)),
    ),
    reason && h("p", {}, reason),
    h("p", { class: "soft" }, told.join(" · ")),
    decided && h("p", { class: "soft" }, decided),
    problem && h("p", { class: "error" }, app.name("problem", problem)),
    retry && h("button", { ...button, "aria-keyshortcuts": ".", click: tryAgain }, t.retry),
    may && own && h("p", { class: "soft" }, t.decideOwn),
    may && !own && buttons(app, approval, how),
  );
}

/** @param {string} subject "order:48213" or a charge @returns {string} as people say it */
export function bareSubject(subject) {
  return subject.replace(/^order:/, "");
}

/** @param {App} app @param {string | null} username @returns {string} */
function nameOf(app, username) {
  const all = app.extras.value("agents")?.agents ?? [];
  const found = all.find((/** @type {{ username: string }} */ each) => each.username === username);
  return found?.name ?? username ?? "";
}

/** Try a booking again that failed. @param {App} app @param {Approval} approval */
async function again(app, approval) {
  const outcome = await app.caseDeeds.call(`/approvals/${approval.id}`, { decision: "retry" });
  app.extras.renew(["approvals"], "");
  app.extras.renew(["shop"], approval.ticket);
  if (!outcome.done) app.toasts.show({ text: outcome.why, bad: true });
}

/** @param {App} app @param {Approval} approval @param {How} how */
function buttons(app, approval, how) {
  const { t } = app;
  const button = (/** @type {"approve" | "refuse"} */ decision, /** @type {string} */ kind) =>
    h(
      "button",
      {
        type: "button",
        class: kind,
        "data-decides": `${approval.id} ${decision}`,
        click: () => decideOne(app, approval, decision, how),
      },
      t.decisions[decision],
    );
  return h("div", { class: "row-of" }, button("approve", "primary"), button("refuse", "plain"));
}

/**
 * @param {App} app
 * @param {Approval} approval
 * @param {"approve" | "refuse"} decision
 * @param {How} how
 */
function decideOne(app, approval, decision, how) {
  const { t, language } = app;
  const amount = money(approval.cents, language);
  const dialog = openForm(app, {
    title: `${t.decisions[decision]}: ${t.deeds[approval.kind]}, ${amount}`,
    lead: approval.reason,
    go: t.decisions[decision],
    hint: decision === "approve" ? t.decideApproveHint : t.decideRefuseHint,
    fields: [
      area(t.decideAnswer, {
        name: "answer",
        maxlength: 500,
        required: decision === "refuse",
        autofocus: true,
      }),
    ],
    run: async (given, form) => {
      const answer = String(given.get("answer") ?? "").trim();
      if (!answer && decision === "refuse") return missing(form, "answer", t.whyMissing);
      const body = { decision, answer };
      const outcome = await app.caseDeeds.call(`/approvals/${approval.id}`, body);
      app.extras.renew(["approvals"], "");
      app.extras.renew(["shop", "notes"], approval.ticket);
      if (!outcome.done) return outcome.why;
      const { problem } = outcome.answer?.approval ?? {};
      if (problem) return app.name("problem", problem);
      const said = t.decided[decision](amount);
      if (how.decided) how.decided(said);
      else app.toasts.show({ text: said, about: approval.ticket });
      return null;
    },
  });
  if (how.closed) dialog.addEventListener("close", how.closed);
}
