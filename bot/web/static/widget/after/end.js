import { h } from "../../shared/dom.js";
import { attempt, button, frame, problemLine } from "./form.js";
import { words } from "./words.js";

/**
 * Asks once more before the conversation is ended.
 *
 * @param {import("../view.js").View} view
 * @param {import("./words.js").Deeds} act
 */
export function build(view, act) {
  const w = words[view.language];
  const found = view.model.info?.case;
  const problem = problemLine();
  const end = async () => {
    if (await attempt(view, problem, () => view.model.ask("/end", {}))) act.close();
  };
  const no = button(w.endNo, act.close, "plain");
  const { element } = frame(
    view,
    act,
    w.endTitle,
    h("p", {}, found?.open ? w.endOpen(found.reference) : w.endBot),
    problem,
    h("div", { class: "forms" }, button(w.endYes, end, "main"), no),
  );
  return { element, focus: () => no.focus() };
}
