import { h } from "../../shared/dom.js";
import { attempt, button, done, frame, problemLine } from "./form.js";
import { words } from "./words.js";

const LENGTH = 2000;

/**
 * How the customer was served: one of five words, and what they want to say about it. When the
 * question is no longer asked (answered elsewhere, or the case was taken up again) it closes.
 *
 * @param {import("../view.js").View} view
 * @param {import("./words.js").Deeds} act
 */
export function build(view, act) {
  const w = words[view.language];
  const { model } = view;
  const asked = model.info?.survey_id;
  let mine = false; // it is answered here, or on its way
  const problem = problemLine();
  const comment = h("textarea", { id: "comment", rows: "2", maxlength: String(LENGTH) });
  const radios = w.scores.map((label, index) => {
    const value = String(index + 1);
    const radio = h("input", { type: "radio", name: "score", value, id: `score${value}` });
    const text = h("label", { for: `score${value}` }, h("b", {}, value), ` ${label}`);
    return h("p", { class: "score" }, radio, text);
  });
  const chosen = () => /** @type {HTMLInputElement | null} */ (element.querySelector("input:checked"));
  /** @param {object} body @param {string} text */
  const send = async (body, text) => {
    mine = true;
    mine = await attempt(view, problem, () => model.ask("/rating", body));
    if (mine) done(element, text);
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const score = Number(chosen()?.value ?? 0);
    if (!score) {
      problem.textContent = w.scoreMissing;
      /** @type {HTMLElement} */ (radios[0].firstElementChild).focus();
      return;
    }
    send({ score, comment: comment.value.trim() }, w.rated);
  };
  const { element, heading } = frame(
    view,
    act,
    w.ratingTitle,
    h(
      "form",
      { submit },
      h("fieldset", {}, h("legend", { class: "sr" }, w.ratingTitle), ...radios),
      h("p", { class: "field" }, h("label", { for: "comment" }, w.comment), comment),
      problem,
      h(
        "div",
        { class: "forms" },
        h("button", { class: "main", type: "submit" }, w.rate),
        button(w.skip, () => send({ skip: true }, w.skipped)),
      ),
    ),
  );
  const render = () => mine || model.info?.survey_id === asked || act.close();
  return { element, render, focus: () => heading.focus() };
}
