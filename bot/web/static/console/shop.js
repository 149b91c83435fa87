import { h } from "../shared/dom.js";
import { pairs, soft } from "./bits.js";
import { approvalLine } from "./approvals.js";
import { prove } from "./dialogs_identity.js";
import { refund, resend, voucher } from "./dialogs_money.js";
import { day, money } from "./format.js";
import { isOpen } from "./money.js";

/**
 * What the company's systems say of the customer: orders, payments, invoices, and what may be done.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").Shop} Shop
 * @typedef {import("./case.d.ts").ShopOrder} ShopOrder
 * @typedef {import("./case.d.ts").ShopCharge} ShopCharge
 */

/** @param {App} app @param {string} ref @returns {(Node | string)[]} */
export function shop(app, ref) {
  const { t, language } = app;
  const read = app.extras.get("shop", ref);
  const found = /** @type {Shop | undefined} */ (read.value);
  if (!found) return [read.state === "error" ? failed(app, ref, read.error) : soft(t.loading)];
  const { authority, approvals, problem } = found;
  const left = authority?.left;
  const partly = !problem && found.identity !== "verified"; // an order was proved to the bot, and only that one
  return [
    read.state === "error" ? failed(app, ref, read.error) : "",
    ...found.orders.map((order, index) => orderOf(app, order, found, index === 0)),
    problem ? soft(t.shopProblems[problem]) : found.orders.length ? "" : soft(t.noOrders),
    partly ? soft(t.shopPartly) : "",
    (partly || problem === "unproven") && app.model.isMine(app.model.row)
      ? deed(t.deeds.prove, "prove", "Shift+I", () => prove(app))
      : "",
    left && !problem && app.model.isMine(app.model.row)
      ? soft(t.canGive(money(left.refund_cents, language), money(left.voucher_cents, language)))
      : "",
    approvals.length
      ? h(
          "div",
          {},
          h("h4", {}, t.approvalsTitle),
          h("ul", { class: "approvals" }, ...approvals.map((each) => approvalLine(app, each))),
        )
      : "",
  ];
}

/** @param {App} app @param {ShopOrder} order @param {Shop} found @param {boolean} first */
function orderOf(app, order, found, first) {
  const { t, language } = app;
  const invoice = found.invoices.find((each) => each.order === order.number);
  const last = order.events.at(-1);
  const late = order.days_late ? ` (${t.daysLate(order.days_late)})` : "";
  const mine = app.model.isMine(app.model.row);
  return h(
    "details",
    { class: "order", id: `order-${order.number}`, open: first },
    h(
      "summary",
      {},
      h("strong", {}, order.number),
      ` ${order.product} · `,
      h("span", { class: "state" }, app.name("order", order.status)),
    ),
    pairs([
      [t.orderTotal, money(order.total_cents, language)],
      [t.orderedOn, day(order.ordered_on, language)],
      [t.promisedOn, `${day(order.promised_on, language)}${late}`],
      [t.deliveredOn, order.delivered_on && day(order.delivered_on, language)],
      [t.carrier, [order.carrier, order.tracking].filter(Boolean).join(" · ")],
      [t.lastEvent, last && `${last.text}, ${last.place}`],
      [t.invoice, invoice && `${invoice.number} · ${money(invoice.total_cents, language)}`],
    ]),
    h("ul", { class: "charges" }, ...order.charges.map((each) => chargeOf(app, each, mine))),
    mine &&
      h(
        "div",
        { class: "row-of" },
        deed(t.deeds.resend, `resend-${order.number}`, "v", () => resend(app, order.number)),
        deed(t.deeds.voucher, `voucher-${order.number}`, "b", () => voucher(app, order.number)),
      ),
  );
}

/** @param {App} app @param {ShopCharge} charge @param {boolean} mine */
function chargeOf(app, charge, mine) {
  const { t, language } = app;
  const state = app.name("charge", charge.refunded ? "refunded" : charge.state);
  const again = charge.repeated && app.name("charge", "repeated");
  const amount = money(charge.amount_cents, language);
  const says = [amount, day(charge.charged_on, language), state, again].filter(Boolean);
  const label = t.refundThis(amount);
  const pay = () => refund(app, charge.id);
  return h(
    "li",
    {},
    h("span", {}, says.join(" · ")),
    mine && isOpen(charge) && deed(t.deeds.refund, `refund-${charge.id}`, "m", pay, label),
  );
}

/** A button that does one of the case's actions to this very order or charge. */
function deed(
  /** @type {string} */ label,
  /** @type {string} */ id,
  /** @type {string} */ key,
  /** @type {() => void} */ click,
  spoken = "",
) {
  const about = { type: "button", class: "plain", "data-focus": id, "aria-keyshortcuts": key };
  return h("button", { ...about, "aria-label": spoken || null, click }, label);
}

/** @param {App} app @param {string} ref @param {string} why */
function failed(app, ref, why) {
  const about = { type: "button", class: "text", "aria-keyshortcuts": "." };
  const again = () => app.extras.refresh("shop", ref);
  return h(
    "p",
    { class: "error" },
    `${why} `,
    h("button", { ...about, click: again }, app.t.retry),
  );
}
