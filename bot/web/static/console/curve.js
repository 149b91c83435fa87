import { h } from "../shared/dom.js";
import { decimals } from "./format.js";

/**
 * @typedef {import("./types.d.ts").AgentMessage} AgentMessage
 * @typedef {import("./types.d.ts").Feeling} Feeling
 * @typedef {import("./types.d.ts").Mood} Mood
 */

const SPACE = "http://www.w3.org/2000/svg";
const WIDTH = 328;
const HEIGHT = 132;
const BOX = { left: 30, right: 14, top: 22, bottom: 22 };

/** The frustration of each message of the customer, over the conversation. */
export class MoodCurve extends HTMLElement {
  #shown = "";

  /** @param {import("./app.js").App} app @param {AgentMessage[]} messages @param {Mood} mood */
  show(app, messages, mood) {
    const points = messages.flatMap(({ frustration }) => (frustration ? [frustration] : []));
    const shown = JSON.stringify([app.language, points]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const caption = document.createElement("p");
    caption.className = points.length ? "headline" : "soft";
    caption.textContent = headline(app, points, mood);
    this.replaceChildren(caption);
    if (points.length > 1) this.append(drawing(app, points, caption.textContent));
    if (points.length) this.append(told(app, points));
  }
}

/**
 * From which words one knows: of the message at the peak, and of the last one.
 *
 * @param {import("./app.js").App} app
 * @param {Feeling[]} points
 */
function told(app, points) {
  const { t, language } = app;
  const [top, last] = [peakOf(points), points.length - 1];
  const now = t.nowMark.toLowerCase();
  const which = top === last ? [[`${t.peak}, ${now}`, top]] : [[t.peak, top], [t.nowMark, last]];
  const items = /** @type {[string, number][]} */ (which).map(([name, index]) => {
    const { score, level, cues = [] } = points[index];
    const feeling = `${decimals(score, language)}, ${app.name("level", level)}`;
    const words = cues.map(({ name, text }) => `${app.name("cue", name)}: «${text}»`);
    return h(
      "li",
      {},
      h("strong", {}, t.cuesOf(name, index + 1, feeling)),
      h("span", {}, words.join(" · ") || t.noCues),
    );
  });
  return h("ul", { class: "told" }, ...items);
}

/** @param {Feeling[]} points @returns {number} index of the highest, the first of several */
function peakOf(points) {
  return points.reduce((best, { score }, index) => (score > points[best].score ? index : best), 0);
}

/** @param {import("./app.js").App} app @param {Feeling[]} points @param {Mood} mood */
function headline(app, points, mood) {
  const { t, language } = app;
  if (!points.length) return t.noMood;
  const now = points[points.length - 1];
  if (points.length === 1)
    return t.oneMood(decimals(now.score, language), app.name("level", now.level));
  const peak = Math.max(...points.map(({ score }) => score));
  return t.mood[mood.trend ?? "steady"](decimals(now.score, language), decimals(peak, language));
}

/**
 * @param {import("./app.js").App} app
 * @param {Feeling[]} points
 * @param {string} label
 */
function drawing(app, points, label) {
  const { t, language } = app;
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label });
  const wide = WIDTH - BOX.left - BOX.right;
  const tall = HEIGHT - BOX.top - BOX.bottom;
  const x = (/** @type {number} */ index) => BOX.left + (wide * index) / (points.length - 1);
  const y = (/** @type {number} */ score) => BOX.top + tall * (1 - score);
  for (const score of [0, 0.5, 1]) {
    svg.append(
      shape("line", {
        x1: BOX.left,
        x2: WIDTH - BOX.right,
        y1: y(score),
        y2: y(score),
        class: "grid",
      }),
      shape(
        "text",
        { x: BOX.left - 6, y: y(score) + 4, class: "axis", "text-anchor": "end" },
        score === 0.5 ? decimals(0.5, language).slice(0, 3) : String(score),
      ),
    );
  }
  svg.append(
    shape("text", { x: BOX.left, y: HEIGHT - 4, class: "axis" }, "1"),
    shape(
      "text",
      { x: BOX.left + wide / 2, y: HEIGHT - 4, class: "axis", "text-anchor": "middle" },
      t.messageN,
    ),
    shape(
      "text",
      { x: WIDTH - BOX.right, y: HEIGHT - 4, class: "axis", "text-anchor": "end" },
      String(points.length),
    ),
  );
  const path = points.map(({ score }, index) => `${x(index)},${y(score)}`).join(" ");
  svg.append(shape("polyline", { points: path, class: "curve" }));
  const top = peakOf(points);
  points.forEach(({ score, level }, index) => {
    const marked = index === top || index === points.length - 1;
    const dot = shape("circle", {
      cx: x(index),
      cy: y(score),
      r: marked ? 4.5 : 3,
      "data-level": level,
    });
    dot.append(
      shape("title", {}, `${index + 1}: ${decimals(score, language)}, ${app.name("level", level)}`),
    );
    svg.append(dot);
  });
  const last = points.length - 1;
  svg.append(
    mark(
      x(top),
      y(points[top].score),
      top === last ? `${t.peak}, ${t.nowMark.toLowerCase()}` : t.peak,
    ),
  );
  const apart =
    Math.abs(x(last) - x(top)) > 60 || y(points[last].score) - y(points[top].score) > 16;
  if (top !== last && apart) svg.append(mark(x(last), y(points[last].score), t.nowMark));
  return svg;
}

/** @param {number} x @param {number} y @param {string} label beside a point, inside the box */
function mark(x, y, label) {
  const anchor = x > WIDTH - 60 ? "end" : x < BOX.left + 30 ? "start" : "middle";
  return shape("text", { x, y: y - 9, class: "mark", "text-anchor": anchor }, label);
}

/** @param {string} tag @param {Record<string, string | number>} attributes @param {string} [text] */
function shape(tag, attributes, text = "") {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.textContent = text;
  return node;
}
