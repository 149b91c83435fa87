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
/** @type {Chat | null} */
let chat = null; // of the case that is open, in whatever language

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
  shown = chat = null;
  const typed = fieldsOf(main);
  main.replaceChildren(
    enterForm(t, known, async (key) => {
      await model.enter(key);
      main.querySelector("h1")?.focus();
    }),
  );
  fill(main, typed);
  frame();
}

/** Lay the page out once for each language; what changes is drawn by `draw`. */
function lay() {
  const view = /** @type {any} */ ({ model, language, config: model.config });
  const act = { stays: true, close: () => {}, part: () => {}, send: () => {} };
  const talk = (chat ??= new Chat(model, t, language));
  if (talk.language !== language) talk.speak(t, language);
  const typed = fieldsOf(main);
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
    talk.element,
    place.facts,
    h("div", { class: "card papers" }, papers(view, act).element),
    h("details", { class: "card contact" }, h("summary", {}, t.contact), contactForm(view, act).element),
  );
  let drawn = "";
  let said = "";
  let asked = 0;
  /** @type {ReturnType<typeof ratingForm> | null} */
  let rating = null;
  const putAway = () => {
    rating = null;
    asked = 0;
    place.rating.className = "";
    place.rating.replaceChildren();
  };

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
    rating?.render();
    if (known.survey_id && known.survey_id !== asked) {
      asked = known.survey_id;
      rating = ratingForm(view, { ...act, close: putAway });
      place.rating.className = "card rating";
      place.rating.replaceChildren(rating.element);
    }
    talk.render();
    frame();
  }
  draw();
  fill(main, typed);
  return { draw };
}

/** @typedef {Map<string, { value: string, checked: boolean }>} Typed by the ids of the fields */

/** @param {HTMLElement} root @returns {Typed} what was typed and chosen in it */
function fieldsOf(root) {
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll("input[id], textarea[id]"));
  return new Map([...fields].map(({ id, value, checked }) => [id, { value, checked }]));
}

/** @param {HTMLElement} root @param {Typed} typed put into the fields of the same ids */
function fill(root, typed) {
  for (const [id, { value, checked }] of typed) {
    const field = /** @type {HTMLInputElement | null} */ (root.querySelector(`#${id}`));
    if (field) Object.assign(field, { value, checked });
  }
}

function render() {
  if (shown) shown.draw();
  else shown = lay();
}

async function start() {
  shown = chat = null;
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
