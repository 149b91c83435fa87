import { h, icon } from "../shared/dom.js";

/**
 * Files of a message: pictures are shown from a copy that was fetched with the agent's own right,
 * everything else is only offered for saving. Nothing is opened by itself.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./case.d.ts").Attachment} Attachment
 * @typedef {import("./case.d.ts").CaseMessage} CaseMessage
 */

const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const SHOWN = 5_000_000; // bytes: larger pictures are offered, not shown
const PAPER = "M7 3h7l4 4v14H7zM14 3v4h4";

/** @param {App} app @param {CaseMessage} message @param {string} from path of what it belongs to */
export function attachments(app, { attachments: files = [] }, from) {
  if (!files.length) return null;
  const items = files.map((file) => h("li", {}, one(app, file, from)));
  return h("ul", { class: "files", "aria-label": app.t.files }, ...items);
}

/** @param {App} app @param {Attachment} file @param {string} from */
function one(app, file, from) {
  const { t } = app;
  if (file.scan === "refused") return h("p", { class: "error" }, t.fileRefused(file.name));
  const about = `${file.name} · ${size(file.size, app.language)}`;
  const unscanned = file.scan === "unscanned" && h("span", { class: "soft" }, t.fileUnscanned);
  const save = () => download(app, file, from);
  const button = h(
    "button",
    { type: "button", class: "plain file", click: save, "aria-label": t.fileSave(about) },
    icon(PAPER),
    h("span", {}, about, unscanned),
  );
  if (!PICTURES.has(file.type) || file.size > SHOWN) return button;
  const picture = h("img", { class: "picture", alt: file.name });
  copy(app, file, from)
    .then((url) => picture.setAttribute("src", url))
    .catch(() => picture.remove());
  return h("div", { class: "shown" }, picture, button);
}

const copies = /** @type {Map<string, Promise<string>>} */ (new Map());

/** @returns {Promise<string>} address of a local copy */
function copy(
  /** @type {App} */ app,
  /** @type {Attachment} */ file,
  /** @type {string} */ from,
) {
  const known = copies.get(file.id);
  if (known) return known;
  const path = `${from}/attachments/${encodeURIComponent(file.id)}`;
  const made = app.api.blob(path).then((blob) => URL.createObjectURL(blob));
  copies.set(file.id, made);
  made.catch(() => copies.delete(file.id)); // the next look tries again
  return made;
}

/** @param {App} app @param {Attachment} file @param {string} from */
async function download(app, file, from) {
  try {
    h("a", { href: await copy(app, file, from), download: file.name }).click();
  } catch (error) {
    app.failed(error);
  }
}

/** @param {number} bytes @param {string} language @returns {string} "1,2 MB" */
export function size(bytes, language) {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, "kB"] : [bytes / 1_000_000, "MB"];
  const digits = { maximumFractionDigits: value < 10 ? 1 : 0 };
  return `${new Intl.NumberFormat(language, digits).format(value)} ${unit}`;
}
