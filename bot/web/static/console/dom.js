/**
 * A copy of a template's content.
 *
 * @param {string} id
 * @returns {DocumentFragment}
 */
export function stamp(id) {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`No template '${id}'.`);
  return /** @type {DocumentFragment} */ (template.content.cloneNode(true));
}

/**
 * The element of a stamped template that is marked `data-part="name"`.
 *
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} name
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function part(root, name, kind = /** @type {any} */ (HTMLElement)) {
  const found = root.querySelector(`[data-part="${name}"]`);
  if (!(found instanceof kind)) throw new Error(`No part '${name}'.`);
  return found;
}

/**
 * Write the texts of a stamped template: `data-t` is the text, `data-t-label` the spoken name.
 *
 * @param {ParentNode} root
 * @param {Record<string, unknown>} t
 */
export function translate(root, t) {
  for (const node of root.querySelectorAll("[data-t]")) {
    text(node, String(t[node.getAttribute("data-t") ?? ""]));
  }
  for (const node of root.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", String(t[node.getAttribute("data-t-label") ?? ""]));
  }
}

/**
 * Write a text only if it changed, so that live regions stay quiet and selections survive.
 *
 * @param {Element} node
 * @param {string} value
 */
export function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

/**
 * Make a container hold one element per item, in order, keeping the elements it has.
 *
 * @template Item
 * @template {HTMLElement} Node
 * @param {HTMLElement} box
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} key
 * @param {(item: Item) => Node} make
 * @param {(node: Node, item: Item) => void} refresh
 */
export function keyed(box, items, key, make, refresh) {
  const have = new Map();
  for (const node of box.children) have.set(/** @type {HTMLElement} */ (node).dataset.key, node);
  const wanted = new Set(items.map(key));
  for (const [name, node] of have) if (!wanted.has(name)) node.remove();
  let place = box.firstElementChild;
  for (const item of items) {
    const name = key(item);
    const node = have.get(name) ?? make(item);
    node.dataset.key = name;
    if (place && node === place) place = place.nextElementSibling;
    else if (place && node === place.nextElementSibling) place = node.nextElementSibling; // overtaken
    else box.insertBefore(node, place);
    refresh(node, item);
  }
}

/**
 * Run a function once after everything that happens now.
 *
 * @param {() => void} work
 * @returns {() => void}
 */
export function gathered(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      work();
    });
  };
}
