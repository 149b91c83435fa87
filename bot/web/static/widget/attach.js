import { h } from "../shared/dom.js";

/**
 * Take files to go with the next message; what uploads them is fetched when there are any.
 *
 * @param {import("./view.js").View} view
 * @param {import("./composer.js").Composer} composer
 * @param {File[]} files
 * @param {Promise<unknown> | undefined} style settled when they can be shown
 */
export async function attach(view, composer, files, style) {
  if (!files.length) return;
  composer.waits(1);
  try {
    const [{ Uploads }] = await Promise.all([import("./after/uploads.js"), style]);
    const uploads = (composer.uploads ??= new Uploads(view, () => composer.changed()));
    composer.tray.replaceChildren(uploads.element);
    uploads.add(files);
  } catch {
    composer.tray.textContent = view.t.failed; // no connection: they can be chosen again
  } finally {
    composer.waits(-1);
  }
  const { activeElement } = /** @type {ShadowRoot} */ (composer.element.getRootNode());
  if (!activeElement || activeElement === composer.clip) composer.focus();
}

/**
 * Let files be dropped on an element.
 *
 * @param {HTMLElement} element
 * @param {(files: File[]) => void} take
 */
export function takeDrops(element, take) {
  element.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  element.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
}

/**
 * Add the look of what is fetched later.
 *
 * @param {ShadowRoot} shadow
 * @param {string} base address of the gateway, with a final slash
 * @returns {Promise<unknown>} settled when it is there
 */
export function addStyle(shadow, base) {
  return new Promise((resolve) => {
    const href = `${base}static/widget/after.css`;
    shadow.lastElementChild?.before(h("link", { rel: "stylesheet", href, load: resolve, error: resolve }));
  });
}

/**
 * @template T
 * @param {() => T} make
 * @returns {() => T} makes it at the first call
 */
export function once(make) {
  /** @type {T | undefined} */
  let made;
  return () => (made ??= make());
}
