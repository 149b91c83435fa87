import { h, set } from "../shared/dom.js";

/** @typedef {import("./main.js").Page} Page */

const STEPS = 5;
const BELOW = /** @type {[number, import("./types.d.ts").Level][]} */ ([
  [0.4, "calm"],
  [0.55, "annoyed"],
  [0.8, "frustrated"],
  [2, "angry"],
]);

/** @param {number} mood in [0, 1] @returns {import("./types.d.ts").Level} */
export function levelOf(mood) {
  return BELOW.find(([below]) => mood < below)?.[1] ?? "angry";
}

/**
 * A mood as five steps, with its name beside them.
 *
 * @param {Page} page
 * @param {number} mood in [0, 1]
 */
export function meter({ t }, mood) {
  const steps = Math.max(1, Math.ceil(mood * STEPS));
  const name = t.level[levelOf(mood)];
  const bars = Array.from({ length: STEPS }, (_, index) => h("i", { class: index < steps && "on" }));
  const node = h("span", { class: "meter", "data-level": levelOf(mood) });
  set(node, "role", "img");
  set(node, "aria-label", t.moodIs(name, steps));
  node.append(...bars);
  return node;
}

const SPACE = "http://www.w3.org/2000/svg";
const BOX = { left: 8, right: 632, top: 14, bottom: 126 };

/**
 * The mood over the replies, as a line.
 *
 * @param {Page} page
 * @param {number[]} moods from the start on
 */
export function curve({ t }, moods) {
  const wide = (BOX.right - BOX.left) / Math.max(1, moods.length - 1);
  const y = (/** @type {number} */ mood) => BOX.bottom - mood * (BOX.bottom - BOX.top);
  const places = moods.map((mood, index) => [BOX.left + index * wide, y(mood)]);
  const said = moods.map((mood) => t.level[levelOf(mood)]).join(", ");
  const svg = shape("svg", { viewBox: "0 0 640 140", role: "img", class: "curve" });
  svg.setAttribute("aria-label", `${t.curve}: ${said}`);
  for (const mood of [0, 0.5, 1]) {
    svg.append(shape("line", { x1: 0, x2: 640, y1: y(mood), y2: y(mood), class: "grid" }));
  }
  svg.append(shape("polyline", { points: places.map((each) => each.join()).join(" ") }));
  places.forEach(([cx, cy], index) => {
    svg.append(shape("circle", { cx, cy, r: 5, "data-level": levelOf(moods[index]) }));
  });
  return svg;
}

/** @param {string} name @param {Record<string, string | number>} attributes */
function shape(name, attributes) {
  const node = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  return node;
}
