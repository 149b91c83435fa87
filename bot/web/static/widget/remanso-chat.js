import { h, icon } from "../shared/dom.js";
import { addStyle, attach, once, takeDrops } from "./attach.js";
import { Composer } from "./composer.js";
import { readConfig } from "./config.js";
import { Conversation } from "./conversation.js";
import { Footing } from "./footing.js";
import { DROP, Header } from "./header.js";
import { Log } from "./log.js";
import { Slot } from "./slot.js";
import { strings } from "./strings.js";

/** `<remanso-chat>`: a button in the corner and the panel it opens, or the panel alone. */
export class RemansoChat extends HTMLElement {
  #opened = false;
  #styles = /** @type {HTMLLinkElement[]} */ ([]);

  connectedCallback() {
    if (this.model) return;
    const config = readConfig(this.dataset, this.dataset.base ?? `${location.origin}/`);
    const model = new Conversation(config);
    this.model = model;
    /** @type {"es" | "en"} */
    const language = model.keep.get("language") ?? config.language;
    this.view = { model, config, language, t: strings[language] };
    this.#build(config);
    model.addEventListener("change", () => this.#render());
    visualViewport?.addEventListener("resize", this.#fit);
    visualViewport?.addEventListener("scroll", this.#fit);
    if (config.open) this.open({ focus: false });
    else if (model.known) model.start(); // an answer may be waiting
    this.#render();
  }

  disconnectedCallback() {
    this.model?.stop();
    this.model = this.view = undefined;
    this.shadowRoot?.replaceChildren();
    visualViewport?.removeEventListener("resize", this.#fit);
    visualViewport?.removeEventListener("scroll", this.#fit);
  }

  /** Leave the conversation, as when the customer logs out of the site. */
  forget() {
    this.model?.forget();
  }

  /** @param {{ focus?: boolean }} [how] */
  open({ focus = true } = {}) {
    this.#opened = true;
    this.model?.start();
    this.#render();
    this.#fit();
    this.log?.toEnd();
    const touch = matchMedia("(pointer: coarse)").matches; // no keyboard over half the screen
    if (focus) touch ? this.header?.title.focus() : this.composer?.focus();
  }

  close() {
    if (this.view?.config.inline) return;
    this.#opened = false;
    this.#render();
    this.launcher?.focus();
  }

  /** On a phone the panel is what the keyboard leaves free. */
  #fit = () => {
    if (!this.panel || !visualViewport || this.view?.config.inline) return;
    const { height, offsetTop, scale } = visualViewport;
    const whole = matchMedia("(max-width: 480px)").matches && scale === 1;
    this.panel.style.height = whole ? `${height}px` : "";
    this.panel.style.top = whole ? `${offsetTop}px` : "";
  };

  /** @param {string} text put into the field, for the customer to send */
  compose(text) {
    this.open();
    this.composer?.fill(text);
  }

  /** @param {import("../shared/api.d.ts").WidgetConfig} config */
  #build(config) {
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const model = /** @type {Conversation} */ (this.model);
    const send = (/** @type {object} */ what) => {
      model.send(what);
      this.log?.toEnd();
    };
    const style = once(() => addStyle(shadow, config.base));
    const files = (/** @type {File[]} */ list) =>
      this.view && this.composer && attach(this.view, this.composer, list, style());
    const part = (/** @type {any} */ name) => this.view && this.extras?.open(name, this.view);
    this.extras = new Slot({ style, act: { part, send } });
    this.header = new Header({
      part,
      person: () => !model.outbox.items.some((item) => item.person) && send({ person: true }),
      language: () => this.#switch(),
      close: config.inline ? null : () => this.close(),
    });
    this.log = new Log({
      choose: (choice, text) => send({ choice, text }),
      retry: (item) => model.retry(item),
      edit: (item) => {
        model.outbox.remove(item.client_id);
        this.compose(item.text ?? "");
        this.#render();
      },
    });
    this.footing = new Footing({
      now: () => model.wire.nudge(),
      save: () => part("copy"),
      fresh: () => model.restart(),
    });
    this.composer = new Composer({
      send: (text, files) => send(files.length ? { text, attachments: files } : { text }),
      files,
      typing: (on) => model.wire.tell({ type: "typing", on }),
      draft: (text) => model.keep.set("draft", text || null),
    });
    this.composer.fill(model.keep.get("draft") ?? "");
    this.parts = [this.header, this.log, this.extras, this.footing, this.composer];
    takeDrops(this.#assemble(shadow, config), files);
  }

  /**
   * @param {ShadowRoot} shadow
   * @param {import("../shared/api.d.ts").WidgetConfig} config
   */
  #assemble(shadow, config) {
    this.badge = h("span", { class: "badge", "aria-hidden": "true" });
    this.news = h("p", { class: "sr", role: "status" });
    this.launcher = h(
      "button",
      { class: "launcher", type: "button", "aria-haspopup": "dialog", click: () => this.open() },
      icon(DROP),
      this.badge,
    );
    this.panel = h(
      "section",
      { class: "panel", role: config.inline ? "region" : "dialog", "aria-labelledby": "title" },
      ...(this.parts ?? []).map(({ element }) => element),
    );
    this.root = h("div", { class: "remanso", hidden: true }, this.launcher, this.news, this.panel);
    if (config.theme) this.root.dataset.theme = config.theme;
    this.root.dataset.place = config.inline ? "inline" : config.side || "right";
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      this.close();
    });
    this.#styles = ["shared/tokens", "widget/widget"].map((name) => this.#style(name));
    shadow.replaceChildren(...this.#styles, this.root);
    return this.panel;
  }

  /** @param {string} name */
  #style(name) {
    const href = `${this.view?.config.base}static/${name}.css`;
    const show = () => {
      if (this.root && this.#styles.every((link) => link.sheet)) this.root.hidden = false;
      this.composer?.fill(this.composer.field.value);
      this.log?.toEnd();
    };
    return h("link", { rel: "stylesheet", href, load: show });
  }

  #switch() {
    if (!this.view) return;
    const language = this.view.language === "es" ? "en" : "es";
    this.model?.keep.set("language", language);
    this.view = { ...this.view, language, t: strings[language] };
    this.#render();
  }

  #render() {
    const { view, root, launcher, panel, badge, news } = this;
    if (!view || !root || !launcher || !panel || !badge || !news) return;
    const { model, t, language } = view;
    root.lang = language;
    root.dataset.mood = model.info?.mood ?? "";
    root.dataset.owner = model.info?.owner ?? "";
    panel.hidden = !this.#opened;
    launcher.hidden = this.#opened;
    const unread = this.#unread();
    const text = unread ? t.unread(unread) : "";
    badge.textContent = unread ? String(unread) : "";
    badge.hidden = !unread;
    if (news.textContent !== text) news.textContent = text;
    launcher.setAttribute("aria-label", [t.open, text].filter(Boolean).join(", "));
    for (const part of this.parts ?? []) part.render(view);
  }

  /** @returns {number} messages that came while the panel was closed */
  #unread() {
    const { list, keep } = /** @type {Conversation} */ (this.model);
    if (this.#opened) keep.set("seen", list.at(-1)?.id ?? keep.get("seen"));
    const seen = keep.get("seen") ?? 0;
    return list.filter(({ id, author }) => id > seen && author !== "customer").length;
  }
}
