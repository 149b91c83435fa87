/**
 * What is said where a list has nothing to show, and the button below it.
 *
 * @param {import("./model.js").Model} model
 * @param {import("./app.js").App["t"]} t
 * @returns {string[]} title, explanation, label of the button
 */
export function nothing(model, t) {
  const problem = model.problems.get(model.key);
  const narrowed = model.narrowed > 0 && (model.view !== "bot" || model.search !== "");
  if (problem) return [t.listFailed, problem, t.tryAgain];
  if (model.search) {
    if (!model.found) return [t.searching, ""];
    return [t.nothingFound, t.searchedIn, narrowed ? t.searchAll : ""];
  }
  if (!model.pages.has(model.key)) return [t.loading, ""];
  return narrowed ? [t.noneWithFilters, "", t.dropFilters] : t.empty[model.view];
}
