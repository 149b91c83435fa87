import { h } from "../shared/dom.js";
import { area, choices, labelled, missing, openForm } from "./form.js";
import { Once } from "./once.js";

/**
 * Dialogs with colleagues: transfer, consult, participants.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").CaseRow} CaseRow
 * @typedef {import("./case.d.ts").AgentLine} AgentLine
 */

const TIERS = ["L2", "L3"]; // a case goes up, never down
const SECOND = "second_transfer"; // the server's word for one transfer too many

/** Give the case to a team or a colleague, with what they need to know. @param {App} app */
export function transfer(app) {
  const { t, language } = app;
  const row = /** @type {CaseRow | undefined} */ (app.model.row);
  if (!row) return;
  const teams = Object.entries(app.model.rules?.teams ?? {});
  const to = h("select", { name: "to", autofocus: true });
  const people = h("optgroup", { label: t.transferPeople });
  to.append(
    h("option", { value: "" }, t.transferChoose),
    h(
      "optgroup",
      { label: t.transferTeams },
      ...teams
        .filter(([code]) => code !== row.team)
        .map(([code, names]) => h("option", { value: `team:${code}` }, names[language] ?? code)),
    ),
    h(
      "optgroup",
      { label: t.transferTiers },
      ...TIERS.filter((tier) => tier > row.tier).map((tier) =>
        h("option", { value: `tier:${tier}` }, `${tier} · ${app.name("tier", tier)}`),
      ),
    ),
    people,
  );
  colleagues(app).then((all) => {
    people.append(
      ...all.map((agent) => {
        const gone = agent.presence === "offline"; // the customer would wait for nobody
        const about = { value: `agent:${agent.username}`, disabled: gone };
        return h("option", about, `${agent.name} (${busyness(app, agent)})`);
      }),
    );
  });
  const before = row.transfers ?? 0;
  const warned = h("p", { class: "warning", role: "alert", hidden: before < 1 });
  warned.textContent = t.transferAgain(before + 1);
  let confirmed = before > 0; // the warning was seen before the note was written
  openForm(app, {
    title: t.transferTitle,
    lead: t.transferLead,
    go: t.deeds.transfer,
    fields: [
      warned,
      labelled(t.transferTo, to),
      area(t.transferNote, { name: "note", required: true }, t.transferHint),
    ],
    run: async (given, form) => {
      const [kind, name] = String(given.get("to") ?? "").split(":");
      const note = String(given.get("note") ?? "").trim();
      if (!name) return missing(form, "to", t.transferToMissing);
      if (!note) return missing(form, "note", t.transferNoteMissing);
      const body = { [kind]: name, note, confirmed };
      const outcome = await app.caseDeeds.act(row.ref, "transfer", body);
      if (outcome.done) {
        app.toasts.show({ text: t.transferDone(row.ref), about: row.ref });
        return null;
      }
      if (outcome.code !== SECOND) return outcome.why;
      confirmed = true; // pressing again does it
      warned.hidden = false;
      return outcome.why;
    },
  });
}

/** Ask a supervisor without giving the case away. @param {App} app */
export function consult(app) {
  const { t } = app;
  const { row } = app.model;
  if (!row) return;
  const once = new Once();
  openForm(app, {
    title: t.consultTitle,
    lead: t.consultLead,
    go: t.consultGo,
    fields: [area(t.consultWhat, { name: "text", required: true, autofocus: true }, t.consultHint)],
    run: async (given, form) => {
      const text = String(given.get("text") ?? "").trim();
      if (!text) return missing(form, "text", t.consultMissing);
      return app.caseDeeds.tell(row.ref, "consult", once.of({ text }), t.consultDone(row.ref));
    },
  });
}

/** Who works on it beside its owner; they come and go without a transfer. @param {App} app */
export async function participants(app) {
  const { t } = app;
  const row = /** @type {CaseRow | undefined} */ (app.model.row);
  if (!row) return;
  const have = new Set((row.participants ?? []).map(({ username }) => username));
  const all = (await colleagues(app)).filter(({ username }) => username !== row.owner);
  openForm(app, {
    title: t.participantsTitle,
    lead: t.participantsLead,
    go: t.save,
    fields: [
      all.length
        ? choices(
            t.colleagues,
            "agents",
            all.map((agent) => ({
              value: agent.username,
              label: agent.name,
              says: busyness(app, agent),
            })),
            { many: have, focus: true },
          )
        : h("p", { class: "soft" }, t.noColleagues),
    ],
    run: async (given) => {
      const wanted = new Set(given.getAll("agents").map(String));
      const { caseDeeds } = app;
      for (const agent of wanted) {
        if (have.has(agent)) continue;
        const outcome = await caseDeeds.act(row.ref, "participants", { agent });
        if (!outcome.done) return outcome.why;
      }
      for (const agent of have) {
        const path = `participants/${encodeURIComponent(agent)}`;
        if (wanted.has(agent)) continue;
        const outcome = await caseDeeds.act(row.ref, path, {}, "DELETE");
        if (!outcome.done) return outcome.why;
      }
      app.toasts.show({ text: t.participantsDone(row.ref), about: row.ref });
      return null;
    },
  });
}

/** @param {App} app @returns {Promise<AgentLine[]>} the others, the least busy first */
export async function colleagues(app) {
  await app.extras.refresh("agents");
  const all = /** @type {AgentLine[]} */ (app.extras.value("agents")?.agents ?? []);
  const here = (/** @type {AgentLine} */ { presence }) => Number(presence !== "online");
  return all
    .filter(({ username }) => username !== app.model.agent?.username)
    .sort((a, b) => here(a) - here(b) || a.load - b.load || a.name.localeCompare(b.name));
}

/** @param {App} app @param {AgentLine} agent @returns {string} "Disponible · Atiende 2 de 4" */
function busyness(app, { presence, load, capacity }) {
  const { t } = app;
  const name = /** @type {Record<string, string>} */ (t.presences)[presence] ?? presence;
  return capacity ? `${name} · ${t.loadOf(load ?? 0, capacity)}` : name;
}
