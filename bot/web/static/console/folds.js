import { h } from "../shared/dom.js";
import { pairs, plain } from "./bits.js";
import { moment, money } from "./format.js";

/**
 * What the context column keeps folded: the log of the case, and what trainers look for.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Detail} Detail
 * @typedef {import("./types.d.ts").TicketEvent} TicketEvent
 */

/** @param {App} app @param {TicketEvent[]} events */
export function log(app, events) {
  const items = gathered(events.filter(({ kind }) => kind !== "said")).map((run) => {
    const { at, actor, kind, data } = run[0];
    const agent = actor.startsWith("agent:") && actor.slice("agent:".length);
    const self = agent && agent === app.model.agent?.username && app.model.agent.name;
    const who = self || agent || app.name("actor", actor);
    return h(
      "li",
      { "data-kind": kind },
      h("time", { datetime: at }, moment(at, app.language)),
      ` ${app.name("event", kind)}${again(app, run)}${detail(app, kind, data)}, ${who}`,
    );
  });
  return h("ol", { class: "events" }, ...items);
}

/**
 * Reads between two other events are one line for each agent; everything else is a line.
 *
 * @param {TicketEvent[]} events
 * @returns {TicketEvent[][]}
 */
function gathered(events) {
  const lines = /** @type {TicketEvent[][]} */ ([]);
  let readers = /** @type {Map<string, TicketEvent[]>} */ (new Map());
  for (const event of events) {
    if (event.kind !== "read") readers = new Map();
    const before = readers.get(event.actor);
    if (before) {
      before.push(event);
      continue;
    }
    const line = [event];
    lines.push(line);
    if (event.kind === "read") readers.set(event.actor, line);
  }
  return lines;
}

/** How often, and until when. @param {App} app @param {TicketEvent[]} run */
function again({ t, language }, run) {
  const last = run[run.length - 1].at;
  return run.length > 1 ? ` ${t.readTimes(run.length, moment(last, language))}` : "";
}

/** From what to what something was changed, and why. @param {Record<string, unknown>} data */
function detail(/** @type {App} */ app, /** @type {string} */ kind, data) {
  const { from, to, reason, team, labels, disposition, cents, clock } = data;
  const { rules, language } = app.model;
  const said = (/** @type {unknown} */ code) =>
    kind === "priority" ? app.name("priority", code) : String(code);
  const ended =
    disposition && (rules?.dispositions[String(disposition)]?.[language] ?? disposition);
  const clocks = /** @type {Record<string, string>} */ (app.t.clocks);
  const parts = [
    from && to ? `${said(from)} → ${said(to)}` : "",
    kind === "transferred" && team ? (rules?.teams[String(team)]?.[language] ?? team) : "",
    kind === "labelled" && Array.isArray(labels) ? labels.join(", ") : "",
    clock ? (clocks[String(clock)] ?? clock) : "",
    cents ? money(Number(cents), language) : "",
    ended || "",
    typeof reason === "string" ? reason : "",
  ].filter(Boolean);
  return parts.length ? ` (${parts.join("; ")})` : "";
}

/** @param {App} app @param {Detail} detail */
export function technical(app, { context, ticket }) {
  const { t } = app;
  const failures = context.failure_points.map((point) => {
    const [kind, ...rest] = plain(point).split(": ");
    return [app.name("failure", kind), ...rest].join(": ");
  });
  return pairs([
    [t.model, context.versions.model],
    [t.step, context.step && app.name("step", context.step)],
    [t.attempts, String(context.attempts)],
    [t.misunderstood, String(context.misunderstood)],
    [t.failures, failures.join("; ")],
    [t.speaks, app.name("language", ticket.language)],
    [t.conversationId, ticket.conversation],
  ]);
}
