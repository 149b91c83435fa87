import { h } from "../shared/dom.js";
import { askApproval } from "./dialogs_approval.js";
import { part } from "./dom.js";
import { choices, missing, openForm } from "./form.js";
import { day, money } from "./format.js";
import { amountField, amountLabel, centsOf, isOpen, shopOf, typed } from "./money.js";

/**
 * Dialogs that give money or goods: within one's authority it is done, above it is asked.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").Shop} Shop
 * @typedef {import("./dialogs_approval.js").Wish} Wish
 */

const ABOVE = "above_authority"; // the server's word for more than this role may give

/** The order that the case is about, as far as it is known. @param {App} app */
function orderOf(app) {
  return String(app.model.detail?.context.facts.order ?? "");
}

/** Pay a charge back. @param {App} app @param {string} [chosen] id of the charge */
export async function refund(app, chosen = "") {
  const shop = await shopOf(app);
  if (!shop) return;
  const { t, language } = app;
  const open = shop.orders.flatMap((order) =>
    order.charges.filter(isOpen).map((charge) => ({ order, charge })),
  );
  if (!open.length) return app.toasts.show({ text: t.noCharges });
  const first =
    open.find(({ charge }) => charge.id === chosen) ??
    open.find(({ order }) => order.number === orderOf(app)) ??
    open[0];
  const amount = amountField(app, first.charge.amount_cents);
  const picked = choices(
    t.chargeToRefund,
    "subject",
    open.map(({ order, charge }) => ({
      value: charge.id,
      label: money(charge.amount_cents, language),
      says: t.chargeOf(order.number, order.product, day(charge.charged_on, language)),
    })),
    { chosen: first.charge.id, focus: true },
  );
  picked.addEventListener("change", (event) => {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    const found = open.find(({ charge }) => charge.id === value);
    if (found) amount.value = typed(found.charge.amount_cents);
  });
  give(app, shop, {
    kind: "refund",
    title: t.refundTitle,
    fields: [picked, amountLabel(app, amount)],
    body: (subject, cents) => ({ charge: subject, cents }),
    most: (subject) => open.find(({ charge }) => charge.id === subject)?.charge.amount_cents ?? 0,
  });
}

/** Give a voucher for an order. @param {App} app @param {string} [chosen] number of the order */
export async function voucher(app, chosen = "") {
  const shop = await shopOf(app);
  if (!shop) return;
  const { t } = app;
  if (!shop.orders.length) return app.toasts.show({ text: t.noOrders });
  give(app, shop, {
    kind: "voucher",
    title: t.voucherTitle,
    fields: [orders(app, shop, chosen || orderOf(app)), amountLabel(app, amountField(app, 0))],
    body: (order, cents) => ({ order, cents }),
    most: () => Infinity,
  });
}

/** Send an order again. @param {App} app @param {string} [chosen] number of the order */
export async function resend(app, chosen = "") {
  const shop = await shopOf(app);
  if (!shop) return;
  const { t, model } = app;
  if (!shop.orders.length) return app.toasts.show({ text: t.noOrders });
  const ref = model.selected ?? "";
  openForm(app, {
    title: t.resendTitle,
    lead: t.resendLead,
    go: t.deeds.resend,
    hint: t.noUndo,
    fields: [orders(app, shop, chosen || orderOf(app))],
    run: async (given) => {
      const order = String(given.get("subject") ?? "");
      const outcome = await app.caseDeeds.act(ref, "resend", { order });
      if (!outcome.done) return outcome.why;
      const { problem } = outcome.answer?.approval ?? {};
      if (problem) return app.name("problem", problem);
      app.toasts.show({ text: t.resendDone(order), about: ref });
      return null;
    },
  });
}

/**
 * @param {App} app
 * @param {Shop} shop
 * @param {object} about
 * @param {"refund" | "voucher"} about.kind
 * @param {string} about.title
 * @param {Node[]} about.fields
 * @param {(subject: string, cents: number) => object} about.body
 * @param {(subject: string) => number} about.most cents that there are to give
 */
function give(app, shop, { kind, title, fields, body, most }) {
  const { t, language, model } = app;
  const ref = model.selected ?? "";
  const left = shop.authority.left[`${kind}_cents`];
  openForm(app, {
    title,
    lead: t.leftToGive(money(left, language)),
    go: t.deeds[kind],
    hint: t.noUndo,
    fields,
    run: async (given, form) => {
      const subject = String(given.get("subject") ?? "");
      const cents = centsOf(String(given.get("amount") ?? ""));
      if (!(cents > 0)) return missing(form, "amount", t.amountMissing);
      if (cents > most(subject)) {
        return missing(form, "amount", t.amountOver(money(most(subject), language)));
      }
      if (cents > left) return above(app, form, { kind, subject, cents }, left);
      const outcome = await app.caseDeeds.act(ref, kind, body(subject, cents));
      const problem = outcome.done && outcome.answer?.approval?.problem;
      if (problem) return app.name("problem", problem);
      if (outcome.done) {
        app.toasts.show({ text: t.given[kind](money(cents, language)), about: ref });
        return null;
      }
      if (outcome.code !== ABOVE) return outcome.why;
      return above(app, form, { kind, subject, cents }, left);
    },
  });
}

/** Say that it is too much, and offer to ask. */
function above(
  /** @type {App} */ app,
  /** @type {HTMLFormElement} */ form,
  /** @type {Wish} */ wish,
  /** @type {number} */ left,
) {
  const { t, language } = app;
  const ask = () => {
    form.closest("dialog")?.close();
    askApproval(app, wish);
  };
  form.querySelector(".ask")?.remove();
  const button = h("button", { type: "button", class: "plain ask", click: ask }, t.deeds.approval);
  part(form, "fields").append(button);
  queueMicrotask(() => button.focus());
  return t.aboveAuthority(money(left, language));
}

/** @param {App} app @param {Shop} shop @param {string} chosen */
function orders({ t, language }, shop, chosen) {
  return choices(
    t.order,
    "subject",
    shop.orders.map(({ number, product, total_cents }) => ({
      value: number,
      label: number,
      says: `${product} · ${money(total_cents, language)}`,
    })),
    { chosen: (shop.orders.find(({ number }) => number === chosen) ?? shop.orders[0]).number, focus: true },
  );
}
