import { h } from "../shared/dom.js";
import { button, soft } from "./bits.js";
import { part, text } from "./dom.js";
import { choices, line, missing, openForm } from "./form.js";
import { moment } from "./format.js";
import { openSheet } from "./sheet.js";
import { tried } from "./tried.js";

/**
 * Webhooks, for administrators: whether they arrive, and adding, trying and removing them.
 *
 * @typedef {import("./app.js").App} App
 *
 * @typedef {object} Hook
 * @property {number} id
 * @property {string} url
 * @property {string[]} events
 * @property {boolean} active
 * @property {string | null} failing_since
 * @property {string | null} disabled_at
 *
 * @typedef {object} Delivery
 * @property {string} id
 * @property {string} kind
 * @property {string} ref
 * @property {number} tries
 * @property {number | null} status
 * @property {string | null} delivered_at
 * @property {string | null} next_at
 *
 * @typedef {{ hook: Hook, deliveries: Delivery[] }} Known
 */

const PATH = "/hooks";
const SHOWN = 10; // deliveries of a hook
const OFFERED = [
  ...["opened", "claimed", "transferred", "resolved", "reopened", "returned", "sla_missed"],
  ...["escalated", "approval_asked", "promise_due", "rated", "erased"],
];

/** @param {App} app */
export async function hooks(app) {
  const { t } = app;
  const dialog = openSheet(app, "listing", (form) => text(part(form, "title"), t.deeds.hooks));
  const list = part(dialog, "list");
  list.replaceChildren(soft(t.loading));
  const read = async (said = "") => {
    const { answer, why } = await tried(() => all(app));
    text(part(dialog, "said"), why || said);
    const known = /** @type {Known[]} */ (answer ?? []);
    const items = known.map((each) => hookLine(app, each, again));
    list.replaceChildren(
      soft(t.hooksLead),
      items.length ? h("ul", { class: "items" }, ...items) : soft(t.noHooks),
      button(t.hookAdd, () => add(app, again)),
    );
  };
  const again = async (/** @type {string} */ said) => {
    await read(said);
    list.querySelector("button")?.focus();
  };
  await read();
  list.querySelector("button")?.focus();
}

/** @param {App} app @returns {Promise<Known[]>} */
async function all({ api }) {
  const { hooks: found } = await api.call("GET", PATH);
  return Promise.all(
    found.map(async (/** @type {Hook} */ hook) => {
      const { deliveries } = await api.call("GET", `${PATH}/${hook.id}/deliveries`);
      return { hook, deliveries };
    }),
  );
}

/** @param {App} app @param {Known} known @param {(said: string) => void} again */
function hookLine(app, { hook, deliveries }, again) {
  const { t, language } = app;
  const state = hook.disabled_at ? "off" : hook.failing_since ? "failing" : "on";
  const since = hook.disabled_at ?? hook.failing_since ?? "";
  const host = hostOf(hook.url);
  const waits = deliveries.filter(({ delivered_at }) => !delivered_at).length;
  const events = hook.events.map((kind) => app.name("event", kind)).join(", ");
  const named = (/** @type {string} */ label) => `${label}: ${host}`;
  return h(
    "li",
    { class: "item", "data-state": state },
    h(
      "p",
      { class: "line" },
      h("strong", {}, host),
      h("span", { class: "badge" }, t.hookStates[state](since && moment(since, language))),
    ),
    h("p", { class: "soft address" }, hook.url),
    soft(events || t.hookAllEvents),
    soft(waits ? t.hookWaits(waits) : t.hookNoneWait),
    deliveries.length > 0 && lastOf(app, deliveries),
    h(
      "div",
      { class: "row-of" },
      button(t.hookTest, () => test(app, hook, again), named(t.hookTest)),
      state === "off" && button(t.hookOn, () => turnOn(app, hook, again), named(t.hookOn)),
      button(t.hookRemove, () => remove(app, hook, again), named(t.hookRemove)),
    ),
  );
}

/** @param {App} app @param {Delivery[]} deliveries */
function lastOf(app, deliveries) {
  const { t, language } = app;
  const items = deliveries.slice(0, SHOWN).map(({ kind, ref, tries, status, delivered_at, next_at }) => {
    const when = delivered_at
      ? moment(delivered_at, language)
      : next_at && t.hookNext(moment(next_at, language));
    const code = status ?? t.hookNoAnswer;
    const told = [app.name("event", kind), ref, code, t.hookTries(tries), when];
    return h("li", { "data-arrived": Boolean(delivered_at) }, told.filter(Boolean).join(" · "));
  });
  return h(
    "details",
    {},
    h("summary", {}, t.hookLast),
    h("ul", { class: "deliveries" }, ...items),
  );
}

/** @param {App} app @param {Hook} hook @param {(said: string) => void} again */
async function test({ api, t }, hook, again) {
  const { answer, why } = await tried(() => api.call("POST", `${PATH}/${hook.id}/test`));
  const told = answer && (answer.delivered ? t.hookArrived : t.hookFailed);
  again(why || told(answer.status ?? (answer.why || t.hookNoAnswer)));
}

/** @param {App} app @param {Hook} hook @param {(said: string) => void} again */
async function turnOn({ api, t }, hook, again) {
  const { why } = await tried(() => api.call("POST", `${PATH}/${hook.id}/on`));
  again(why || t.hookIsOn);
}

/** @param {App} app @param {Hook} hook @param {(said: string) => void} again */
function remove(app, hook, again) {
  const { t, api } = app;
  openForm(app, {
    title: `${t.hookRemove}: ${hostOf(hook.url)}`,
    lead: t.hookRemoveLead,
    go: t.hookRemove,
    hint: t.noUndo,
    fields: [],
    run: async () => {
      const { why } = await tried(() => api.call("DELETE", `${PATH}/${hook.id}`));
      if (why) return why;
      setTimeout(() => again(t.hookRemoved)); // the dialog has closed by then
      return null;
    },
  });
}

/** @param {App} app @param {(said: string) => void} again */
function add(app, again) {
  const { t, api } = app;
  const options = OFFERED.map((value) => ({ value, label: app.name("event", value) }));
  openForm(app, {
    title: t.hookAdd,
    lead: t.hookAddLead,
    go: t.hookAddGo,
    fields: [
      line(t.hookUrl, { name: "url", type: "url", maxlength: 2000, autofocus: true }),
      choices(t.hookEvents, "events", options, { many: true }),
    ],
    run: async (given, form) => {
      const url = String(given.get("url") ?? "").trim();
      if (!url) return missing(form, "url", t.hookUrlMissing);
      const body = { url, events: given.getAll("events").map(String) };
      const { answer, why } = await tried(() => api.call("POST", PATH, body));
      if (why) return missing(form, "url", why);
      setTimeout(() => showKey(app, answer.secret, again));
      return null;
    },
  });
}

/** The key is shown once. @param {App} app @param {string} key @param {(said: string) => void} again */
function showKey(app, key, again) {
  const { t } = app;
  const dialog = openForm(app, {
    title: t.hookKey,
    lead: t.hookKeyLead,
    go: t.hookKeyKept,
    fields: [h("p", {}, h("code", { class: "key-shown", tabindex: 0 }, key))],
    run: async () => null,
  });
  dialog.addEventListener("close", () => again(t.hookAdded));
}

/** @param {string} url @returns {string} what a person recognises it by */
function hostOf(url) {
  return URL.canParse?.(url) ? new URL(url).host : url;
}
