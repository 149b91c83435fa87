// Served at /widget.js, the one script of the embed: finds its own address and brings the widget from there.
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const base = new URL(".", script.src).href;
  const data = { ...script.dataset };
  const ready = new Promise((resolve) => {
    if (document.readyState !== "loading") resolve(null);
    else addEventListener("DOMContentLoaded", resolve, { once: true });
  });
  Promise.all([import(`${base}static/widget/mount.js`), ready]).then(
    ([widget]) => widget.mount(data, base),
    (error) => console.error(`Remanso: the chat could not be loaded from ${base}`, error),
  );
})();
