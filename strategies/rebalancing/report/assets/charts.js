"use strict";
// Charts: drawn when they come into view, in the colours of the page, and zoomed together.

const page = JSON.parse(document.getElementById("data").textContent);
const root = document.documentElement;
const charts = new Map(); // by the id of their place
for (const [result, list] of Object.entries(page.charts)) {
  for (const chart of list) charts.set(`${result}-${chart.key}`, { ...chart, view: 0 });
}
const near = new Set(); // ids of the places that are in view, or almost
const stale = new Set(charts.keys()); // ids of what is to be drawn when it comes into view
let zoom = null; // the time that is shown, [from, to] in milliseconds; null for all of it

// --- numbers ---------------------------------------------------------------------------------

const KINDS = { f4: Float32Array, f8: Float64Array };

function unpacked(value) {
  if (!value || !value.bdata) return value;
  const bytes = Uint8Array.from(atob(value.bdata), (letter) => letter.charCodeAt(0));
  return new KINDS[value.dtype](bytes.buffer);
}

function unpack(chart) {
  for (const trace of chart.data) {
    for (const name of ["x", "y", "base", "customdata"]) if (name in trace) trace[name] = unpacked(trace[name]);
  }
  chart.isUnpacked = true;
}

const isOverTime = (chart) => chart.layout.xaxis?.type === "date";

// The lowest and the highest that an axis has to show in the time that is shown. A point just
// outside counts where its line reaches into that time.
function extent(chart, place, axis) {
  const [from, to] = zoom;
  let low = Infinity, high = -Infinity;
  chart.data.forEach((trace, number) => {
    const visible = place._fullData?.[number]?.visible ?? trace.visible ?? true;
    if ((trace.yaxis || "y") !== axis || visible !== true) return;
    if (trace.view !== undefined && trace.view !== chart.view) return;
    const { x, y } = trace;
    for (let i = 0; i < x.length; i++) {
      if (x[i] < from && !(x[i + 1] > from)) continue;
      if (x[i] > to && !(x[i - 1] < to)) break;
      if (y[i] < low) low = y[i];
      if (y[i] > high) high = y[i];
    }
  });
  return [low, high];
}

function fitted(chart, place, name, axis) {
  let [low, high] = extent(chart, place, name.replace("axis", ""));
  if (!(low <= high)) return axis;
  if (axis.rangemode === "tozero") low = Math.min(low, 0);
  if (axis.type === "log") [low, high] = [Math.log10(low), Math.log10(high)];
  const room = (high - low) * 0.05 || Math.abs(high) * 0.05 || 1;
  return { ...axis, range: [low - room, high + room] };
}

// --- colours ---------------------------------------------------------------------------------

const color = (name) => getComputedStyle(root).getPropertyValue(name).trim();

// The darkest colours are lifted on a dark ground.
const LIFTED = { "#0072b2": "#1f86d1", "#7f7f7f": "#a8a8a8", "#d55e00": "#f07b2b", "#b8a800": "#d9c700", "#24292f": "#f0f3f6" };

// A colour may also be one of the style sheet's, by its name there, like "--ink".
function painted(value) {
  if (typeof value === "string") {
    if (value.startsWith("--")) return color(value) || value;
    return (root.dataset.theme === "dark" && LIFTED[value]) || value;
  }
  if (!value || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(painted);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, painted(part)]));
}

const themed = (axis) => ({
  automargin: true, gridcolor: color("--grid"), linecolor: color("--rule"),
  zerolinecolor: color("--dim"), ...axis,
});

// --- drawing ---------------------------------------------------------------------------------

const FLATTER = 0.7; // on paper, so that a page holds two charts
const isNarrow = () => window.innerWidth < 600;

