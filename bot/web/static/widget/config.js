/** @typedef {import("../shared/api.d.ts").WidgetConfig} WidgetConfig */

/**
 * Read what the embedding page asked for, attribute by attribute of its `<script>` tag:
 *
 * - `data-language`: `es` or `en`; without it the page's language, then the browser's.
 * - `data-title`: the name in the header.
 * - `data-identity`: a signed identity made by the site's server.
 * - `data-privacy`: address of the privacy notice.
 * - `data-target`: CSS selector of an element to fill; without it, a button in the corner.
 * - `data-side`: `left` puts that button in the other corner.
 * - `data-theme`: `light` or `dark`; without it, what the visitor's system prefers.
 * - `data-open`: opened from the start.
 * - `data-name`: tells several conversations on one page apart.
 *
 * @param {DOMStringMap} data
 * @param {string} base address of the gateway, with a final slash
 * @returns {WidgetConfig}
 */
export function readConfig(data, base) {
  const language = data.language || document.documentElement.lang || navigator.language;
  return {
    base,
    title: data.title || "Remanso",
    language: language.toLowerCase().startsWith("en") ? "en" : "es",
    identity: data.identity ?? "",
    privacy: data.privacy || `${base}static/demo/privacy.html`,
    theme: data.theme ?? "",
    side: data.side ?? "",
    inline: Boolean(data.target),
    open: data.open !== undefined || Boolean(data.target),
    name: data.name ?? "",
  };
}
