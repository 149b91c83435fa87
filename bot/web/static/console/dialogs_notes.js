import { h } from "../shared/dom.js";
import { area, choices, line, missing, openForm, select } from "./form.js";
import { Once } from "./once.js";
import { isBusy } from "./sheet.js";

/**
 * Dialogs for what is written about a case: a word to trainers, a review, the customer's profile,
 * a case that came another way.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").AgentMessage} AgentMessage
 */

const LONG = { rows: 5, maxlength: 4000 };
const CHANNELS = ["phone", "email", "social", "web"];
const LANGUAGES = ["es", "en"];
const OPTIONAL = ["team", "issue", "language", "customer_name", "customer_email", "customer_phone"];

/** "The bot should have…": kept for trainers. @param {App} app @param {AgentMessage} [about] */
export function moment(app, about) {
  const { t } = app;
  const { row, detail } = app.model;
  const bots = detail?.messages.filter(({ author }) => author === "bot") ?? [];
  const message = about ?? bots.at(-1);
  if (!row) return;
  openForm(app, {
    title: t.momentTitle,
    lead: t.momentLead,
    go: t.save,
    fields: [
      message ? h("blockquote", {}, message.text) : null,
      area(t.momentWhat, { name: "text", required: true, autofocus: true, maxlength: 1000 }),
    ],
    run: async (given, form) => {
      const text = said(given, "text");
      if (!text) return missing(form, "text", t.momentMissing);
      const body = { message: message?.id ?? null, text };
      return app.caseDeeds.tell(row.ref, "moments", body, t.momentDone);
    },
  });
}

/** A supervisor's word to whoever attended. @param {App} app */
export function review(app) {
  const { t } = app;
  const { row, toReview } = app.model;
  if (!row) return;
  const { score = null, comment } = toReview?.find(({ ticket }) => ticket.ref === row.ref) ?? {};
  const rated = score !== null && t.ratedBy(score, comment ?? "");
  openForm(app, {
    title: t.reviewTitle,
    lead: t.reviewLead,
    go: t.save,
    fields: [
      rated ? h("blockquote", {}, rated) : null,
      area(t.reviewWhat, { name: "text", required: true, autofocus: true }, t.reviewHint),
    ],
    run: async (given, form) => {
      const text = said(given, "text");
      if (!text) return missing(form, "text", t.reviewMissing);
      const body = row.owner ? { agent: row.owner, text } : { text };
      const why = await app.caseDeeds.tell(row.ref, "reviews", body, t.reviewDone(row.ref));
      if (why === null) app.watch.reviewed(row.ref);
      return why;
    },
  });
}

/** What agents know of a customer beyond a case. @param {App} app */
export async function profile(app) {
  const { t } = app;
  const { detail } = app.model;
  const id = detail?.context.customer.id;
  if (!id) {
    app.toasts.show({ text: t.profileNobody });
    return;
  }
  await app.extras.refresh("profile", id);
  const known = app.extras.get("profile", id);
  if (known.state === "error" && !known.value) {
    app.toasts.show({ text: known.error, bad: true });
    return;
  }
  const { text = "", needs = [] } = known.value ?? {};
  const names = app.model.rules?.needs ?? {};
  const all = [...new Set([...Object.keys(names), ...needs])];
  openForm(app, {
    title: t.profileTitle,
    lead: t.profileLead,
    go: t.save,
    fields: [
      area(t.profileText, { name: "text", autofocus: true, rows: 4 }, t.profileHint),
      choices(
        t.needsTitle,
        "needs",
        all.map((value) => ({ value, label: names[value]?.[app.language] ?? value })),
        { many: new Set(needs) },
      ),
    ],
    run: async (given) => {
      const body = { text: said(given, "text"), needs: given.getAll("needs").map(String) };
      const path = `/customers/${encodeURIComponent(id)}/profile`;
      const outcome = await app.caseDeeds.call(path, body, "PUT");
      if (!outcome.done) return outcome.why;
      await app.extras.refresh("profile", id);
      app.toasts.show({ text: t.profileDone });
      return null;
    },
  }).querySelector("textarea")?.setRangeText(text);
}

/** Open a case from what came by another way. @param {App} app */
export async function newCase(app) {
  const { t, language } = app;
  const rules = await app.rules().catch((error) => app.failed(error));
  if (!rules || isBusy()) return; // another was opened meanwhile
  const teams = Object.entries(rules.teams);
  const once = new Once();
  openForm(app, {
    title: t.newCaseTitle,
    lead: t.newCaseLead,
    go: t.newCaseGo,
    fields: [
      area(t.newCaseText, { ...LONG, name: "text", required: true, autofocus: true }),
      choices(
        t.newCaseChannel,
        "channel",
        CHANNELS.map((value) => ({ value, label: app.name("channel", value) })),
        { chosen: "phone" },
      ),
      line(t.newCaseName, { name: "customer_name", autocomplete: "off" }),
      line(t.newCaseEmail, { name: "customer_email", type: "email", maxlength: 320 }),
      line(t.newCasePhone, { name: "customer_phone", type: "tel", maxlength: 40 }),
      select(t.speaks, "language", named(app, "language", LANGUAGES), language),
      select(t.issue, "issue", [["", t.newCaseNoIssue], ...named(app, "issue", rules.issues ?? [])]),
      select(t.team, "team", [["", t.newCaseTeam], ...teams.map(([code]) => [code, app.teamOf(code)])]),
    ],
    run: async (given, form) => {
      const text = said(given, "text");
      if (!text) return missing(form, "text", t.newCaseMissing);
      const more = OPTIONAL.map((name) => [name, said(given, name)]).filter(([, value]) => value);
      const body = { text, channel: said(given, "channel"), ...Object.fromEntries(more) };
      const outcome = await app.caseDeeds.call("/tickets", once.of(body));
      if (!outcome.done) return outcome.why;
      const { ticket } = outcome.answer;
      app.model.put(ticket);
      app.toasts.show({ text: t.newCaseDone(ticket.ref), about: ticket.ref });
      app.deeds.open(ticket.ref);
      return null;
    },
  });
}

/** @param {App} app @param {"language" | "issue"} kind @param {string[]} codes with their names */
function named(app, kind, codes) {
  return codes.map((code) => [code, app.name(kind, code)]);
}

/** @param {FormData} given @param {string} name */
function said(given, name) {
  return String(given.get(name) ?? "").trim();
}
