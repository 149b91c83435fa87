import { h } from "../shared/dom.js";
import { part, stamp, text, translate } from "../console/dom.js";

/**
 * @typedef {import("./main.js").Page} Page
 * @typedef {import("./types.d.ts").Line} Line
 */

const FILTERS = /** @type {const} */ (["language", "issue", "level"]);

/**
 * Choose what to practise.
 *
 * @param {Page} page
 * @param {Line[]} all
 */
export function list(page, all) {
  const { t, main } = page;
  main.replaceChildren(stamp("list"));
  translate(main, t);
  const form = part(main, "filters", HTMLFormElement);
  options(form, "issue", new Map(all.map(({ issue }) => [issue.name, issue.label])));
  options(form, "level", new Map(Object.entries(t.level)));
  for (const name of FILTERS) field(form, name).value = page.filters[name] ?? "";

  const draw = () => {
    for (const name of FILTERS) page.filters[name] = field(form, name).value;
    const { language, issue, level } = page.filters;
    const found = all.filter(
      (one) =>
        (!language || one.language === language) &&
        (!issue || one.issue.name === issue) &&
        (!level || one.level === level),
    );
    text(part(main, "count"), found.length ? t.count(found.length) : t.none);
    part(main, "cards").replaceChildren(...found.map((one) => card(page, one)));
  };
  form.addEventListener("change", draw);
  form.addEventListener("submit", (event) => event.preventDefault());
  draw();
  part(main, "title").focus();
}

/** @param {HTMLFormElement} form @param {string} name */
function field(form, name) {
  return /** @type {HTMLSelectElement} */ (form.elements.namedItem(name));
}

/** @param {HTMLFormElement} form @param {string} name @param {Map<string, string>} values */
function options(form, name, values) {
  const sorted = [...values];
  if (name === "issue") sorted.sort((one, other) => one[1].localeCompare(other[1]));
  field(form, name).append(...sorted.map(([value, label]) => h("option", { value }, label)));
}

/** @param {Page} page @param {Line} one */
function card(page, one) {
  const { t } = page;
  const region = t.regions[/** @type {keyof typeof t.regions} */ (one.region)];
  const where = [t.languages[one.language], region].filter(Boolean).join(" · ");
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "card", click: () => page.begin(one.name) },
      h("span", { class: "strong" }, one.title),
      h("span", { class: "soft" }, one.happened),
      h(
        "span",
        { class: "tags" },
        h("span", { class: "tag", "data-level": one.level }, t.level[one.level]),
        h("span", { class: "tag" }, one.issue.label),
        h("span", { class: "tag" }, where),
      ),
    ),
  );
}
