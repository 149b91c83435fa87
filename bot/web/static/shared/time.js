/**
 * @param {string} at ISO 8601
 * @param {string} language
 * @returns {string} "10:32"
 */
export function clock(at, language) {
  return format(at, language, { hour: "2-digit", minute: "2-digit" });
}

/**
 * @param {string} at ISO 8601
 * @param {string} language
 * @returns {string} "sábado, 21 de noviembre"
 */
export function day(at, language) {
  return format(at, language, { weekday: "long", day: "numeric", month: "long" });
}

/**
 * @param {string} at
 * @param {string} language
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(at, language, options) {
  return new Intl.DateTimeFormat(language, options).format(new Date(at));
}
