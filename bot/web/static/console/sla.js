/**
 * @typedef {import("./types.d.ts").Row} Row
 * @typedef {import("./types.d.ts").Clocks} Clocks
 * @typedef {"overdue" | "soon" | "rest" | "open" | "paused" | "closed"} Urgency
 */

const SOON = 0.25; // share of the time that is left when a deadline becomes pressing
const LEAST = 60_000; // ms: at least the last minute is pressing
const MOST = 300_000; // ms: never more than the last five minutes, unless the server says so
const NAMES = /** @type {const} */ (["first_response", "update", "resolution", "answer"]);

/** Groups of a list, the most pressing first. */
export const GROUPS = /** @type {const} */ ([
  "overdue",
  "soon",
  "rest",
  "open",
  "paused",
  "closed",
]);

/**
 * The deadline that asks for something next.
 *
 * @typedef {object} Deadline
 * @property {keyof Clocks} name
 * @property {number} due milliseconds
 * @property {"overdue" | "soon" | "rest"} state
 */

/** @param {Row} row whether it waits in the queue for the second time, answered before */
export function isBack(row) {
  return row.status === "queued" && row.first_response_at !== null;
}

/** @param {Row} row */
export function isClosed(row) {
  return row.status === "resolved" || row.status === "returned";
}

/** @param {Row} row whether its clocks stand: the customer's turn, or put off */
export function isPaused(row) {
  return row.status === "claimed" && Boolean(row.snoozed_until || row.waiting_since);
}

/**
 * The next deadline of an open ticket; null when no clock runs.
 *
 * @param {Row} row
 * @param {number} now
 * @returns {Deadline | null}
 */
export function nextDeadline(row, now) {
  if (isClosed(row) || isPaused(row)) return null;
  /** @type {Deadline | null} */
  let next = null;
  for (const name of NAMES) {
    const due = dueOf(row, name);
    if (due === null || (next && next.due <= due)) continue;
    next = { name, due, state: stateOf(row, name, due, now) };
  }
  return next;
}

/** @param {Row} row @param {keyof Clocks} name @returns {number | null} when a running clock ends */
function dueOf(row, name) {
  if (name === "first_response" && row.first_response_at) return null;
  const clock = row.sla?.[name];
  if (clock) return clock.due && RUNS.has(clock.state) ? Date.parse(clock.due) : null;
  return name === "first_response" ? Date.parse(row.due_first_response) : null;
}

const RUNS = new Set(["running", "soon", "missed"]);

/**
 * @param {Row} row
 * @param {keyof Clocks} name
 * @param {number} due
 * @param {number} now
 */
function stateOf(row, name, due, now) {
  const left = due - now;
  if (left <= 0) return "overdue";
  if (row.sla?.[name]?.state === "soon") return "soon";
  const pressing = Math.max(LEAST, SOON * (due - Date.parse(row.created_at)));
  return left <= Math.min(MOST, pressing) ? "soon" : "rest";
}

/**
 * How pressing a ticket is.
 *
 * @param {Row} row
 * @param {number} now
 * @returns {Urgency}
 */
export function urgency(row, now) {
  return grouped(row, nextDeadline(row, now));
}

/** @param {Row} row @param {Deadline | null} next @returns {Urgency} */
function grouped(row, next) {
  if (isClosed(row)) return "closed";
  if (isPaused(row)) return "paused";
  if (next?.state === "overdue") return "overdue";
  if (isBack(row)) return "soon";
  return next ? next.state : "open";
}

/**
 * How much of the time to a deadline is gone; null where its start is not known.
 *
 * @param {Row} row
 * @param {Deadline} next
 * @param {number} now
 * @returns {number | null} in [0, 1]
 */
export function gone(row, { name, due }, now) {
  if (name === "update") return null;
  const born = Date.parse(row.created_at);
  return Math.min(1, Math.max(0, (now - born) / Math.max(1, due - born)));
}

/**
 * Put tickets in order: overdue, soon, in time, then those whose clocks stand, then closed ones.
 * Within a group urgent ones come first, then heated ones, then the next deadline; closed ones
 * newest first.
 *
 * @param {Row[]} rows
 * @param {number} now
 * @returns {{ row: Row, group: Urgency }[]}
 */
export function byRisk(rows, now) {
  const keyed = rows.map((row) => {
    const next = nextDeadline(row, now);
    const group = grouped(row, next);
    const order = [
      GROUPS.indexOf(group),
      ...(group === "closed" ? [-Date.parse(row.resolved_at ?? row.created_at)] : rank(row, next)),
    ];
    return { row, group, order };
  });
  keyed.sort((a, b) => compare(a.order, b.order) || (a.row.ref < b.row.ref ? -1 : 1));
  return keyed;
}

/** @param {Row} row @param {Deadline | null} next */
function rank(row, next) {
  const due = next?.due ?? Date.parse(row.snoozed_until ?? row.created_at);
  return [row.priority === "urgent" ? 0 : 1, row.heat ? 0 : 1, due];
}

/** @param {number[]} a @param {number[]} b */
function compare(a, b) {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return a[at] - b[at];
  return 0;
}
