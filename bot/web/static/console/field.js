/** Small tools for text fields: places in characters, and changes that can be undone. */

/** @param {string} text @param {number} count characters @returns {number} as UTF-16 units */
export function units(text, count) {
  let at = 0;
  for (const character of text) {
    if (count-- <= 0) break;
    at += character.length;
  }
  return at;
}

/**
 * Put words in the place of others; the browser's undo takes them away again.
 *
 * @param {HTMLTextAreaElement} field
 * @param {number} start in UTF-16 units
 * @param {number} end
 * @param {string} words
 */
export function put(field, start, end, words) {
  field.focus();
  field.setSelectionRange(start, end);
  const done = words
    ? document.execCommand("insertText", false, words)
    : start === end || document.execCommand("delete");
  if (done) return;
  field.setRangeText(words, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * Select the first thing in some words that the agent has yet to say: a gap, an X, a time.
 *
 * @param {HTMLTextAreaElement} field
 * @param {number} start where the words begin
 * @param {string} words
 */
export function selectGap(field, start, words) {
  const gap = words.match(/\[[^\]]*\]|(?<!\p{L})[ABXYZ](?!\p{L})|\d{1,2}:\d{2}/u);
  if (gap?.index === undefined) return;
  field.setSelectionRange(start + gap.index, start + gap.index + gap[0].length);
}
