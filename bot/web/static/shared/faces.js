/** The small drop that stands for the bot, on a grid of 24. */
export const DROP = "M12 3.5S6 10 6 14.5a6 6 0 0 0 12 0C18 10 12 3.5 12 3.5Z";

/**
 * The first letters of a name, for the round face beside an agent's messages.
 *
 * @param {string} name
 * @returns {string} one or two letters
 */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  return words.length > 1 ? words[0].slice(0, 1) + words[1].slice(0, 1) : name.slice(0, 1);
}
