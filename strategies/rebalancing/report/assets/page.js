"use strict";
// The page itself: light and dark, choices, paper, and which result is shown.

const system = window.matchMedia("(prefers-color-scheme: dark)");

function setTheme(dark) {
  root.dataset.theme = dark ? "dark" : "light";
  root.style.colorScheme = root.dataset.theme;
  redraw(charts.keys());
}

document.getElementById("theme").addEventListener("click", () => setTheme(root.dataset.theme !== "dark"));
system.addEventListener("change", (event) => setTheme(event.matches));

// --- paper is white, narrower than a window, and shows what nobody has scrolled to -------------

const PAPER = "690px"; // A4 less its margins
let before = "light";

function setPaper(width) {
  if (width) root.dataset.paper = "yes"; else delete root.dataset.paper;
  for (const place of document.querySelectorAll(".chart")) place.style.width = width;
}

window.addEventListener("beforeprint", () => {
  before = root.dataset.theme;
  setTheme(false);
  setPaper(PAPER);
  for (const [id] of charts) if (document.getElementById(id).offsetParent) draw(id);
});
window.addEventListener("afterprint", () => {
  setPaper("");
  setTheme(before === "dark");
});

// --- choices ---------------------------------------------------------------------------------

const selects = [...document.querySelectorAll("select[data-chart]")];
const resultOf = (place) => place.closest("main, #comparison");

// Who chooses an asset in one chart means it in all charts of that result that have the choice.
for (const select of selects) {
  select.addEventListener("change", () => {
    for (const other of selects) {
      if (resultOf(other) !== resultOf(select) || other.textContent !== select.textContent) continue;
      other.value = select.value;
      charts.get(other.dataset.chart).view = Number(other.value);
      redraw([other.dataset.chart]);
    }
  });
}
for (const box of document.querySelectorAll("input[data-log]")) {
  box.addEventListener("change", () => {
    charts.get(box.dataset.log).logarithmic = box.checked;
    redraw([box.dataset.log]);
  });
}
for (const select of document.querySelectorAll("[data-spans]")) {
  select.addEventListener("change", () => {
    setZoom(select.value ? select.value.split(",").map(Number) : null);
  });
}
for (const button of document.querySelectorAll(".whole")) button.addEventListener("click", () => setZoom(null));

// --- what is wider than the window -------------------------------------------------------------

function hint(place) {
  const left = place.scrollLeft > 2, right = place.scrollLeft + place.clientWidth < place.scrollWidth - 2;
  if (left || right) place.dataset.more = left && right ? "both" : left ? "left" : "right";
  else delete place.dataset.more;
}
const wide = [...document.querySelectorAll(".scroll")];
const sizes = new ResizeObserver((entries) => entries.forEach((entry) => hint(entry.target.closest(".scroll"))));
for (const place of wide) {
  place.addEventListener("scroll", () => hint(place), { passive: true });
  for (const seen of [place, ...place.children]) sizes.observe(seen);
}

// --- start -----------------------------------------------------------------------------------

setTheme(system.matches);
for (const place of document.querySelectorAll(".chart")) watcher.observe(place);
for (const place of document.querySelectorAll("table[data-rounds]")) fillRounds(place, Number(place.dataset.rounds));
for (const button of document.querySelectorAll("button[data-result]")) {
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll("button[data-result]")) other.setAttribute("aria-pressed", String(other === button));
    document.querySelectorAll("main").forEach((part, index) => { part.hidden = index !== Number(button.dataset.result); });
  });
}
root.dataset.ready = "yes";
