import { RemansoChat } from "./remanso-chat.js";

/**
 * Put a widget on the page.
 *
 * @param {DOMStringMap} data attributes of the script tag
 * @param {string} base address of the gateway, with a final slash
 */
export function mount(data, base) {
  if (!customElements.get("remanso-chat")) customElements.define("remanso-chat", RemansoChat);
  const chat = document.createElement("remanso-chat");
  Object.assign(chat.dataset, data, { base });
  const place = data.target ? document.querySelector(data.target) : null;
  if (!place) delete chat.dataset.target;
  (place ?? document.body).append(chat);
}
