// @ts-check
// Draws the charts of the measures page; what they show is in the page as JSON.

/** @type {any} */
const plotly = /** @type {any} */ (window).Plotly;
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const ink = getComputedStyle(document.body).color;
const found = document.getElementById("figures")?.textContent ?? "{}";

for (const [name, figure] of Object.entries(JSON.parse(found))) {
  figure.layout.font.color = ink;
  if (dark) for (const axis of ["xaxis", "yaxis"]) Object.assign(figure.layout[axis], { gridcolor: "#3a4a4c", linecolor: "#3a4a4c", zerolinecolor: "#3a4a4c" });
  plotly.newPlot(name, figure.data, figure.layout, { displayModeBar: false, responsive: true });
}
