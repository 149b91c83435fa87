import { h } from "../shared/dom.js";
import { area, choices, labelled, line, missing, openForm } from "./form.js";

/**
 * Dialogs for what is written about a case: a word to trainers, a review, the customer's profile,
 * a case that came another way.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").AgentMessage} AgentMessage
 */

const LONG = { rows: 5, maxlength: 4000 };
const CHANNELS = ["phone", "email", "social", "web"];

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
  const { row } = app.model;
  if (!row) return;
  openForm(app, {
    title: t.reviewTitle,
    lead: t.reviewLead,
    go: t.save,
    fields: [area(t.reviewWhat, { name: "text", required: true, autofocus: true }, t.reviewHint)],
    run: async (given, form) => {
      const text = said(given, "text");
      if (!text) return missing(form, "text", t.reviewMissing);
      const body = row.owner ? { agent: row.owner, text } : { text };
      return app.caseDeeds.tell(row.ref, "reviews", body, t.reviewDone(row.ref));
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
export function newCase(app) {
  const { t, language } = app;
  const teams = Object.entries(app.model.rules?.teams ?? {});
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
      line(t.newCaseEmail, { name: "email", type: "email", maxlength: 320 }),
      labelled(
        t.team,
        h(
          "select",
          { name: "team" },
          h("option", { value: "" }, t.newCaseTeam),
          ...teams.map(([code, names]) => h("option", { value: code }, names[language] ?? code)),
        ),
      ),
    ],
    run: async (given, form) => {
      const text = said(given, "text");
      if (!text) return missing(form, "text", t.newCaseMissing);
      const [team, email] = [said(given, "team"), said(given, "email")];
      const body = { text, channel: said(given, "channel") };
      const more = { ...(team && { team }), ...(email && { customer_email: email }) };
      const outcome = await app.caseDeeds.call("/tickets", { ...body, ...more });
      if (!outcome.done) return outcome.why;
      const { ticket } = outcome.answer;
      app.model.put(ticket);
      app.toasts.show({ text: t.newCaseDone(ticket.ref), about: ticket.ref });
      app.deeds.open(ticket.ref);
      return null;
    },
  });
}

/** @param {FormData} given @param {string} name */
function said(given, name) {
  return String(given.get(name) ?? "").trim();
}
