import { h } from "../shared/dom.js";
import { meter } from "./mood.js";

/**
 * @typedef {import("./main.js").Page} Page
 * @typedef {import("./types.d.ts").Course} Course
 * @typedef {import("./types.d.ts").Said} Said
 * @typedef {import("./types.d.ts").Situation} Situation
 */

/**
 * The conversation, oldest first: with the bot, then with the agent.
 *
 * @param {Page} page
 * @param {Situation} situation
 * @param {Course} course
 * @returns {Node[]}
 */
export function lines(page, situation, course) {
  const { t } = page;
  const names = { customer: situation.called, bot: t.bot, agent: t.you };
  const bubble = (/** @type {keyof typeof names} */ who, /** @type {string} */ said) =>
    h(
      "div",
      { class: `said ${who}` },
      h("span", { class: "name" }, names[who]),
      h("p", { class: "bubble", lang: situation.language }, said),
    );
  const nodes = [
    h("p", { class: "day" }, h("span", {}, t.withBot)),
    ...situation.before.map(({ who, text }) => bubble(who, text)),
    h("p", { class: "day" }, h("span", {}, t.now)),
  ];
  let texts = 0;
  for (const line of course.lines) {
    if (line.who === "deed") {
      nodes.push(h("p", { class: "line" }, told(page, situation, line)));
      continue;
    }
    const node = bubble(line.who, line.text);
    if (page.showsMood && line.who === "customer") node.append(meter(page, course.moods[texts]));
    if (line.who === "agent") texts += 1;
    nodes.push(node);
  }
  return nodes;
}

/** @param {Page} page @param {Situation} situation @param {Said} line @returns {string} */
export function told(page, { money }, { text, amount, team, allowed }) {
  const { t } = page;
  if (text === "supervisor") {
    const gives = (allowed ?? []).map((one) => given(page, one, money));
    return gives.length ? t.allowed(gives.join(", ")) : t.refused;
  }
  const say = /** @type {(detail: string) => string} */ (t.done[/** @type {"refund"} */ (text)]);
  return say(team?.label ?? (amount === null ? "" : page.sum(amount, money)));
}

/** @param {Page} page @param {import("./types.d.ts").May} one @param {string} money */
export function given(page, { deed, most }, money) {
  const { t } = page;
  const what = t.deed[deed];
  return most === null ? what : t.upTo(what, page.sum(most, money));
}
