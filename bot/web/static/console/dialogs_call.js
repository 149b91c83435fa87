import { area, missing, openForm } from "./form.js";
import { Once } from "./once.js";

/**
 * News given by telephone: it counts as told, and stays as a note.
 *
 * @typedef {import("./app.js").App} App
 */

/** @param {App} app */
export function call(app) {
  const { t, model } = app;
  const { row } = model;
  if (!row) return;
  const once = new Once();
  openForm(app, {
    title: t.deeds.call,
    lead: t.callLead,
    go: t.save,
    fields: [area(t.callWhat, { name: "text", required: true, autofocus: true }, t.callHint)],
    run: async (given, form) => {
      const text = String(given.get("text") ?? "").trim();
      if (!text) return missing(form, "text", t.callMissing);
      return app.caseDeeds.tell(row.ref, "calls", once.of({ text }), t.callDone(row.ref));
    },
  });
}
