import { h } from "../shared/dom.js";
import { Refusal } from "../widget/api.js";

/**
 * The form that opens a case.
 *
 * @param {import("./words.js").Words} t
 * @param {{ said?: string, reference?: string }} known what went wrong before; what was typed
 * @param {(key: { reference: string, code: string }) => Promise<void>} open
 */
export function enterForm(t, { said = "", reference = "" }, open) {
  const field = (/** @type {string} */ id, /** @type {string} */ hint) =>
    h("input", {
      id,
      name: id,
      required: true,
      autocomplete: "off",
      autocapitalize: "characters",
      spellcheck: "false",
      maxlength: "20",
      "aria-describedby": `${id}-hint problem`,
      placeholder: hint === t.referenceHint ? "R-" : "",
    });
  const ref = field("reference", t.referenceHint);
  ref.value = reference;
  const code = field("code", t.codeHint);
  const problem = h("p", { class: "problem", id: "problem", role: "alert" }, said);
  const button = h("button", { class: "main", type: "submit" }, t.enter);
  const row = (/** @type {HTMLInputElement} */ input, /** @type {string} */ label, /** @type {string} */ hint) =>
    h(
      "p",
      { class: "field" },
      h("label", { for: input.id }, label),
      input,
      h("small", { id: `${input.id}-hint` }, hint),
    );
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    problem.textContent = "";
    const empty = [ref, code].find((input) => !input.value.trim());
    if (empty) {
      problem.textContent = t.missing;
      empty.focus();
      return;
    }
    button.disabled = true;
    try {
      await open({ reference: ref.value, code: code.value });
    } catch (error) {
      problem.textContent = (error instanceof Refusal && error.text) || t.unreachable;
      code.focus();
    } finally {
      button.disabled = false;
    }
  };
  return h(
    "form",
    { class: "enter card", submit, novalidate: true },
    h("h1", { tabindex: "-1" }, t.enterTitle),
    h("p", {}, t.enterNote),
    row(ref, t.reference, t.referenceHint),
    row(code, t.code, t.codeHint),
    problem,
    button,
  );
}
