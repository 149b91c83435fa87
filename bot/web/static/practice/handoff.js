import { h } from "../shared/dom.js";
import { given } from "./lines.js";

/**
 * What an agent sees of a handoff: the summary, the facts, what was tried, what may be given.
 *
 * @param {import("./main.js").Page} page
 * @param {import("./types.d.ts").Situation} situation
 * @returns {Node[]}
 */
export function handoff(page, situation) {
  const { t } = page;
  const { happened, wants, tried, refused, known, facts, may, money } = situation;
  const section = (/** @type {string} */ title, /** @type {Node} */ body) =>
    h("section", {}, h("h3", {}, title), body);
  const texts = (/** @type {string} */ title, /** @type {string[]} */ all, kind = "") =>
    all.length > 0 &&
    section(title, h("ul", { class: kind || "plainly" }, ...all.map((one) => h("li", {}, one))));
  const names = /** @type {Record<string, string>} */ (t.fact);
  const rows = facts.flatMap(({ name, value }) => [
    h("dt", {}, names[name] ?? name),
    h("dd", {}, value),
  ]);
  return [
    section(t.happened, h("p", {}, happened)),
    section(t.wants, h("p", {}, wants)),
    texts(t.tried, tried),
    texts(t.refusedOffers, refused),
    texts(t.known, known, "known"),
    section(t.facts, h("dl", { class: "facts" }, ...rows)),
    texts(t.authority, may.map((one) => given(page, one, money))),
  ].filter((node) => node instanceof Node);
}
