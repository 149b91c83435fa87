/**
 * A new random id (UUID version 4), also on pages without HTTPS, where `randomUUID` is missing.
 *
 * @returns {string}
 */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * Milliseconds to wait before the next try: from 0.5 s doubling to 10 s, a quarter of it random.
 *
 * @param {number} failures
 * @returns {number}
 */
export function backoff(failures) {
  return Math.min(10000, 500 * 2 ** Math.max(0, failures - 1)) * (0.75 + Math.random() / 4);
}
