import { h, icon } from "../shared/dom.js";

/**
 * @typedef {import("./types.d.ts").CaseView} CaseView
 * @typedef {import("./words.js").Words} Words
 */

const TICK = "M5 12.5l4.5 4.5L19 7.5";
const DOT = "M12 12h.01";

/**
 * An instant as one says it, in the reader's own time zone.
 *
 * @param {string} at ISO 8601
 * @param {string} language
 */
export function say(at, language) {
  const style = /** @type {const} */ ({
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
  });
  return new Intl.DateTimeFormat(language, style).format(new Date(at));
}

/**
 * The same in short: the hour today, day and hour before.
 *
 * @param {string} at ISO 8601
 * @param {string} language
 */
export function sayShort(at, language) {
  const today = new Date(at).toDateString() === new Date().toDateString();
  const day = /** @type {const} */ ({ day: "numeric", month: "short" });
  const style = /** @type {const} */ ({ ...(today ? {} : day), hour: "2-digit", minute: "2-digit" });
  return new Intl.DateTimeFormat(language, style).format(new Date(at));
}

/**
 * Where the case is, in one sentence, and what comes next by when.
 *
 * @param {CaseView} view
 * @param {Words} t
 * @param {string} language
 * @returns {string[]}
 */
export function nowLines(view, t, language) {
  const { status, team, agent, queue, opens, next_update: update } = view;
  const closed = view.closed_at ? say(view.closed_at, language) : "";
  const who = agent ?? t.somebody;
  const lines = {
    team: [t.now.team(team)],
    person: [t.now.person(who, team)],
    waiting: [t.now.waiting(who), t.yourTurn],
    solved: [t.now.solved(closed), t.reopen],
    returned: [t.now.returned(closed), t.reopen],
  }[status];
  if (queue && !opens) {
    const range = queue.minutes && t.minutes(queue.minutes);
    lines.push(`${[t.position(queue.position), range].filter(Boolean).join(", ")}.`);
  }
  if (opens) lines.push(t.opens(opens));
  if (update) lines.push((update.late ? t.late : t.next)(say(update.due, language)));
  if (!view.closed_at && view.reach.length) lines.push(t.reach(view.reach.join(", ")));
  return lines;
}

/**
 * @param {CaseView} view
 * @param {Words} t
 * @param {string} language
 */
export function progress({ steps, agent, team }, t, language) {
  const items = steps.map(({ step, at, state }) => {
    const here = step === "person" && agent && state !== "next" ? t.with(agent) : t.steps[step];
    const named = step === "team" ? `${here}: ${team}` : here;
    return h(
      "li",
      { class: state, "aria-current": state === "now" && "step" },
      h("span", { class: "sign", "aria-hidden": "true" }, icon(state === "done" ? TICK : DOT)),
      h(
        "span",
        {},
        h("b", {}, named),
        h("span", { class: "sr" }, ` (${t.states[state]})`),
        at && h("time", { datetime: at }, say(at, language)),
      ),
    );
  });
  return section("progress", t.progress, h("ol", { class: "steps" }, ...items));
}

/**
 * @param {CaseView} view
 * @param {Words} t
 * @param {string} language
 */
export function promised({ promises }, t, language) {
  if (!promises.length) return null;
  const items = promises.map(({ text, due, kept_at: kept }) => {
    const when = kept ? t.kept(say(kept, language)) : due ? t.due(say(due, language)) : "";
    return h("li", { class: kept ? "done" : "" }, text, when && h("small", {}, when));
  });
  return section("promised", t.promises, h("ul", { class: "plainlist" }, ...items));
}

/**
 * @param {CaseView} view
 * @param {Words} t
 * @param {string} language
 */
export function happened({ history }, t, language) {
  const kinds = /** @type {Record<string, (who: string) => string>} */ (t.kinds);
  const items = [...history].reverse().map(({ at, kind, who }) =>
    h("li", {}, kinds[kind]?.(who ?? t.somebody) ?? kind, h("small", {}, say(at, language))),
  );
  return section("happened", t.history, h("ol", { class: "plainlist" }, ...items));
}

/**
 * @param {CaseView} view
 * @param {Words} t
 * @param {string} language
 */
export function otherCases({ cases }, t, language) {
  if (!cases.length) return null;
  const issues = /** @type {Record<string, string>} */ (t.issues);
  const items = cases.map((each) =>
    h(
      "li",
      {},
      `${each.reference} · ${issues[each.issue] ?? t.issues.other}, ${t.statuses[each.status]}`,
      h("small", {}, say(each.created_at, language)),
    ),
  );
  return section("others", t.others, h("p", {}, t.othersNote), h("ul", { class: "plainlist" }, ...items));
}

/**
 * @param {string} name
 * @param {string} title
 * @param {...(Node | string | null)} children
 */
function section(name, title, ...children) {
  return h(
    "section",
    { class: `card ${name}`, "aria-labelledby": `h-${name}` },
    h("h2", { id: `h-${name}` }, title),
    ...children,
  );
}
