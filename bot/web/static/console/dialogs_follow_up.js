import { moment } from "./format.js";
import { choices, missing, openForm } from "./form.js";
import { isClosed } from "./sla.js";
import { morningIn, whenFields, whenOf } from "./when.js";

/**
 * Whether all is still well, some days later: when it is asked, and who asks.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Detail} Detail
 */

const WAYS = /** @type {const} */ (["person", "survey", "none"]);
const PLANS = ["follow_up_planned", "follow_up_cancelled"];

/** @param {App} app */
export function followUp(app) {
  const { t, language, api } = app;
  const { row, detail } = app.model;
  if (!row) return;
  const now = api.now();
  const no = noSurvey(app, row, detail);
  const there = planned(app, "person");
  const ways = WAYS.filter((value) => there || value !== "none").map((value) => {
    const why = value === "survey" ? no : "";
    const says = why || [t.followUpSays[value], planned(app, value)].filter(Boolean).join(" ");
    return { value, label: t.followUpWays[value], says, disabled: Boolean(why) };
  });
  const times = [
    { label: t.followUpTimes.tomorrow, at: morningIn(now, 1) },
    { label: t.followUpTimes.days, at: morningIn(now, 3) },
    { label: t.followUpTimes.week, at: morningIn(now, 7) },
  ];
  openForm(app, {
    title: t.deeds.followUp,
    lead: t.followUpLead,
    go: t.followUpGo,
    fields: [
      choices(t.followUpHow, "how", ways, { chosen: "person" }),
      ...whenFields(app, t.followUpWhen, times),
    ],
    run: async (given, form) => {
      const how = String(given.get("how"));
      if (how === "none") {
        return app.caseDeeds.tell(row.ref, "follow-up", { how }, t.followUpNone(row.ref));
      }
      const at = whenOf(given);
      if (!(at > api.now())) return missing(form, "when", t.timeMissing);
      const body = { at: new Date(at).toISOString(), how };
      const said = t.followUpDone(row.ref, moment(at, language));
      return app.caseDeeds.tell(row.ref, "follow-up", body, said);
    },
  });
}

/**
 * @param {App} app
 * @param {import("./types.d.ts").Row} row
 * @param {Detail | undefined} detail not there yet: the server refuses what was asked already
 * @returns {string} why the survey cannot be planned
 */
function noSurvey({ t }, row, detail) {
  const { resolved_at } = row;
  if (!resolved_at || !isClosed(row)) return t.followUpOpen;
  const asked = detail?.events.some(({ kind, at }) => kind === "survey_asked" && at >= resolved_at);
  return asked ? t.followUpAsked : "";
}

/** @param {App} app @param {string} way @returns {string} when that is planned already */
function planned({ t, language, api, model }, way) {
  const all = model.detail?.events.filter(({ kind }) => PLANS.includes(kind)) ?? [];
  const last = all.findLast(({ data }) => (data.how ?? "person") === way);
  const at = last?.kind === "follow_up_planned" ? String(last.data.at ?? "") : "";
  return Date.parse(at) > api.now() ? t.followUpPlanned(moment(at, language)) : "";
}
