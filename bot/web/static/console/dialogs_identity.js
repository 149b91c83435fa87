import { line, missing, openForm } from "./form.js";

/**
 * Note that the customer proved an order by what they told: then their orders may be spoken of.
 *
 * @param {import("./app.js").App} app
 */
export function prove(app) {
  const { t } = app;
  const { row, detail } = app.model;
  if (!row) return;
  const { order, order_number: number } = detail?.context.facts ?? {};
  openForm(app, {
    title: t.proveTitle,
    lead: t.proveLead,
    go: t.proveGo,
    fields: [
      line(t.order, { name: "order", value: String(order ?? number ?? ""), maxlength: 60 }),
      line(t.email, { name: "email", type: "email", maxlength: 320 }, t.proveEither),
      line(t.postcode, { name: "postcode", maxlength: 20 }),
    ],
    run: async (given, form) => {
      const said = (/** @type {string} */ name) => String(given.get(name) ?? "").trim();
      const body = { order: said("order"), email: said("email"), postcode: said("postcode") };
      if (!body.order) return missing(form, "order", t.proveMissing);
      if (!body.email && !body.postcode) return missing(form, "email", t.proveMissing);
      return app.caseDeeds.tell(row.ref, "identity", body, t.proveDone(body.order));
    },
  });
}
