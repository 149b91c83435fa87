import { h } from "../shared/dom.js";
import { approvalLine, bareSubject } from "./approvals.js";
import { part, text } from "./dom.js";
import { area, choices, line, missing, openForm } from "./form.js";
import { amountField, amountLabel, centsOf, shopOf } from "./money.js";
import { openSheet } from "./sheet.js";

/**
 * Dialogs of what is above an agent's authority: asking for it, and deciding.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {{ subject?: string, cents?: number, kind?: string }} Wish
 */

/** Ask a supervisor for more than one may give. @param {App} app @param {Wish} [wish] */
export async function askApproval(app, wish = {}) {
  const shop = await shopOf(app);
  if (!shop) return;
  const { t, model } = app;
  const ref = model.selected ?? "";
  const kinds = /** @type {const} */ (["refund", "voucher"]);
  const subject = line(t.approvalSubject, {
    name: "subject",
    maxlength: 60,
    value: bareSubject(wish.subject ?? shop.orders[0]?.number ?? ""),
  });
  openForm(app, {
    title: t.approvalTitle,
    lead: t.approvalLead,
    go: t.approvalGo,
    fields: [
      choices(
        t.approvalKind,
        "kind",
        kinds.map((value) => ({ value, label: t.deeds[value] })),
        { chosen: wish.kind ?? "refund", focus: !wish.cents },
      ),
      subject,
      amountLabel(app, amountField(app, wish.cents ?? 0)),
      area(t.approvalReason, { name: "reason", required: true, autofocus: Boolean(wish.cents) }),
    ],
    run: async (given, form) => {
      const cents = centsOf(String(given.get("amount") ?? ""));
      const reason = String(given.get("reason") ?? "").trim();
      if (!(cents > 0)) return missing(form, "amount", t.amountMissing);
      if (!reason) return missing(form, "reason", t.whyMissing);
      const kind = String(given.get("kind"));
      const about = String(given.get("subject") ?? "").trim();
      const numbers = shop.orders.map(({ number }) => number);
      const subject = numbers.includes(about) ? `order:${about}` : about;
      const body = { kind, cents, subject, reason };
      return app.caseDeeds.tell(ref, "approvals", body, t.approvalDone(ref));
    },
  });
}

/**
 * A supervisor's list of what is asked; each is decided in place, leaves it, and the next one has
 * the focus.
 *
 * @param {App} app
 */
export async function decide(app) {
  const { t } = app;
  await app.extras.refresh("approvals");
  let shown = "";
  const gone = new Set(); // decided here; the list that is read may be older
  const dialog = openSheet(app, "approvals", (form) => text(part(form, "title"), t.decideTitle));
  const draw = () => {
    const asked = app.extras.get("approvals");
    const now = JSON.stringify([app.language, asked.value, asked.error, [...gone]]);
    if (now === shown) return; // a button that is about to be pressed stays where it is
    shown = now;
    const list = part(dialog, "list");
    const focused = document.activeElement;
    const inside = focused instanceof HTMLElement && list.contains(focused);
    const decides = (inside && focused.dataset.decides) || "";
    const at = [...list.querySelectorAll("li")].findIndex((item) => item.matches(":focus-within"));
    const all = /** @type {import("./case.d.ts").Approval[]} */ (asked.value?.approvals ?? []);
    const open = all.filter(({ id, state }) => !gone.has(id) || state === "failed");
    const items = open.map((each, index) => {
      const decided = (/** @type {string} */ said) => {
        gone.add(each.id);
        text(part(dialog, "said"), said);
        draw();
      };
      return approvalLine(app, each, { ref: true, decided, closed: () => focusOn(list, index) });
    });
    const none = asked.state === "error" ? asked.error : t.decideNone;
    list.replaceChildren(
      items.length
        ? h("ul", { class: "approvals" }, ...items)
        : h("p", { class: "soft", tabindex: -1 }, none),
    );
    const same = list.querySelector(/** @type {"button"} */ (`[data-decides="${decides}"]`));
    if (same) same.focus();
    else if (inside) focusOn(list, Math.max(at, 0));
  };
  draw();
  app.model.addEventListener("change", draw);
  dialog.addEventListener("close", () => app.model.removeEventListener("change", draw));
  dialog.querySelector("button")?.focus();
}

/** The nth of a list, or what comes after it, or what says that there is none. */
function focusOn(/** @type {HTMLElement} */ list, /** @type {number} */ index) {
  const items = [...list.querySelectorAll("li")];
  const places = [...items.slice(index), ...items.slice(0, index).reverse()];
  const found = places.map((item) => item.querySelector("button")).find((button) => button);
  (found ?? list.querySelector("p"))?.focus();
}
