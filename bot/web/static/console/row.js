import { h, icon, set } from "../shared/dom.js";
import { stamp, text } from "./dom.js";
import { isToday, moment, rough, span } from "./format.js";
import { MoodBar } from "./mood.js";
import { gone, isBack, nextDeadline, urgency } from "./sla.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {import("./types.d.ts").Row} Row
 */

const FAR = 3_600_000; // ms: a deadline farther away is told as a time of day
const LABELS = 2; // shown on a row; the rest are counted
const FLAME = "M12 3c1 4 5 6 5 11a5 5 0 0 1-10 0c0-2 1-3 2-4 0 2 1 3 2 3 1-3-1-6 1-10Z";

/** One line of the queue. */
export class TicketRow extends HTMLElement {
  /** Whether it is in sight or near: only then it is filled, and counts down. */
  seen = false;
  #shown = /** @type {unknown[]} */ ([]);
  #parts = /** @type {Record<string, HTMLElement>} */ ({});

  /** @param {App} app @param {Row} row */
  update(app, row) {
    if (!this.firstChild) {
      if (!this.seen) return; // a line of hundreds that nobody may ever look at
      this.#stamp();
    }
    const { unread, model, language } = app;
    const isUnread = unread.is(row);
    const shown = [row, isUnread, row.ref === model.selected, language, model.rules];
    const changed = shown.some((value, index) => value !== this.#shown[index]);
    if (changed) {
      this.#shown = shown;
      this.#draw(app, row, isUnread);
    }
    if (changed || this.seen) this.#tick(app, row);
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
    const { ref, name, says, why, mood, priority, tongue, holder, unread, marks } = this.#parts;
    text(ref, row.ref);
    text(name, row.customer ?? t.guest);
    text(says, row.summary || t.noSummary);
    text(why, app.reasonOf(row));
    set(why, "title", why.textContent);
    if (mood instanceof MoodBar) mood.show(row.frustration, app);
    text(priority, app.name("priority", row.priority));
    set(priority, "data-priority", row.priority);
    text(tongue, row.language.toUpperCase());
    set(tongue, "title", app.name("language", row.language));
    const whose = row.lost_at ? t.lostAgent : model.isMine(row) ? t.mine : (row.owner_name ?? "");
    text(holder, row.status === "claimed" ? whose : "");
    marks.replaceChildren(...this.#marks(app, row));
    text(unread, isUnread ? `. ${t.unread}` : "");
    this.classList.toggle("unread", isUnread);
    const button = /** @type {HTMLElement} */ (this.firstElementChild);
    set(button, "aria-current", row.ref === model.selected && "true");
    const opened = moment(row.created_at, app.language);
    const waits = row.status === "queued";
    const since = t.inQueueSince(moment(row.queued_at, app.language), opened);
    set(this.#parts.age, "datetime", waits ? row.queued_at : row.created_at);
    set(this.#parts.age, "title", waits ? since : opened);
  }

  /** What sets a case apart, each in a word or a sign with a word behind it. */
  #marks(/** @type {App} */ app, /** @type {Row} */ row) {
    const { t } = app;
    const marks = row.labels.slice(0, LABELS).map((label) => {
      const sign = mark("label", app.labelOf(label));
      set(sign, "title", sign.textContent); // it may be cut
      return sign;
    });
    const more = row.labels.slice(LABELS);
    if (more.length)
      marks.push(mark("label", `+${more.length}`, more.map((each) => app.labelOf(each)).join(", ")));
    if (row.transfers) marks.push(mark("moved", `⇄ ${row.transfers}`, t.transfersMade(row.transfers)));
    if (row.reopened) marks.push(mark("again", `↺ ${row.reopened}`, t.timesReopened(row.reopened)));
    if (row.mentioned) marks.unshift(mark("mention", "@", t.mentionsYou));
    if (app.model.offers.has(row.ref)) marks.unshift(mark("offered", t.offeredMark));
    if (row.heat) {
      const hot = mark("heat", "", t.heated);
      hot.append(icon(FLAME));
      marks.unshift(hot);
    }
    return marks;
  }

  /** @param {App} app @param {Row} row what changes by itself */
  #tick(app, row) {
    const { age, left, bar } = this.#parts;
    const now = app.api.now();
    const waits = row.status === "queued";
    const old = now - Date.parse(waits ? row.queued_at : row.created_at);
    text(age, old < 60_000 ? app.t.now : waits ? app.t.waitsFor(rough(old)) : rough(old));
    const state = urgency(row, now);
    if (this.dataset.urgency !== state) this.dataset.urgency = state;
    text(left, deadline(app, row, now));
    const next = nextDeadline(row, now);
    const share = next && !isBack(row) ? gone(row, next, now) : null;
    bar.hidden = share === null;
    const filled = /** @type {HTMLElement} */ (bar.firstElementChild);
    const width = `scaleX(${(share ?? 0).toFixed(3)})`;
    if (filled.style.transform !== width) filled.style.transform = width;
  }
}

/** @param {string} kind @param {string} says @param {string} [means] where the sign says too little */
function mark(kind, says, means = "") {
  if (!means) return h("span", { class: `sign ${kind}` }, says);
  return h(
    "span",
    { class: `sign ${kind}`, title: means },
    says && h("span", { "aria-hidden": "true" }, says),
    h("span", { class: "sr" }, means),
  );
}

/**
 * What is said about the next deadline of a ticket.
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
  if (state === "paused") {
    const until = row.snoozed_until;
    return until ? t.snoozedUntil(moment(until, language), isToday(until)) : t.waitsForCustomer;
  }
  const next = nextDeadline(row, now);
  if (isBack(row) && next?.state !== "overdue") return t.backInQueue;
  if (!next) return t.answered;
  const what = t.clocks[next.name];
  const left = next.due - now;
  if (left <= 0) return t.clockOver(what, span(-left));
  return left > FAR
    ? t.clockBefore(what, moment(next.due, language), isToday(next.due))
    : t.clockLeft(what, span(left));
}
