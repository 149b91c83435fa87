import { h } from "../shared/dom.js";
import { bare, chips, pairs, plain, soft } from "./bits.js";
import { promise } from "./dialogs_promise.js";
import { isToday, moment, money, span } from "./format.js";

/**
 * The sections of the context column: each function returns nodes and changes nothing.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Context} Context
 * @typedef {import("./types.d.ts").Detail} Detail
 * @typedef {import("./types.d.ts").Promised} Promised
 */

const SOON = 86_400_000; // ms before its time in which a promise counts down

/** @param {App} app @param {Context} context */
export function risks(app, { risks: flags }) {
  if (!flags.length) return null;
  const items = flags.map((flag) => h("li", {}, app.name("risk", flag)));
  return h(
    "section",
    { class: "risks" },
    h("h3", {}, app.t.risksTitle),
    h("ul", { class: "chips" }, ...items),
  );
}

/** What happened, what they want, what was tried. @param {App} app @param {Context} context */
export function summary({ t }, { summary: said }) {
  const lines = /** @type {const} */ (["happened", "wants", "tried"]);
  return [pairs(lines.map((name) => [t[name], said[name] || t.nothing[name]]))];
}

/** @param {App} app @param {Context} context */
export function avoided(app, { step, techniques, offers, rejected_offers: rejected }) {
  const { t } = app;
  const refused = new Set([
    ...rejected,
    ...offers.filter(({ status }) => status === "refused").map(({ text }) => text),
  ]);
  const made = offers.filter(({ text, status }) => status !== "refused" && !refused.has(text));
  const blocks = [
    step ? pairs([[t.step, app.name("step", step)]]) : null,
    chips(t.offersRefused, [...refused], "refused"),
    chips(
      t.techniquesUsed,
      techniques.map((name) => app.name("technique", name)),
      "used",
    ),
    chips(
      t.offersOpen,
      made.map(({ text, status }) => `${text} (${app.name("offer", status)})`),
      "made",
    ),
  ].filter((block) => block !== null);
  return blocks.length ? blocks : [soft(t.noAvoid)];
}

/** @param {App} app @param {Detail} detail */
export function origin(app, { context, ticket }) {
  const { t } = app;
  const { trigger } = context;
  const quote = h("div", {}, h("h4", {}, t.evidence), h("blockquote", {}, bare(trigger.evidence)));
  const starters = /** @type {Record<string, string>} */ (t.starters);
  return [
    h("p", { class: "strong" }, app.name("trigger", trigger.type)),
    trigger.evidence ? quote : "",
    pairs([
      [t.reason, app.reasonOf(ticket)],
      [t.rule, trigger.rule === trigger.type ? "" : trigger.rule],
      [t.starter, starters[context.initiator] ?? context.initiator],
      [t.issue, context.issue && app.name("issue", context.issue)],
      [t.team, app.model.rules?.teams[ticket.team]?.[app.language] ?? ticket.team],
      [t.priority, app.name("priority", ticket.priority)],
    ]),
    context.agent_message
      ? h("p", {}, h("strong", {}, `${t.agentMessage}: `), context.agent_message)
      : "",
  ];
}

/** @param {App} app @param {Context} context */
export function facts(app, { facts: known, entities }) {
  const all = /** @type {Map<string, string>} */ (new Map());
  for (const [name, value] of Object.entries(known)) all.set(app.name("fact", name), plain(value));
  for (const { entity, value } of entities) {
    const name = app.name("fact", entity);
    const said = plain(value);
    const old = all.get(name);
    if (!old) all.set(name, said);
    else if (!old.split(", ").includes(said)) all.set(name, `${old}, ${said}`);
  }
  return [all.size ? pairs([...all]) : soft(app.t.noFacts)];
}

/** @param {App} app @param {Context} context */
export function customer(app, context) {
  const { t } = app;
  const { customer: who, register, page, contact: left } = context;
  const said = who.identity_status === "claimed" && !who.proven_orders?.length;
  const status = /** @type {keyof typeof t.identity} */ (said ? "said" : who.identity_status);
  const registers = /** @type {Record<string, string>} */ (t.registers);
  const shop = app.extras.value("shop", app.model.selected ?? ""); // it knows what is left
  const allowed = Object.entries(shop ? {} : context.compensation.allowed)
    .filter(([, cents]) => cents)
    .map(([name, cents]) => `${app.name("authority", name)}: ${money(cents, app.language)}`);
  return [
    h(
      "p",
      { class: "identity", "data-status": status },
      h("strong", {}, t.identity[status] ?? status),
      h("span", {}, t.identityHint[status] ?? ""),
    ),
    pairs([
      [t.customer, who.name],
      [t.number, who.id],
      [t.email, who.email],
      [t.address, register && registers[register]],
      [t.writesFrom, page],
      [t.leftEmail, left?.email],
      [t.leftPhone, left?.phone],
      [t.mailTitle, left && t.mail[left.mail]],
      [t.allowed, allowed.join(" · ")],
    ]),
  ];
}

