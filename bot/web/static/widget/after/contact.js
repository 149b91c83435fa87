import { h } from "../../shared/dom.js";
import { attempt, button, done, frame, problemLine } from "./form.js";
import { words } from "./words.js";

/**
 * Where the customer is told when this window is closed: an address or a number, with consent.
 *
 * @param {import("../view.js").View} view
 * @param {import("./words.js").Deeds} act
 */
export function build(view, act) {
  const w = words[view.language];
  const { model } = view;
  const email = h("input", { type: "email", autocomplete: "email", id: "email", maxlength: "254" });
  const phone = h("input", { type: "tel", autocomplete: "tel", id: "phone", maxlength: "30" });
  const consent = h("input", { type: "checkbox", id: "consent" });
  const problem = problemLine();
  const note = h("p", {}, w.contactNote);
  const forget = button(w.forget, () => send({ consent: false }, () => w.contactGone));
  forget.hidden = true;

  /** @param {object} body @param {(known: any) => string} said */
  const send = async (body, said) => {
    let known;
    if (await attempt(view, problem, async () => (known = await model.ask("/contact", body)))) {
      done(element, said(known));
    }
  };
  /** @param {HTMLElement} field @param {string} text */
  const refuse = (field, text) => {
    problem.textContent = text;
    field.focus();
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const given = { email: email.value.trim(), phone: phone.value.trim() };
    if (!given.email && !given.phone) return refuse(mail.hidden ? phone : email, w.contactMissing);
    if (!consent.checked) return refuse(consent, w.consentMissing);
    send({ ...given, consent: true }, (known) =>
      w.contactSaved([known.email, known.phone].filter(Boolean).join(", ")),
    );
  };
  const mail = h("p", { class: "field" }, h("label", { for: "email" }, w.email), email);
  const { element, heading } = frame(
    view,
    act,
    w.contactTitle,
    h(
      "form",
      { submit, novalidate: true },
      note,
      mail,
      h("p", { class: "field" }, h("label", { for: "phone" }, w.phone), phone),
      h("p", { class: "tick" }, consent, h("label", { for: "consent" }, w.consent)),
      problem,
      h("div", { class: "forms" }, h("button", { class: "main", type: "submit" }, w.save), forget),
    ),
  );
  const fill = async () => {
    const known = await model.ask("/contact");
    email.value ||= known.email ?? "";
    phone.value ||= known.phone ?? "";
    forget.hidden = !known.email && !known.phone;
    mail.hidden = known.mail === "off";
    const states = /** @type {Record<string, string>} */ (w.mailStates);
    note.textContent = states[known.mail] ?? w.contactNote;
    if (mail.hidden) note.textContent = `${w.mailOff} ${w.contactPhoneNote}`;
  };
  fill().catch(() => {}); // then the form is empty, and says what is wrong when it is sent
  return { element, focus: () => heading.focus() };
}
