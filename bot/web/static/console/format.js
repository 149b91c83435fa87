const WEEK = 6 * 24 * 3_600_000; // ms: nearer than this a weekday says which day

/**
 * A span of time in the fewest words: "1:42", "14 min", "3 h", "2 d".
 *
 * @param {number} ms
 * @returns {string}
 */
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return rough(ms);
}

/**
 * The same without seconds, for how long ago something was.
 *
 * @param {number} ms
 * @returns {string}
 */
export function rough(ms) {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/**
 * @param {string | number} at
 * @param {string} language
 * @returns {string} "10:32"
 */
export function clockTime(at, language) {
  return format(at, language, { hour: "2-digit", minute: "2-digit" });
}

/**
 * @param {string | number} at
 * @param {string} language
 * @returns {string} "10:32" today, "lun 23, 10:32" within a week, then "23 nov, 10:32"
 */
export function moment(at, language) {
  if (isToday(at)) return clockTime(at, language);
  const near = Math.abs(Date.now() - new Date(at).getTime()) < WEEK;
  const date = near
    ? `${format(at, language, { weekday: "short" })} ${format(at, language, { day: "numeric" })}`
    : format(at, language, { day: "numeric", month: "short" });
  return `${date}, ${clockTime(at, language)}`;
}

/**
 * @param {string} date a day of the calendar, "2026-11-23"
 * @param {string} language
 * @returns {string} "23 nov", with the year when it is another
 */
export function day(date, language) {
  const at = new Date(date.length === 10 ? `${date}T12:00:00` : date);
  const year = at.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return format(at.getTime(), language, { day: "numeric", month: "short", year });
}

/** @param {string | number} at whether it is on this very day */
export function isToday(at) {
  return new Date().toDateString() === new Date(at).toDateString();
}

/**
 * @param {number} score in [0, 1]
 * @param {string} language
 * @returns {string} "0,92"
 */
export function decimals(score, language) {
  return new Intl.NumberFormat(language, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  }).format(score);
}

/**
 * @param {number} cents
 * @param {string} language
 * @returns {string} "300 €"
 */
export function money(cents, language) {
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency: "EUR",
    maximumFractionDigits: cents % 100 ? 2 : 0,
  }).format(cents / 100);
}

/**
 * @param {string | number} at
 * @param {string} language
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(at, language, options) {
  return new Intl.DateTimeFormat(language, options).format(new Date(at));
}
