import { h } from "../../shared/dom.js";
import { attempt, button, frame, problemLine } from "./form.js";
import { fetchFile, keep } from "./files.js";
import { words } from "./words.js";

/**
 * The receipt and the transcript, each as PDF, page or text.
 *
 * @param {import("../view.js").View} view
 * @param {import("./words.js").Deeds} act
 */
export function build(view, act) {
  const w = words[view.language];
  const { model } = view;
  const problem = problemLine();
  const said = h("p", { class: "said", role: "status" });

  /** @param {string} form @param {string} address @param {string} name */
  const save = (form, address, name) =>
    attempt(view, problem, async () => {
      said.textContent = w.preparing;
      const file = `${name}.${form}`;
      try {
        keep(await fetchFile(model, `${address}?format=${form}`), file);
        said.textContent = w.saved(file);
      } catch (error) {
        said.textContent = "";
        throw error;
      }
    });

  /** @param {string} title @param {string} note @param {string} address @param {string} name */
  const row = (title, note, address, name) => {
    const forms = /** @type {[string, string][]} */ (Object.entries(w.formats));
    const buttons = forms.map(([form, label]) => {
      const made = button(label, () => save(form, address, name), "plain");
      made.setAttribute("aria-label", `${title}: ${label}`);
      return made;
    });
    return h(
      "div",
      { class: "paper" },
      h("strong", {}, title),
      note && h("p", {}, note),
      h("div", { class: "forms" }, ...buttons),
    );
  };
  const reference = model.info?.case?.reference;
  const { element, heading } = frame(
    view,
    act,
    w.copy,
    reference && row(w.receipt, w.receiptNote, `/api/v1/receipts/${reference}`, reference),
    row(w.transcript, "", "/transcript", `remanso-${reference ?? "chat"}`),
    said,
    problem,
  );
  return { element, focus: () => heading.focus() };
}
