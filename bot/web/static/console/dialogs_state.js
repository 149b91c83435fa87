import { h } from "../shared/dom.js";
import { moment } from "./format.js";
import { area, choices, labelled, line, missing, openForm } from "./form.js";
import { morningIn, whenFields, whenOf } from "./when.js";

/**
 * Dialogs that change how a case stands: priority, tier, labels, snooze.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").CaseRow} CaseRow
 */

const PRIORITIES = /** @type {const} */ (["urgent", "high", "medium", "low"]);
const TIERS = /** @type {const} */ (["L1", "L2", "L3"]);
const HOUR = 3_600_000; // ms

/** @param {App} app @returns {CaseRow | undefined} */
const open = (app) => app.model.row;

/** @param {App} app */
export function priority(app) {
  const { t } = app;
  const row = open(app);
  if (!row) return;
  openForm(app, {
    title: t.priorityTitle,
    lead: t.priorityLead,
    go: t.deeds.priority,
    fields: [
      choices(
        t.priority,
        "priority",
        PRIORITIES.map((value) => ({ value, label: app.name("priority", value) })),
        { chosen: row.priority, focus: true },
      ),
      area(t.why, { name: "reason", rows: 2, maxlength: 500, required: true }, t.whyHint),
    ],
    run: async (given, form) => {
      const reason = said(given, "reason");
      const chosen = said(given, "priority");
      if (!reason) return missing(form, "reason", t.whyMissing);
      const body = { priority: chosen, reason };
      const name = app.name("priority", chosen);
      return app.caseDeeds.tell(row.ref, "priority", body, t.priorityDone(row.ref, name));
    },
  });
}

/** @param {App} app */
export function tier(app) {
  const { t } = app;
  const row = open(app);
  if (!row) return;
  openForm(app, {
    title: t.tierTitle,
    lead: t.tierLead,
    go: t.deeds.tier,
    fields: [
      choices(
        t.tier,
        "tier",
        TIERS.map((value) => ({ value, label: value, says: app.name("tier", value) })),
        { chosen: row.tier ?? "L1", focus: true },
      ),
      area(t.why, { name: "reason", rows: 2, maxlength: 500, required: true }, t.tierHint),
    ],
    run: async (given, form) => {
      const reason = said(given, "reason");
      if (!reason) return missing(form, "reason", t.whyMissing);
      const body = { tier: said(given, "tier"), reason };
      return app.caseDeeds.tell(row.ref, "tier", body, t.tierDone(row.ref, body.tier));
    },
  });
}

/** @param {App} app */
export function labels(app) {
  const { t, language } = app;
  const row = open(app);
  if (!row) return;
  const have = new Set(row.labels ?? []);
  const known = app.model.rules?.labels ?? {};
  const free = [...have].filter((code) => !(code in known));
  openForm(app, {
    title: t.labelsTitle,
    lead: t.labelsLead,
    go: t.save,
    fields: [
      Object.keys(known).length
        ? choices(
            t.labelsKnown,
            "labels",
            Object.entries(known).map(([value, names]) => ({
              value,
              label: names[language] ?? value,
            })),
            { many: have, focus: true },
          )
        : null,
      line(t.labelsFree, { name: "free", value: free.join(", "), maxlength: 200 }, t.labelsHint),
    ],
    run: async (given) => {
      const other = said(given, "free").split(",").map((each) => each.trim());
      const all = [...given.getAll("labels").map(String), ...other].filter(Boolean);
      const body = { labels: [...new Set(all)] };
      return app.caseDeeds.tell(row.ref, "labels", body, t.labelsDone(row.ref));
    },
  });
}

/** @param {App} app */
export function snooze(app) {
  const { t, language } = app;
  const row = open(app);
  if (!row) return;
  const now = app.api.now();
  const times = [
    { label: t.snoozeTimes.hour, at: now + HOUR },
    { label: t.snoozeTimes.afternoon, at: now + 4 * HOUR },
    { label: t.snoozeTimes.tomorrow, at: morningIn(now, 1) },
    { label: t.snoozeTimes.week, at: morningIn(now, 7) },
  ];
  openForm(app, {
    title: t.snoozeTitle,
    lead: t.snoozeLead,
    go: t.deeds.snooze,
    fields: [
      ...whenFields(app, t.snoozeUntil, times),
      labelled(t.snoozeNote, h("textarea", { name: "note", rows: 2, maxlength: 500 })),
    ],
    run: async (given, form) => {
      const until = whenOf(given);
      if (!(until > app.api.now())) return missing(form, "when", t.timeMissing);
      const body = { until: new Date(until).toISOString(), note: said(given, "note") };
      const text = t.snoozeDone(row.ref, moment(until, language));
      const run = () => app.caseDeeds.now(row.ref, "resume", {}, t.resumeDone(row.ref));
      return app.caseDeeds.tell(row.ref, "snooze", body, text, { undo: { label: t.undo, run } });
    },
  });
}

/** @param {FormData} given @param {string} name */
function said(given, name) {
  return String(given.get(name) ?? "").trim();
}
