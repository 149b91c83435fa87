import { set } from "../shared/dom.js";
import { part, stamp, text } from "./dom.js";
import { moment, rough, span } from "./format.js";
import { MoodBar } from "./mood.js";
import { gone, isBack, urgency, dueOf } from "./sla.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Row} Row
 */

const FAR = 3_600_000; // ms: a deadline farther away is told as a time of day

/** One line of the queue. */
export class TicketRow extends HTMLElement {
  /** @param {App} app @param {Row} row */
  update(app, row) {
    if (!this.firstChild) this.append(stamp("row"));
    const { t, unread, model } = app;
    const isUnread = unread.is(row);
    const mine = model.isMine(row);
    text(part(this, "ref"), row.ref);
    text(part(this, "name"), row.customer ?? t.guest);
    text(part(this, "says"), row.summary || t.noSummary);
    text(part(this, "why"), app.reasonOf(row));
    part(this, "mood", MoodBar).show(row.frustration, app);
    const priority = part(this, "priority");
    text(priority, app.name("priority", row.priority));
    set(priority, "data-priority", row.priority);
    const tongue = part(this, "tongue");
    text(tongue, row.language.toUpperCase());
    set(tongue, "title", app.name("language", row.language));
    const holder = part(this, "holder");
    text(holder, row.status !== "claimed" ? "" : row.lost_at ? t.lostAgent : mine ? t.mine : (row.owner_name ?? ""));
    text(part(this, "unread"), isUnread ? `. ${t.unread}` : "");
    this.classList.toggle("unread", isUnread);
    const button = /** @type {HTMLElement} */ (this.firstElementChild);
    set(button, "aria-current", row.ref === model.selected && "true");
    this.tick(app, row);
  }

  /** @param {App} app @param {Row} row what changes by itself */
  tick(app, row) {
    const now = app.api.now();
    const age = part(this, "age", HTMLTimeElement);
    const old = now - Date.parse(row.created_at);
    text(age, old < 60_000 ? app.t.now : rough(old));
    set(age, "datetime", row.created_at);
    set(age, "title", moment(row.created_at, app.language));
    const state = urgency(row, now);
    set(this, "data-urgency", state);
    text(part(this, "left"), deadline(app, row, now));
    const bar = part(this, "bar");
    bar.hidden = state === "open" || state === "closed" || isBack(row);
    const filled = /** @type {HTMLElement} */ (bar.firstElementChild);
    filled.style.transform = `scaleX(${gone(row, now).toFixed(3)})`;
  }
}

/**
 * What is said about the first answer of a ticket.
 *
 * @param {App} app
 * @param {Row} row
 * @param {number} now
 * @returns {string}
 */
export function deadline(app, row, now) {
  const { t, language } = app;
  const state = urgency(row, now);
  if (state === "closed") {
    const ended = row.disposition && app.model.rules?.dispositions[row.disposition]?.[language];
    return ended || t.status[row.status];
  }
  if (isBack(row)) return t.backInQueue;
  if (state === "open") return t.answered;
  const left = dueOf(row) - now;
  if (left <= 0) return t.overdue(span(-left));
  return left > FAR ? t.dueAt(moment(row.due_first_response, language)) : t.left(span(left));
}