/** @param {App} app @param {Context} context */
export function promises(app, { promises: all }) {
  const { t, model } = app;
  const about = { type: "button", class: "plain", "data-focus": "promise" };
  const more = { "aria-keyshortcuts": "Shift+V", click: () => promise(app) };
  return [
    all.length ? promiseList(app, all) : soft(t.noPromises),
    model.isMine(model.row) && h("button", { ...about, ...more }, t.deeds.promise),
  ].filter((node) => node instanceof Node);
}

/** @param {App} app @param {Promised[]} all */
function promiseList(app, all) {
  const { t, language } = app;
  const items = all.map(({ id, text, due, kept, owner }) => {
    const at = due ? Date.parse(due) : NaN;
    const left = at - app.api.now();
    const late = !kept && left < 0;
    const when = Number.isNaN(at) ? t.noDue : t.before(moment(at, language), isToday(at));
    const near = !kept && left > 0 && left < SOON ? ` (${t.left(span(left))})` : "";
    const state = kept ? ` (${t.kept})` : late ? ` (${t.broken})` : near;
    const who = owner === "bot" ? t.bot : (app.model.rules?.teams[owner]?.[language] ?? owner);
    const click = () => app.deeds.keep(id);
    const button = h(
      "button",
      {
        type: "button",
        class: "plain",
        "aria-label": t.keepThis(text),
        "data-focus": `keep-${id}`,
        "aria-keyshortcuts": "Shift+M",
        click,
      },
      t.keep,
    );
    return h(
      "li",
      { class: late ? "late" : kept && "kept" },
      h("span", {}, text),
      h("span", { class: "when" }, `${when}${state} · ${t.keptBy(who)}`),
      kept ? "" : button,
    );
  });
  return h("ul", { class: "promises" }, ...items);
}

/** @param {App} app @param {NonNullable<Context["returned"]>} note */
export function returned(app, { agreed, agent, disposition }) {
  const ended = disposition && app.model.rules?.dispositions[disposition]?.[app.language];
  return [
    ended ? h("p", { class: "strong" }, ended) : "",
    agreed ? h("p", {}, agreed) : "",
    agent ? soft(agent) : "",
  ];
}

/** @param {App} app @param {Context} context @param {Node | null} [known] the cases, if better known */
export function times(app, { history }, known = null) {
  const { t, language } = app;
  const items = history.tickets.map(({ ref, created_at, summary, status, disposition }) => {
    const ended = disposition && app.model.rules?.dispositions[disposition]?.[language];
    const state = /** @type {Record<string, string>} */ (t.status)[status] ?? status;
    const open = () => app.deeds.open(ref);
    return h(
      "li",
      {},
      h("button", { type: "button", class: "text", click: open }, ref),
      h("span", { class: "soft" }, ` ${moment(created_at, language)} · ${ended || state}`),
      h("p", {}, summary),
    );
  });
  const care = [history.vip && t.vip, history.vulnerable && t.vulnerable].filter(Boolean);
  const contacts = (history.contacts ?? []).map(
    ({ at, issue, channel }) =>
      `${at} · ${app.name("channel", channel)}${issue ? ` · ${app.name("issue", issue)}` : ""}`,
  );
  const pending = (history.open ?? []).map(({ ref, issue }) =>
    issue ? `${ref} · ${app.name("issue", issue)}` : ref,
  );
  return [
    care.length ? h("p", { class: "strong" }, care.join(" · ")) : "",
    h("p", {}, t.contacts30(history.conversations_30_days)),
    chips(t.openCases, pending, "made") ?? "",
    chips(t.contactsBefore, contacts, "used") ?? "",
    known ?? (items.length ? h("ul", { class: "earlier" }, ...items) : soft(t.noHistory)),
  ];
}
