import { h } from "../shared/dom.js";
import { part, stamp, translate } from "./dom.js";
import { onGo, openSheet } from "./sheet.js";

/** @typedef {import("./app.js").App} App */

/** Ask what was agreed, promised and refused; then the bot goes on. @param {App} app */
export function handBack(app) {
  const { detail } = app.model;
  if (!app.model.isMine(app.model.row) || !detail) return;
  const dialog = openSheet(app, "handback", (form) => {
    const promises = part(form, "promises");
    part(form, "add").addEventListener("click", () => addPromise(app, promises).focus());
    const refused = new Set(detail.context.rejected_offers);
    const offers = new Set([...refused, ...detail.context.offers.map(({ text }) => text)]);
    part(form, "offers").append(
      ...[...offers].map((text) => {
        const box = h("input", {
          type: "checkbox",
          name: "refused",
          value: text,
          checked: refused.has(text),
        });
        return h("label", { class: "check" }, box, h("span", {}, text));
      }),
    );
  });
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
  const read = reading(app);
  const agreed = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("agreed"));
  onGo(app, dialog, async () => {
    if (agreed.value.trim()) return read((seen) => app.deeds.handBack({ ...noteOf(form), seen }));
    agreed.setAttribute("aria-invalid", "true");
    agreed.focus();
    return app.t.agreedMissing;
  });
}

/** Ask how the case ends. @param {App} app */
export function resolve(app) {
  const { model, language } = app;
  if (!model.isMine(model.row)) return;
  const dialog = openSheet(app, "resolve", (form) => {
    const { dispositions = {}, causes = {} } = model.rules ?? {};
    const given = Object.entries({ disposition: dispositions, cause: causes });
    for (const [name, all] of given) {
      part(form, `${name}s`).append(
        ...Object.entries(all).map(([code, names]) =>
          h(
            "label",
            { class: "choice" },
            h("input", { type: "radio", name, value: code }),
            h("span", {}, names[language] ?? code),
          ),
        ),
      );
    }
    part(form, "why").hidden = !Object.keys(causes).length;
  });
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
  const read = reading(app);
  onGo(app, dialog, async () => {
    const given = new FormData(form);
    const disposition = String(given.get("disposition") ?? "");
    const cause = String(given.get("cause") ?? "");
    const asked = !part(form, "why").hidden;
    if (disposition && (cause || !asked)) {
      const note = String(given.get("note") ?? "");
      return read((seen) => app.deeds.resolve({ disposition, cause, note, seen }));
    }
    const missing = disposition ? "cause" : "disposition";
    /** @type {HTMLElement | null} */ (form.querySelector(`[name="${missing}"]`))?.focus();
    return disposition ? app.t.causeMissing : app.t.dispositionMissing;
  });
}

/**
 * The case ends over nothing that the agent has not read: the dialog hides the chat, so what was
 * there when it opened counts, and after a refusal, which quotes it, what is there then.
 *
 * @param {App} app
 * @returns {(end: (seen: number) => Promise<string | null>) => Promise<string | null>}
 */
function reading(app) {
  const newest = () => app.model.detail?.messages.at(-1)?.id ?? 0;
  let seen = newest();
  return async (end) => {
    const why = await end(seen);
    if (why !== null) seen = newest();
    return why;
  };
}

/** @param {App} app @param {HTMLElement} box @returns {HTMLInputElement} where the promise is written */
function addPromise(app, box) {
  const row = stamp("promise");
  translate(row, app.t);
  const node = /** @type {HTMLElement} */ (row.firstElementChild);
  const remove = part(row, "remove");
  remove.textContent = "×";
  remove.setAttribute("aria-label", app.t.removePromise);
  remove.addEventListener("click", () => node.remove());
  box.append(row);
  return /** @type {HTMLInputElement} */ (node.querySelector("input"));
}

/** @param {HTMLFormElement} form @returns {object} the note as the server takes it */
function noteOf(form) {
  const given = new FormData(form);
  const refused = given.getAll("refused").map(String);
  const other = String(given.get("other") ?? "").trim();
  const promised = [...form.querySelectorAll(".promise")].flatMap((row) => {
    const [what, when] = /** @type {NodeListOf<HTMLInputElement>} */ (
      row.querySelectorAll("input")
    );
    const due = when.value ? new Date(when.value).toISOString() : null;
    return what.value.trim() ? [{ text: what.value.trim(), due }] : [];
  });
  return {
    agreed: String(given.get("agreed")).trim(),
    promised,
    offers_refused: other ? [...refused, other] : refused,
  };
}
