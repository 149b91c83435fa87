/** @typedef {import("./types.d.ts").Row} Row */

const SOON = 0.25; // share of the time that is left when a deadline becomes pressing
const LEAST = 60_000; // ms: at least the last minute is pressing
const MOST = 300_000; // ms: never more than the last five minutes

/** @typedef {"overdue" | "soon" | "rest" | "open" | "closed"} Urgency */
export const GROUPS = /** @type {const} */ (["overdue", "soon", "rest", "open", "closed"]);

/** @param {Row} row whether it waits in the queue for the second time, answered before */
export function isBack(row) {
  return row.status === "queued" && row.first_response_at !== null;
}

/**
 * How pressing a ticket is.
 *
 * @param {Row} row
 * @param {number} now
 * @returns {Urgency}
 */
export function urgency(row, now) {
  if (row.status === "resolved" || row.status === "returned") return "closed";
  if (isBack(row)) return "soon";
  if (row.first_response_at) return "open";
  const left = dueOf(row) - now;
  if (left <= 0) return "overdue";
  const pressing = Math.max(LEAST, SOON * (dueOf(row) - Date.parse(row.created_at)));
  return left <= Math.min(MOST, pressing) ? "soon" : "rest";
}

/** @param {Row} row */
export function dueOf(row) {
  return Date.parse(row.due_first_response);
}

/**
 * How much of the time to the first answer is gone.
 *
 * @param {Row} row
 * @param {number} now
 * @returns {number} in [0, 1]
 */
export function gone(row, now) {
  const born = Date.parse(row.created_at);
  return Math.min(1, Math.max(0, (now - born) / Math.max(1, dueOf(row) - born)));
}

/**
 * Order two tickets of the same group: the next deadline first, closed ones newest first.
 *
 * @param {Row} a
 * @param {Row} b
 */
export function byDeadline(a, b) {
  if (a.resolved_at && b.resolved_at) return a.resolved_at < b.resolved_at ? 1 : -1;
  if (a.due_first_response !== b.due_first_response) {
    return a.due_first_response < b.due_first_response ? -1 : 1; // both in UTC, in the same format
  }
  return a.ref < b.ref ? -1 : 1;
}