function layoutOf(chart, place) {
  const narrow = isNarrow();
  const layout = structuredClone({ ...chart.layout, ...(chart.views[chart.view] || {}) });
  if (chart.logarithmic) Object.assign(layout.yaxis, { type: "log", dtick: "D2" });
  for (const name of Object.keys(layout)) {
    if (!/^[xy]axis/.test(name)) continue;
    layout[name] = themed(layout[name]);
    if (!isOverTime(chart)) layout[name].fixedrange = true;
    else if (name.startsWith("y")) {
      layout[name].fixedrange = true; // time is chosen; the height follows
      if (zoom && !layout[name].range) layout[name] = fitted(chart, place, name, layout[name]);
    } else if (zoom) layout[name].range = [...zoom];
  }
  return {
    width: place.clientWidth, height: place.clientHeight,
    margin: { l: narrow ? 52 : 72, r: narrow ? 8 : 16, t: narrow ? 10 : 26, b: 36 },
    paper_bgcolor: color("--paper"), plot_bgcolor: color("--paper"),
    font: { color: color("--ink"), size: narrow ? 11 : 12, family: "system-ui, sans-serif" },
    legend: {
      orientation: "h", x: 0, uirevision: "kept",
      ...(chart.legendRows > 1 ? { yref: "container", y: 0, yanchor: "bottom" } : { y: 1.01, yanchor: "bottom" }),
    },
    hoverlabel: { bgcolor: color("--panel"), bordercolor: color("--rule"), font: { color: color("--ink") } },
    dragmode: narrow ? false : "zoom",
    ...layout,
  };
}

function dataOf(chart) {
  return chart.data.map(({ view, views, ...trace }) => painted({
    ...trace, ...views?.[chart.view], ...(view === undefined ? {} : { visible: view === chart.view }),
    ...(views && isNarrow() ? { texttemplate: "" } : {}), // no room for numbers in squares
  }));
}

// A legend of more than one row needs room that is not the chart's, and stands below it.
function legendRows(chart, width) {
  const names = chart.layout.showlegend === false ? [] : chart.data.filter((trace) => (
    trace.showlegend !== false && (trace.view === undefined || trace.view === chart.view)));
  const longest = Math.max(0, ...names.map((trace) => trace.name.length));
  const columns = Math.max(1, Math.floor((width - 90) / (58 + 7 * Math.min(longest, 40))));
  return Math.ceil(names.length / columns);
}

function draw(id) {
  const chart = charts.get(id), place = document.getElementById(id), isNew = !place.data;
  if (!chart.isUnpacked) unpack(chart);
  stale.delete(id);
  chart.legendRows = legendRows(chart, place.clientWidth);
  const height = chart.height * (root.dataset.paper ? FLATTER : 1);
  place.style.height = `${height + 19 * Math.max(0, chart.legendRows - 1)}px`;
  Plotly.react(place, dataOf(chart), layoutOf(chart, place), {
    responsive: true, displaylogo: false, displayModeBar: isNarrow() ? false : "hover", doubleClick: false,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "resetScale2d", "zoomIn2d", "zoomOut2d", "sendChartToCloud"],
    plotlyServerURL: "",
  }).then(() => {
    if (isNew && isOverTime(chart)) {
      place.on("plotly_relayout", (event) => { const range = rangeOf(event); if (range) setZoom(range); });
      place.on("plotly_doubleclick", () => setZoom(null));
    }
    place.dataset.drawn = "yes";
  });
}

function redraw(ids) {
  for (const id of ids) {
    stale.add(id);
    document.getElementById(id).dataset.drawn = "";
  }
  for (const id of near) if (stale.has(id)) draw(id);
}

const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (isIntersecting) near.add(target.id); else near.delete(target.id);
  }
  redraw([]);
}, { rootMargin: "300px" });

// --- zooming ---------------------------------------------------------------------------------

// plotly gives dates as texts without a zone; they are UTC.
const instant = (value) => (typeof value === "number" ? value : Date.parse(`${String(value).replace(" ", "T")}${String(value).length > 10 ? "Z" : ""}`));

function rangeOf(event) {
  const range = event["xaxis.range"] || [event["xaxis.range[0]"], event["xaxis.range[1]"]];
  const ends = range.map(instant);
  return ends.every(Number.isFinite) ? ends : null;
}

function setZoom(range) {
  zoom = range;
  for (const button of document.querySelectorAll(".whole")) button.hidden = range === null;
  for (const select of document.querySelectorAll("[data-spans]")) {
    const value = range ? range.join(",") : "";
    const known = [...select.options].some((option) => option.value === value);
    select.options[select.options.length - 1].hidden = known;
    select.value = known ? value : "zoomed";
  }
  redraw([...charts].filter(([, chart]) => isOverTime(chart)).map(([id]) => id));
}
