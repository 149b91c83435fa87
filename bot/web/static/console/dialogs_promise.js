import { choices, line, missing, openForm } from "./form.js";
import { isToday, moment } from "./format.js";
import { Once } from "./once.js";
import { morningIn, whenFields, whenOf } from "./when.js";

/**
 * What is promised to a customer: noted with its time, and marked as kept.
 *
 * @typedef {import("./app.js").App} App
 */

const HOUR = 3_600_000; // ms

/** Note a promise; the desk keeps time from then on. @param {App} app */
export function promise(app) {
  const { t, api, model } = app;
  const { row } = model;
  if (!row) return;
  const now = api.now();
  const times = [
    { label: t.snoozeTimes.hour, at: now + HOUR },
    { label: t.snoozeTimes.afternoon, at: now + 4 * HOUR },
    { label: t.snoozeTimes.tomorrow, at: morningIn(now, 1) },
  ];
  const once = new Once();
  openForm(app, {
    title: t.deeds.promise,
    lead: t.promiseLead,
    go: t.save,
    fields: [
      line(t.promiseWhat, { name: "text", required: true, maxlength: 500 }),
      ...whenFields(app, t.promiseWhen, times),
    ],
    run: async (given, form) => {
      const text = String(given.get("text") ?? "").trim();
      if (!text) return missing(form, "text", t.promiseMissing);
      const at = whenOf(given);
      if (!(at > api.now())) return missing(form, "when", t.timeMissing);
      const body = once.of({ text, due: new Date(at).toISOString() });
      const said = t.promiseDone(row.ref, moment(body.due, app.language));
      return app.caseDeeds.tell(row.ref, "promises", body, said);
    },
  }).querySelector(/** @type {"input"} */ ('[name="text"]'))?.focus();
}

/** @param {App} app @returns {import("./types.d.ts").Promised[]} of the open case, the next first */
export function openPromises({ model }) {
  const all = model.detail?.context.promises ?? [];
  const due = (/** @type {{ due: string | null }} */ each) => each.due ?? "9";
  return all.filter(({ kept }) => !kept).sort((a, b) => due(a).localeCompare(due(b)));
}

/** Say which promise was kept; the one that is due first is chosen. @param {App} app */
export function keepPromise(app) {
  const { t, language, model } = app;
  const all = openPromises(app);
  const { row } = model;
  if (!row || !all.length) return;
  openForm(app, {
    title: t.deeds.keepPromise,
    lead: t.keepLead,
    go: t.keep,
    fields: [
      choices(
        t.promisesTitle,
        "id",
        all.map(({ id, text, due }) => {
          const says = due ? t.before(moment(due, language), isToday(due)) : t.noDue;
          return { value: String(id), label: text, says };
        }),
        { chosen: String(all[0].id), focus: true },
      ),
    ],
    run: async (given) => {
      const id = String(given.get("id"));
      return app.caseDeeds.tell(row.ref, `promises/${id}/keep`, {}, t.keepDone(row.ref));
    },
  });
}
