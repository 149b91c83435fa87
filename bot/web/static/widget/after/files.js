import { h, icon } from "../../shared/dom.js";
import { Refusal } from "../api.js";
import { words } from "./words.js";

/**
 * @typedef {import("../conversation.js").Conversation} Conversation
 * @typedef {import("../../shared/api.d.ts").Attachment} Attachment
 */

const IMAGES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const PAPER = "M7 3.5h7l4 4V20.5H7Z M14 3.5v4h4";

/**
 * How large a file is, in words.
 *
 * @param {number} bytes
 * @param {string} language
 */
export function size(bytes, language) {
  const [value, unit] = bytes < 1e6 ? [Math.max(1, bytes / 1e3), "kilobyte"] : [bytes / 1e6, "megabyte"];
  const digits = unit === "megabyte" && value < 10 ? 1 : 0;
  const style = /** @type {const} */ ({ style: "unit", unit, maximumFractionDigits: digits });
  return new Intl.NumberFormat(language, style).format(value);
}

/**
 * Fetch something that only this conversation's key opens.
 *
 * @param {Conversation} model
 * @param {string} path of the API, or below the conversation
 * @returns {Promise<Blob>}
 */
export async function fetchFile(model, path) {
  const session = await model.session();
  const address = path.startsWith("/api/")
    ? `${model.config.base}${path.slice(1)}`
    : `${model.api.root}/${session.id}${path}`;
  const answer = await fetch(address, { headers: model.api.headers(session), credentials: "omit" });
  if (answer.ok) return answer.blob();
  const problem = await answer.json().catch(() => ({}));
  throw new Refusal(answer.status, problem.error ?? {});
}

/**
 * Save what was fetched as a file of the customer's.
 *
 * @param {Blob} blob
 * @param {string} name
 */
export function keep(blob, name) {
  const href = URL.createObjectURL(blob);
  h("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10000);
}

/**
 * Show the files of a message: pictures small, all to be saved.
 *
 * @param {HTMLElement} box
 * @param {Attachment[]} attachments
 * @param {import("../view.js").View} view
 */
export function show(box, attachments, { model, language }) {
  const w = words[language];
  for (const file of attachments) {
    const address = `/attachments/${file.id}`;
    const save = async () => {
      try {
        keep(await fetchFile(model, address), file.name);
        note.textContent = "";
      } catch {
        note.textContent = w.failed;
      }
    };
    const picture = IMAGES.includes(file.type) && h("canvas", { class: "thumb", "aria-hidden": "true" });
    const note = h("span", { class: "problem", role: "alert" });
    const button = h(
      "button",
      { type: "button", class: "file", click: save },
      picture || icon(PAPER),
      h("span", { class: "sr" }, w.openFile("")),
      h("span", { class: "filename" }, file.name),
      h("span", { class: "size" }, size(file.size, language)),
    );
    box.append(h("li", {}, button, note));
    if (picture) draw(picture, model, `${address}?inline=1`);
  }
}

const AGAIN = 1000; // milliseconds until a picture that did not come is asked for again

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/**
 * Draw a picture onto a canvas: no policy of the embedding site forbids that, and nothing in it runs.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Conversation} model
 * @param {string} path
 */
async function draw(canvas, model, path) {
  const get = async () => createImageBitmap(await fetchFile(model, path));
  try {
    const picture = await get().catch(() => pause(AGAIN).then(get)); // a network may fail once
    const scale = Math.min(1, 480 / picture.width, 320 / picture.height);
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
  } catch {
    canvas.replaceWith(icon(PAPER)); // the name is there, and it can be saved
  }
}
