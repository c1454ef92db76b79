"use strict";
// The table of rounds: sorted, filtered, page by page; on paper all of it.

const PAGE_SIZE = 50;
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
  const state = { column: 0, down: false, words: "", first: 0, isOnPaper: false };
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
      state.first = 0;
      show();
    });
    holder.append(button);
    head.append(holder);
  });
  for (const round of result.rounds) {
    round.text = [...columns.map((column) => column[3](round)), ...round.trades.map((trade) => result.assets[trade[0]])].join(" ").toLowerCase();
  }
  const count = document.querySelector(`[data-count="${index}"]`);
  const pager = document.querySelector(`[data-pager="${index}"]`);
  const [previous, next] = pager.children;
  const rounds = result.rounds.filter((round) => round.number > 0).length;
  const counted = `${rounds} round${rounds === 1 ? "" : "s"} and the first purchase`;

  function show() {
    const [, , key] = columns[state.column];
    const words = state.words.toLowerCase().split(/\s+/).filter(Boolean);
    const found = result.rounds.filter((round) => words.every((word) => round.text.includes(word)));
    found.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.number - b.number) * (state.down ? -1 : 1));
    [...head.cells].forEach((holder, column) => {
      holder.ariaSort = column !== state.column ? "none" : state.down ? "descending" : "ascending";
      holder.firstChild.textContent = columns[column][0] + (column !== state.column ? "" : state.down ? " \u25be" : " \u25b4");
    });
    const last = state.isOnPaper ? found.length : Math.min(state.first + PAGE_SIZE, found.length);
    body.replaceChildren(...found.slice(state.isOnPaper ? 0 : state.first, last).map(rowOf));
    pager.hidden = found.length <= PAGE_SIZE;
    previous.disabled = state.first === 0;
    next.disabled = last >= found.length;
    const part = pager.hidden ? "" : `${state.first + 1} to ${last} of `;
    count.textContent = part + (found.length === result.rounds.length ? counted : `${found.length} found, of ${counted}`);
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

  function turn(rows) {
    state.first = Math.max(0, state.first + rows);
    show();
  }

  function print(isOnPaper) {
    state.isOnPaper = isOnPaper;
    show();
  }

  previous.addEventListener("click", () => turn(-PAGE_SIZE));
  next.addEventListener("click", () => turn(PAGE_SIZE));
  window.addEventListener("beforeprint", () => print(true));
  window.addEventListener("afterprint", () => print(false));
  document.querySelector(`[data-filter="${index}"]`).addEventListener("input", (event) => {
    state.words = event.target.value;
    state.first = 0;
    show();
  });
  show();
}
