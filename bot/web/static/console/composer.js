import { h, set } from "../shared/dom.js";
import { keyed, part, text } from "./dom.js";
import { Piece } from "./piece.js";

const LIMIT = 4000; // characters the server takes
const TALLEST = 220; // px
const TOLD = 3000; // ms between two words that we are typing
const REST = 5000; // ms without a key after which we no longer are

/** Where the agent writes: Enter sends, Shift and Enter break the line. */
export class ReplyComposer extends Piece {
  /** @override */
  static template = "composer";
  #ref = "";
  #told = 0;
  #resting = 0;

  /** @override */
  ready() {
    this.field = part(this, "field", HTMLTextAreaElement);
    this.button = part(this, "send", HTMLButtonElement);
    this.field.addEventListener("input", () => this.#input());
    this.field.addEventListener("blur", () => this.#typing(false));
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.field?.blur();
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#send(event);
    });
    part(this, "form").addEventListener("submit", (event) => this.#send(event));
  }

  /** @override */
  render() {
    const { model, outbox } = this.on;
    const { row } = model;
    const mine = model.isMine(row);
    part(this, "form").hidden = !mine;
    part(this, "instead").hidden = mine;
    if (!row || !this.field) return;
    if (this.#ref !== row.ref) {
      this.#typing(false);
      this.#ref = row.ref;
      this.field.value = outbox.draft(row.ref);
    }
    this.field.placeholder = row.customer ? this.t.reply(row.customer) : this.t.replyGuest;
    if (mine) this.#measure();
    else this.#instead();
  }

  #instead() {
    const { model, deeds } = this.on;
    const { row, busy } = model;
    if (!row) return;
    const { t } = this;
    const says = {
      queued: t.insteadQueued,
      claimed: t.insteadOther(row.owner_name ?? row.owner ?? ""),
      returned: t.insteadReturned,
      resolved: t.insteadResolved,
    }[row.status];
    const deed = row.status === "queued" ? "claim" : row.status === "claimed" ? null : "reopen";
    keyed(
      part(this, "instead"),
      ["says", ...(deed ? [deed] : [])],
      (name) => name,
      (name) => {
        if (name === "says") return h("p");
        const click = () => deeds[/** @type {"claim" | "reopen"} */ (name)]();
        return h("button", {
          type: "button",
          class: name === "claim" ? "primary" : "plain",
          click,
        });
      },
      (node, name) => {
        if (name === "says") return text(node, says);
        text(node, busy.has(row.ref) ? t.working : t[/** @type {"claim" | "reopen"} */ (name)]);
      },
    );
  }

  #input() {
    this.on.outbox.setDraft(this.#ref, this.field?.value ?? "");
    this.#typing(Boolean(this.field?.value.trim()));
    this.#measure();
  }

  #measure() {
    const { field, button } = this;
    if (!field || !button) return;
    const over = [...field.value.trim()].length - LIMIT;
    const hint = part(this, "hint");
    text(hint, over > 0 ? this.t.over(over) : this.t.hint);
    hint.classList.toggle("bad", over > 0);
    set(field, "aria-invalid", over > 0);
    button.disabled = over > 0 || !field.value.trim();
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, TALLEST)}px`;
  }

  /** @param {Event} event */
  #send(event) {
    event.preventDefault();
    const { field } = this;
    if (!field || this.button?.disabled) return;
    const said = field.value.trim();
    field.value = "";
    this.#input();
    this.on.outbox.send(this.#ref, said);
    field.focus();
  }

  /** @param {boolean} on told now and then, and once when it ends */
  #typing(on) {
    clearTimeout(this.#resting);
    const now = Date.now();
    if (on) this.#resting = setTimeout(() => this.#typing(false), REST);
    if (on ? now - this.#told < TOLD : !this.#told) return;
    this.#told = on ? now : 0;
    this.on.sync.live.tell({ type: "typing", ref: this.#ref, on });
  }
}
