"use strict";
(() => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const charts = new Map();
  for (const [result, list] of Object.entries(page.charts)) {
    for (const chart of list) charts.set(`${result}-${chart.key}`, chart);
  }
  const drawn = new Set();

  // --- light and dark ---------------------------------------------------------------------

  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const setTheme = (dark) => {
    root.dataset.theme = dark ? "dark" : "light";
    root.style.colorScheme = root.dataset.theme;
    for (const id of drawn) draw(id);
  };
  const color = (name) => getComputedStyle(root).getPropertyValue(name).trim();

  document.getElementById("theme").addEventListener("click", () => {
    setTheme(root.dataset.theme !== "dark");
  });
  system.addEventListener("change", (event) => setTheme(event.matches));

  // Paper is white, and shows what nobody has scrolled to.
  let before = "light";
  window.addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    setTheme(false);
    for (const place of document.querySelectorAll(".chart")) {
      if (place.offsetParent && !drawn.has(place.id)) draw(place.id);
    }
  });
  window.addEventListener("afterprint", () => setTheme(before === "dark"));

  // --- charts: drawn when they come into view ---------------------------------------------

  const themed = (axis) => ({
    automargin: true, gridcolor: color("--grid"), linecolor: color("--rule"),
    zerolinecolor: color("--dim"), ...axis,
  });

  function layoutOf(chart) {
    const narrow = window.innerWidth < 600;
    const layout = structuredClone(chart.layout);
    for (const name of Object.keys(layout)) {
      if (/^[xy]axis/.test(name)) layout[name] = themed(layout[name]);
    }
    if (chart.logarithmic) {
      layout.yaxis.type = "log";
      layout.yaxis.dtick = "D2";
    }
    return {
      margin: { l: narrow ? 44 : 64, r: 12, t: narrow ? 12 : 28, b: 40 },
      paper_bgcolor: color("--paper"), plot_bgcolor: color("--paper"),
      font: { color: color("--ink"), size: narrow ? 11 : 12, family: "system-ui, sans-serif" },
      legend: { orientation: "h", y: -0.14, x: 0 },
      hoverlabel: { bgcolor: color("--panel"), bordercolor: color("--rule"), font: { color: color("--ink") } },
      dragmode: narrow ? false : "zoom",
      ...layout,
    };
  }

  // The darkest colours are lifted on a dark ground.
  const LIFTED = { "#0072b2": "#1f86d1", "#7f7f7f": "#a8a8a8", "#d55e00": "#f07b2b", "#b8a800": "#d9c700", "#24292f": "#f0f3f6" };

  function dataOf(chart) {
    if (root.dataset.theme !== "dark") return chart.data;
    const text = JSON.stringify(chart.data).replace(/#[0-9a-f]{6}(?=")/g, (shade) => LIFTED[shade] || shade);
    return JSON.parse(text);
  }

  function draw(id) {
    const chart = charts.get(id);
    const place = document.getElementById(id);
    drawn.add(id);
    const names = chart.data.filter((trace) => trace.showlegend !== false).length;
    if (window.innerWidth < 600 && names > 8) place.style.height = `${Math.min(900, 320 + 20 * names)}px`; // for the legend
    Plotly.react(place, dataOf(chart), layoutOf(chart), {
      responsive: true, displaylogo: false, displayModeBar: window.innerWidth < 600 ? false : "hover",
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "sendChartToCloud"], plotlyServerURL: "",
    }).then(() => { place.dataset.drawn = "yes"; });
  }

  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      draw(entry.target.id);
    }
  }, { rootMargin: "300px" });

  for (const select of document.querySelectorAll("select[data-chart]")) {
    select.addEventListener("change", () => {
      const chart = charts.get(select.dataset.chart);
      chart.data = chart.data.map((trace) => ({ ...trace, visible: trace.view === Number(select.value) }));
      draw(select.dataset.chart);
    });
  }
  for (const box of document.querySelectorAll("input[data-log]")) {
    const chart = charts.get(box.dataset.log);
    box.addEventListener("change", () => {
      chart.logarithmic = box.checked;
      draw(box.dataset.log);
    });
  }

  // --- the table of rounds ----------------------------------------------------------------

  const PAGE_SIZE = 200;
  const number = (digits, sign) => new Intl.NumberFormat("en", {
    minimumFractionDigits: digits, maximumFractionDigits: digits,
    signDisplay: sign ? "exceptZero" : "auto",
  });
  const percent = number(2, false), points = number(2, true);

  function cell(text, kind, tag = "td") {
    const made = document.createElement(tag);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  function table(head, rows) {
    const made = document.createElement("table");
    const top = made.createTHead().insertRow();
    for (const [title, kind] of head) top.append(cell(title, kind, "th"));
    const body = made.createTBody();
    for (const row of rows) {
      const line = body.insertRow();
      row.forEach((text, column) => line.append(cell(text, head[column][1])));
    }
    return made;
  }

  function details(round, result) {
    const holder = document.createElement("div");
    const money = number(result.decimals, true);
    const coins = new Intl.NumberFormat("en", { maximumSignificantDigits: 8, signDisplay: "exceptZero" });
    const price = new Intl.NumberFormat("en", { maximumSignificantDigits: 8 });
    const traded = new Map();
    for (const trade of round.trades) {
      const before = traded.get(trade[0]);
      if (before) before.push(trade); else traded.set(trade[0], [trade]);
    }
    const rows = [];
    result.assets.forEach((asset, index) => {
      const weights = [percent.format(round.before[index]) + " %", percent.format(round.after[index]) + " %"];
      const trades = traded.get(index) || [[index, null, null]];
      for (const [, amount, at] of trades) {
        rows.push(amount === null ? [asset, ...weights, "", "", ""]
          : [asset, ...weights, coins.format(amount), price.format(at), money.format(amount * at)]);
      }
    });
    holder.append(table([["Asset"], ["Weight before", "n"], ["after", "n"], ["Coins traded", "n"],
      [`Price, ${result.stake}`, "n"], [`Worth, ${result.stake}`, "n"]], rows));
    const left = document.createElement("p");
    left.textContent = round.left === null ? "What was left out is not recorded for this run."
      : round.left.length === 0 ? "Nothing was left out."
      : "Left out: " + round.left.map(([asset, size, why]) => `${asset} ${money.format(size)} ${result.stake}: ${why}`).join("; ");
    holder.append(left);
    return holder;
  }

  function fillRounds(place, index) {
    const result = page.rounds[index];
    const money = number(result.decimals, false);
    const columns = [
      ["Round", "n", (r) => r.number, (r) => `r${r.number}`],
      ["When", "t", (r) => r.time, (r) => r.time],
      ["Why", "", (r) => r.why, (r) => r.why],
      ["Largest drift", "n", (r) => Math.abs(r.drift), (r) => `${r.drifted} ${points.format(r.drift)}`],
      ["Turnover", "n", (r) => r.turnover, (r) => percent.format(r.turnover) + " %"],
      ["Trades", "n", (r) => r.trades.length, (r) => String(r.trades.length)],
      [`Fees, ${result.stake}`, "n", (r) => r.fees, (r) => money.format(r.fees)],
      [`NAV, ${result.stake}`, "n", (r) => r.nav, (r) => money.format(r.nav)],
      ["Left out", "", (r) => (r.left || []).length, (r) => (r.left === null ? "not recorded" : r.left.length ? r.left.map((l) => l[0]).join(", ") : "nothing")],
    ];
    if (result.rounds.some((r) => r.outcome)) columns.push(["Outcome", "", (r) => r.outcome, (r) => r.outcome]);
    const state = { column: 0, down: false, words: "", shown: PAGE_SIZE };
    const head = place.createTHead().insertRow();
    const body = place.createTBody();
    columns.forEach(([title, kind], column) => {
      const holder = cell("", kind, "th");
      holder.scope = "col";
      const button = cell(title, "", "button");
      button.type = "button";
      button.addEventListener("click", () => {
        state.down = state.column === column && !state.down;
        state.column = column;
        show();
      });
      holder.append(button);
      head.append(holder);
    });
    for (const round of result.rounds) {
      round.text = [...columns.map((column) => column[3](round)), ...round.trades.map((trade) => result.assets[trade[0]])].join(" ").toLowerCase();
    }
    const count = document.querySelector(`[data-count="${index}"]`);

    function show() {
      const [, , key] = columns[state.column];
      const words = state.words.toLowerCase().split(/\s+/).filter(Boolean);
      const found = result.rounds.filter((round) => words.every((word) => round.text.includes(word)));
      found.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.number - b.number) * (state.down ? -1 : 1));
      [...head.cells].forEach((holder, column) => {
        holder.ariaSort = column !== state.column ? "none" : state.down ? "descending" : "ascending";
        holder.firstChild.textContent = columns[column][0] + (column !== state.column ? "" : state.down ? " \u25be" : " \u25b4");
      });
      body.replaceChildren(...found.slice(0, state.shown).map(rowOf));
      if (found.length > state.shown) body.append(more(found.length - state.shown));
      count.textContent = found.length === result.rounds.length ? `${found.length} rounds` : `${found.length} of ${result.rounds.length} rounds`;
    }

    function rowOf(round) {
      const row = document.createElement("tr");
      row.className = "round";
      for (const [, kind, , text] of columns) row.append(cell(text(round), kind));
      row.tabIndex = 0;
      row.setAttribute("aria-expanded", "false");
      row.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        row.click();
      });
      row.addEventListener("click", () => {
        const isOpen = row.getAttribute("aria-expanded") === "true";
        row.setAttribute("aria-expanded", String(!isOpen));
        if (isOpen) { row.nextSibling.remove(); return; }
        const detail = document.createElement("tr");
        detail.className = "detail";
        const holder = cell("");
        holder.colSpan = columns.length;
        holder.append(details(round, result));
        detail.append(holder);
        row.after(detail);
      });
      return row;
    }

    function more(left) {
      const row = document.createElement("tr");
      const holder = cell("");
      holder.colSpan = columns.length;
      const button = cell(`Show ${left} more`, "", "button");
      button.addEventListener("click", () => { state.shown = Infinity; show(); });
      holder.append(button);
      row.append(holder);
      return row;
    }

    document.querySelector(`[data-filter="${index}"]`).addEventListener("input", (event) => {
      state.words = event.target.value;
      show();
    });
    show();
  }

  // --- start ------------------------------------------------------------------------------

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
})();
