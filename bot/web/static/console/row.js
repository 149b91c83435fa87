import { set } from "../shared/dom.js";
import { stamp, text } from "./dom.js";
import { isToday, moment, rough, span } from "./format.js";
import { MoodBar } from "./mood.js";
import { gone, isBack, urgency, dueOf } from "./sla.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Row} Row
 */

const FAR = 3_600_000; // ms: a deadline farther away is told as a time of day

/** One line of the queue. */
export class TicketRow extends HTMLElement {
  #shown = /** @type {unknown[]} */ ([]);
  #parts = /** @type {Record<string, HTMLElement>} */ ({});

  /** @param {App} app @param {Row} row */
  update(app, row) {
    if (!this.firstChild) this.#stamp();
    const { unread, model, language } = app;
    const shown = [row, unread.is(row), row.ref === model.selected, language, model.rules];
    if (shown.some((value, index) => value !== this.#shown[index])) {
      this.#shown = shown;
      this.#draw(app, row, unread.is(row));
    }
    this.#tick(app, row);
  }

  #stamp() {
    this.append(stamp("row"));
    for (const node of this.querySelectorAll("[data-part]")) {
      if (node instanceof HTMLElement) this.#parts[node.dataset.part ?? ""] = node;
    }
  }

  /** @param {App} app @param {Row} row @param {boolean} isUnread */
  #draw(app, row, isUnread) {
    const { t, model } = app;
    const { ref, name, says, why, mood, priority, tongue, holder, unread } = this.#parts;
    text(ref, row.ref);
    text(name, row.customer ?? t.guest);
    text(says, row.summary || t.noSummary);
    text(why, app.reasonOf(row));
    if (mood instanceof MoodBar) mood.show(row.frustration, app);
    text(priority, app.name("priority", row.priority));
    set(priority, "data-priority", row.priority);
    text(tongue, row.language.toUpperCase());
    set(tongue, "title", app.name("language", row.language));
    const whose = row.lost_at ? t.lostAgent : model.isMine(row) ? t.mine : (row.owner_name ?? "");
    text(holder, row.status === "claimed" ? whose : "");
    text(unread, isUnread ? `. ${t.unread}` : "");
    this.classList.toggle("unread", isUnread);
    const button = /** @type {HTMLElement} */ (this.firstElementChild);
    set(button, "aria-current", row.ref === model.selected && "true");
    set(this.#parts.age, "datetime", row.created_at);
    set(this.#parts.age, "title", moment(row.created_at, app.language));
  }

  /** @param {App} app @param {Row} row what changes by itself */
  #tick(app, row) {
    const { age, left, bar } = this.#parts;
    const now = app.api.now();
    const old = now - Date.parse(row.created_at);
    text(age, old < 60_000 ? app.t.now : rough(old));
    const state = urgency(row, now);
    if (this.dataset.urgency !== state) this.dataset.urgency = state;
    text(left, deadline(app, row, now));
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
  return left > FAR
    ? t.before(moment(row.due_first_response, language), isToday(row.due_first_response))
    : t.left(span(left));
}
