import { h } from "../shared/dom.js";
import { Refusal } from "../widget/api.js";
import { build as contactForm } from "../widget/after/contact.js";
import { build as papers } from "../widget/after/copy.js";
import { build as ratingForm } from "../widget/after/rating.js";
import { Chat } from "./chat.js";
import { enterForm } from "./enter.js";
import { Case } from "./model.js";
import { happened, nowLines, otherCases, progress, promised, say } from "./sections.js";
import { words } from "./words.js";

const LANGUAGE = "remanso:status:language";
const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const other = /** @type {HTMLButtonElement} */ (document.getElementById("language"));
const exit = /** @type {HTMLButtonElement} */ (document.getElementById("leave"));

/** @type {"es" | "en"} */
let language = first();
let t = words[language];
const model = new Case(language);
/** @type {ReturnType<typeof lay> | null} */
let shown = null;

/** @returns {"es" | "en"} what was chosen before, else what the browser speaks */
function first() {
  const kept = localStorage.getItem(LANGUAGE);
  return (kept ?? navigator.language).startsWith("en") ? "en" : "es";
}

function frame() {
  document.documentElement.lang = language;
  document.title = model.view ? `${t.title(model.view.reference)} · ${t.page}` : t.page;
  other.textContent = t.other;
  other.setAttribute("aria-label", t.otherLabel);
  other.lang = language === "es" ? "en" : "es";
  exit.textContent = t.leave;
  exit.hidden = !model.view;
}

/** @param {{ said?: string, reference?: string }} [known] */
function askForKey(known = {}) {
  shown = null;
  main.replaceChildren(
    enterForm(t, known, async (key) => {
      await model.enter(key);
      main.querySelector("h1")?.focus();
    }),
  );
  frame();
}

/** Lay the page out once; what changes is drawn by `draw`. */
function lay() {
  const view = /** @type {any} */ ({ model, language, config: model.config });
  const act = { stays: true, close: () => {}, part: () => {}, send: () => {} };
  const chat = new Chat(model, t, language);
  const place = {
    title: h("h1", { tabindex: "-1" }),
    opened: h("p", { class: "opened" }),
    now: h("div", { class: "now", role: "status" }),
    rating: h("div"),
    steps: h("div", { class: "way" }),
    facts: h("div", { class: "facts" }),
    live: h("p", { class: "live", role: "status" }),
  };
  main.replaceChildren(
    h(
      "div",
      { class: "lead" },
      h("div", { class: "card" }, place.title, place.opened, place.now, place.live),
      place.rating,
    ),
    place.steps,
    chat.element,
    place.facts,
    h("div", { class: "card papers" }, papers(view, act).element),
    h("details", { class: "card contact" }, h("summary", {}, t.contact), contactForm(view, act).element),
  );
  let drawn = "";
  let said = "";

  function draw() {
    const known = model.view;
    if (!known) return;
    place.title.textContent = t.title(known.reference);
    place.opened.textContent = t.opened(say(known.created_at, language));
    const lines = nowLines(known, t, language);
    if (said !== lines.join("\n")) {
      said = lines.join("\n");
      place.now.replaceChildren(...lines.map((line, index) => h("p", { class: index ? "" : "big" }, line)));
      place.now.dataset.status = known.next_update?.late ? "late" : known.status;
    }
    const live = model.online ? t.live : t.offline;
    if (place.live.textContent !== live) place.live.textContent = live;
    const mark = JSON.stringify([known.steps, known.promises, known.history, known.cases, known.agent]);
    if (mark !== drawn) {
      drawn = mark;
      place.steps.replaceChildren(progress(known, t, language));
      const parts = [promised, happened, otherCases].map((make) => make(known, t, language));
      place.facts.replaceChildren(...parts.filter((part) => part !== null));
    }
    if (known.survey && !place.rating.firstChild) {
      place.rating.className = "card rating";
      place.rating.append(ratingForm(view, act).element);
    }
    chat.render();
    frame();
  }
  return { draw };
}

function render() {
  shown ??= lay();
  shown.draw();
}

async function start() {
  shown = null;
  frame();
  const given = new URLSearchParams(location.hash.slice(1));
  if (location.hash) history.replaceState(null, "", location.pathname); // the key stays out of sight
  const link = given.get("l");
  const reference = given.get("r") ?? "";
  const code = given.get("c") ?? "";
  main.replaceChildren(h("p", { class: "loading" }, t.loading));
  try {
    if (link) await model.enter({ link });
    else if (reference && code) await model.enter({ reference, code });
    else if (!(await model.resume())) askForKey({ reference });
  } catch (error) {
    askForKey({ said: (error instanceof Refusal && error.text) || t.unreachable, reference });
  }
}

model.addEventListener("change", render);
model.addEventListener("gone", () => askForKey({ said: t.over }));
addEventListener("hashchange", start);
exit.addEventListener("click", () => {
  model.leave();
  askForKey();
  main.querySelector("input")?.focus();
});
other.addEventListener("click", async () => {
  language = language === "es" ? "en" : "es";
  t = words[language];
  localStorage.setItem(LANGUAGE, language);
  shown = null;
  await model.speak(language);
  if (model.view) render();
  else askForKey();
});
start();
