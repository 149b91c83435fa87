import { h } from "../shared/dom.js";
import { ADMIN, ADMIN_DEEDS } from "./admin.js";
import { button, soft } from "./bits.js";
import { safety } from "./dialogs_safety.js";
import { part, text } from "./dom.js";
import { line, missing, openForm } from "./form.js";
import { moment } from "./format.js";
import { openSheet } from "./sheet.js";
import { tried } from "./tried.js";

/**
 * An agent's own account: password, second factor, and where it is logged in.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {{ id: string, device: string, since: string, used: string, current: boolean }} Login
 */

const SHORTEST = 8; // characters of a password, as the server asks for
const LOGINS = "/account/sessions";

/** @param {App} app */
export async function account(app) {
  const { t, model, api } = app;
  const dialog = openSheet(app, "listing", (form) => text(part(form, "title"), t.account));
  const said = (/** @type {string} */ words) => text(part(dialog, "said"), words);
  let logins = /** @type {Login[]} */ ([]);
  const read = async () => {
    const found = await tried(() => api.call("GET", LOGINS));
    if (found.why) said(found.why);
    else logins = found.answer.sessions;
    draw();
  };
  const end = async (/** @type {string} */ path, /** @type {string} */ done) => {
    const { why } = await tried(() => api.call("DELETE", path));
    said(why || done);
    await read();
    dialog.querySelector(/** @type {"button"} */ (".logins button"))?.focus();
  };
  const turned = (/** @type {boolean} */ before) => {
    const now = api.factor === "on";
    if (now !== before) said(now ? t.safetyIsOn : t.safetyIsOff);
    read();
  };
  const draw = () => {
    const others = logins.filter(({ current }) => !current);
    const on = api.factor === "on";
    const changed = () => (said(t.passwordChanged), read());
    const list = part(dialog, "list");
    const at = [...list.querySelectorAll("button")].findIndex((each) => each.matches(":focus"));
    list.replaceChildren(
      soft([model.agent?.name, model.agent?.username].join(" · ")),
      section(
        t.password,
        soft(t.passwordRules(SHORTEST)),
        button(t.passwordChange, () => newPassword(app, changed)),
      ),
      section(
        t.safety,
        soft(on ? t.factorIsOn : t.factorIsOff),
        button(on ? t.factorOff : t.factorOn, () => safety(app, () => turned(on))),
      ),
      section(
        t.loginsTitle,
        h("ul", { class: "logins" }, ...logins.map((each) => loginLine(app, each, end))),
        others.length > 1 && button(t.endOthers, () => end(LOGINS, t.othersEnded)),
      ),
      model.agent?.role === "admin"
        ? section(
            t.adminTitle,
            h(
              "div",
              { class: "row-of" },
              ...ADMIN_DEEDS.map((name) =>
                button(t.deeds[name], () => (dialog.close(), ADMIN[name](app))),
              ),
            ),
          )
        : "",
    );
    if (at >= 0) list.querySelectorAll("button")[at]?.focus(); // those above the logins stay
  };
  draw();
  dialog.querySelector(/** @type {"button"} */ ("[data-part=list] button"))?.focus();
  await read();
}

/**
 * @param {App} app
 * @param {Login} login
 * @param {(path: string, done: string) => void} end
 */
function loginLine({ t, language }, { id, device, since, used, current }, end) {
  const name = device || t.deviceUnknown;
  const times = [t.loginUsed(moment(used, language)), t.loginSince(moment(since, language))];
  return h(
    "li",
    { class: "item", "data-current": current },
    h(
      "p",
      { class: "line" },
      h("strong", {}, name),
      current
        ? h("span", { class: "badge" }, t.thisLogin)
        : button(t.endLogin, () => end(`${LOGINS}/${id}`, t.loginEnded), `${t.endLogin}: ${name}`),
    ),
    soft(times.join(" · ")),
  );
}

/** @param {App} app @param {() => void} done */
function newPassword(app, done) {
  const { t, api } = app;
  const secret = (/** @type {string} */ label, /** @type {string} */ name, own = "new-password") =>
    line(label, { name, type: "password", autocomplete: own, autofocus: name === "password" });
  openForm(app, {
    title: t.passwordChange,
    lead: t.passwordLead,
    go: t.passwordGo,
    hint: t.passwordRules(SHORTEST),
    fields: [
      secret(t.passwordNow, "password", "current-password"),
      secret(t.passwordNew, "new"),
      secret(t.passwordAgain, "again"),
      api.factor === "on"
        ? line(t.code, { name: "code", autocomplete: "one-time-code", inputmode: "numeric" })
        : null,
    ],
    run: async (given, form) => {
      const [password, next, again] = ["password", "new", "again"].map((name) =>
        String(given.get(name) ?? ""),
      );
      if (!password) return missing(form, "password", t.passwordMissing);
      if (next.length < SHORTEST) return missing(form, "new", t.passwordShort(SHORTEST));
      if (next !== again) return missing(form, "again", t.passwordDiffers);
      const code = String(given.get("code") ?? "").trim();
      const body = { password, new: next, code };
      const { why } = await tried(() => api.call("POST", "/account/password", body));
      if (why) return why;
      done();
      return null;
    },
  });
}

/** @param {string} title @param {...(Node | false)} nodes */
function section(title, ...nodes) {
  return h("section", { class: "part" }, h("h3", {}, title), ...nodes);
}
