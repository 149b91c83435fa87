const NAME = "remanso-practice";

/** @typedef {import("./types.d.ts").Kept} Kept */

/** The replies of this tab's practice: a reload keeps the talk, closing the tab forgets it. */
export const store = {
  /** @returns {Kept | null} */
  get() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(NAME) ?? "null");
      return kept && typeof kept.name === "string" && Array.isArray(kept.replies) ? kept : null;
    } catch {
      return null; // blocked, or not ours
    }
  },

  /** @param {Kept | null} kept */
  set(kept) {
    try {
      if (kept) sessionStorage.setItem(NAME, JSON.stringify(kept));
      else sessionStorage.removeItem(NAME);
    } catch {
      // blocked or full: the talk then lives as long as the page
    }
  },
};
