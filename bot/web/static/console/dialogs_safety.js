import { h } from "../shared/dom.js";
import { ApiError } from "./api.js";
import { line, missing, openForm } from "./form.js";

/**
 * The dialog that turns the second factor on or off: first the password, then a code of the
 * telephone.
 *
 * @typedef {import("./app.js").App} App
 */

const FACTOR = "/account/second-factor";

/**
 * @param {App} app
 * @param {(done: boolean) => void} [after] called when it is over
 */
export function safety(app, after = () => {}) {
  const { t, api } = app;
  const on = api.factor === "on";
  let going = false;
  const dialog = openForm(app, {
    title: t.safety,
    lead: api.factor === "required" ? t.safetyRequired : on ? t.safetyOn : t.safetyOff,
    go: on ? t.safetyTurnOff : t.next,
    fields: [
      line(t.password, {
        name: "password",
        type: "password",
        autocomplete: "current-password",
        autofocus: true,
      }),
      on ? code(t.code) : null,
    ],
    run: async (given, form) => {
      const password = String(given.get("password") ?? "");
      if (!password) return missing(form, "password", t.passwordMissing);
      const body = { password, code: String(given.get("code") ?? "").trim() };
      return refused(async () => {
        const made = await api.call(on ? "DELETE" : "POST", FACTOR, body);
        if (on) turned(app, made.second_factor);
        else {
          going = true;
          setTimeout(() => enrol(app, made, after)); // the focus goes back first
        }
      });
    },
  });
  dialog.addEventListener("close", () => going || after(false));
}

/**
 * @param {App} app
 * @param {{ secret: string, qr: string }} made
 * @param {(done: boolean) => void} after
 */
function enrol(app, { secret, qr }, after) {
  const { t, api } = app;
  let done = false;
  const typed = secret.match(/.{1,4}/g)?.join(" ") ?? secret;
  const dialog = openForm(app, {
    title: t.safety,
    lead: t.safetyScan,
    go: t.safetyTurnOn,
    hint: t.safetyLost,
    fields: [
      h("img", { src: qr, alt: t.safetyPicture, width: 220, height: 220, class: "qr" }),
      h("p", {}, `${t.safetyTyped} `, h("code", {}, typed)),
      code(t.code, true),
    ],
    run: async (given, form) => {
      const body = { code: String(given.get("code") ?? "").trim() };
      if (!body.code) return missing(form, "code", t.codeMissing);
      return refused(async () => {
        turned(app, (await api.call("PUT", FACTOR, body)).second_factor);
        done = true;
      });
    },
  });
  dialog.addEventListener("close", () => after(done));
}

/** @param {App} app @param {"on" | "off"} state */
function turned(app, state) {
  app.api.factor = state;
  app.toasts.show({ text: state === "on" ? app.t.safetyIsOn : app.t.safetyIsOff });
}

/** @param {string} label @param {boolean} [focus] */
function code(label, focus = false) {
  return line(label, {
    name: "code",
    autocomplete: "one-time-code",
    inputmode: "numeric",
    maxlength: 10,
    autofocus: focus,
  });
}

/** @param {() => Promise<void>} work @returns {Promise<string | null>} why it was refused */
async function refused(work) {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}
