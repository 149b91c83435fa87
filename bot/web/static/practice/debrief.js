import { h } from "../shared/dom.js";
import { curve, levelOf, meter } from "./mood.js";

/**
 * @typedef {import("./main.js").Page} Page
 * @typedef {import("./types.d.ts").Course} Course
 * @typedef {import("./types.d.ts").Debrief} Debrief
 * @typedef {import("./types.d.ts").Reply} Reply
 * @typedef {import("./types.d.ts").Situation} Situation
 */

const MARKS = /** @type {Record<string, string>} */ ({
  yes: "✓",
  no: "–",
  too_often: "!",
  not_needed: "·",
});

/**
 * What the practice showed.
 *
 * @param {Page} page
 * @param {Situation} situation
 * @param {Course} course that is over
 * @param {Debrief} found
 */
export function debrief(page, situation, course, found) {
  const { t, main } = page;
  const over = /** @type {keyof typeof t.over} */ (course.over);
  const from = t.level[levelOf(found.start)];
  const to = t.level[levelOf(found.end)];
  const title = h("h2", { tabindex: "-1" }, t.over[over]);
  const button = (/** @type {string} */ label, /** @type {() => void} */ click, kind = "primary") =>
    h("button", { type: "button", class: kind, click }, label);
  const another = button(t.another, () => page.choose(), "plain lined");
  another.append(h("kbd", { "aria-hidden": "true" }, "N"));
  main.replaceChildren(
    h(
      "div",
      { class: "debrief", "data-over": over },
      h(
        "section",
        { class: "outcome" },
        h("p", { class: "soft" }, situation.title),
        title,
        h("p", {}, t.overAbout[over]),
        h("p", { class: "strong" }, t.course(from, to)),
        course.moods.length > 1 && curve(page, course.moods),
        h("p", { class: "go" }, button(t.sameAgain, () => page.begin(situation.name)), another),
      ),
      steps(page, found),
      replies(page, situation, found),
      h(
        "div",
        { class: "rest" },
        named(page, found),
        texts(t.guide, [...found.guide, found.first]),
        texts(t.phrases, found.say, "quoted"),
      ),
    ),
  );
  title.focus();
  scrollTo(0, 0);
}

/** @param {Page} page @param {Debrief} found */
function steps({ t }, found) {
  const items = found.steps.map(({ step, reached }) => {
    const name = /** @type {keyof typeof t.step} */ (step);
    const how = t.reached[/** @type {keyof typeof t.reached} */ (reached)];
    return h(
      "li",
      { "data-reached": reached },
      h("span", { class: "mark", "aria-hidden": "true" }, MARKS[reached]),
      h("span", { class: "strong" }, `${t.step[name]}: ${how}`),
      h("span", { class: "soft" }, t.stepAbout[name]),
    );
  });
  return h("section", { class: "steps" }, h("h3", {}, t.steps), h("ol", {}, ...items));
}

/** @param {Page} page @param {Situation} situation @param {Debrief} found */
function replies(page, situation, found) {
  const { t } = page;
  const written = found.replies.filter(({ text, noticed }) => text || noticed.length);
  const cards = written.map((one, index) => reply(page, situation, one, index + 1));
  return (
    cards.length > 0 && h("section", {}, h("h3", {}, t.replies), h("ol", { class: "replies" }, ...cards))
  );
}

/** @param {Page} page @param {Situation} situation @param {Reply} one @param {number} number */
function reply(page, situation, one, number) {
  const { t } = page;
  const [from, to] = [t.level[levelOf(one.before)], t.level[one.level]];
  const noticed = one.noticed.map(({ code, facts, calms }) => {
    const say = /** @type {Record<string, (facts: string[]) => string>} */ (t.noticed)[code];
    return h(
      "li",
      { "data-calms": String(calms) },
      h("span", { class: "way" }, calms ? `▼ ${t.calms}` : `▲ ${t.heats}`),
      h("span", {}, say ? say(facts) : code),
    );
  });
  const findings = one.findings.map(({ text, reason, better }) =>
    h(
      "li",
      {},
      h("q", { lang: situation.language }, text),
      h("span", {}, reason),
      better && h("span", {}, h("b", {}, t.better), " ", better),
    ),
  );
  return h(
    "li",
    {},
    h(
      "p",
      { class: "top" },
      h("span", { class: "strong" }, t.replyNumber(number)),
      meter(page, one.after),
      h("span", { class: "soft" }, from === to ? t.stays(to) : t.fromTo(from, to)),
    ),
    one.text && h("p", { class: "bubble", lang: situation.language }, one.text),
    noticed.length
      ? h("ul", { class: "noticed" }, ...noticed)
      : h("p", { class: "soft" }, t.nothingNoticed),
    findings.length > 0 && h("ul", { class: "findings" }, ...findings),
  );
}

/** @param {Page} page @param {Debrief} found */
function named({ t }, { unused }) {
  const names = /** @type {Record<string, string>} */ (t.fact);
  const said = unused.map(({ name, value }) => `${names[name] ?? name}: ${value}`);
  return texts(t.unused, said);
}

/** @param {string} title @param {string[]} all @param {string} [kind] */
function texts(title, all, kind = "plainly") {
  const items = all.filter(Boolean).map((one) => h("li", {}, one));
  return items.length > 0 && h("section", {}, h("h3", {}, title), h("ul", { class: kind }, ...items));
}
