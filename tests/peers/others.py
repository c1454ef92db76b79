"""Asks bt and vectorbt; runs in an environment that has them, and knows nothing of the project.

Standard input is a JSON list of questions, standard output the list of their answers. A question
has ``who`` ("bt" or "vectorbt"), ``prices`` (a file of numpy's, shape (rows, assets)), ``weights``
(of the assets; what is missing to 1 is cash), ``cash``, ``fee``, and

- for bt ``looks``, the rows in which it may trade, and ``tolerance``, its own band (a share of
  the weight), or null;
- for vectorbt ``rounds``, the rows in which it trades, a list for each policy of one run, and
  ``call_seq``; with ``repeats`` it does the same so often, and says what one time took; with
  ``figures`` the NAV at the end, the deepest drawdown and the fees are part of it.

An answer has ``coins`` (rows, assets), ``cash`` (rows) and ``nav`` (rows) after the trades of a
row, of the last row alone where there are many; ``traded``, the number of rows with trades; and
``seconds``, CPU time a policy, compilers not counted.
"""

import json
import sys
import time
from typing import Any

import numpy as np
import pandas as pd

_SHOWN = 10
"""Rows up to which all of them are told."""


def by_bt(question: dict[str, Any], prices: pd.DataFrame) -> dict[str, Any]:
    """Let bt decide and trade."""
    import bt

    looks, fee = {prices.index[row] for row in question["looks"]}, question["fee"]

    class RunInRows(bt.Algo):
        def __call__(self, target: Any) -> bool:
            return target.now in looks

    traded: list[object] = []

    class Note(bt.Algo):
        def __call__(self, target: Any) -> bool:
            traded.append(target.now)
            return True

    weights = bt.algos.WeighSpecified(**dict(zip(prices, question["weights"], strict=True)))
    band = question["tolerance"]
    bands = [] if band is None else [bt.algos.RunIfOutOfBounds(band)]
    plan = bt.Strategy("plan", [RunInRows(), weights, *bands, Note(), bt.algos.Rebalance()])
    run = bt.Backtest(
        plan,
        prices,
        initial_capital=question["cash"],
        commissions=lambda coins, price: abs(coins) * price * fee,
        integer_positions=False,
    )
    began = time.process_time()
    run.run()
    spent = time.process_time() - began
    coins = run.strategy.positions.reindex(columns=prices.columns).iloc[1:].to_numpy()
    nav = run.strategy.values.iloc[1:].to_numpy()
    cash = nav - (coins * prices.to_numpy()).sum(axis=1)
    return _answer(coins, cash, nav, len(traded), spent)


def by_vectorbt(question: dict[str, Any], prices: pd.DataFrame) -> dict[str, Any]:
    """Let vectorbt trade towards the weights; the last of the policies is told about."""
    import vectorbt

    policies = question["rounds"]
    sizes = np.full((len(prices), len(policies), prices.shape[1]), np.nan)
    for number, rows in enumerate(policies):
        sizes[rows, number] = question["weights"]
    groups = np.repeat(np.arange(len(policies)), prices.shape[1])
    columns = pd.MultiIndex.from_arrays([groups, np.tile(prices.columns, len(policies))])
    closes = pd.DataFrame(np.tile(prices.to_numpy(), len(policies)), prices.index, columns)

    def run() -> Any:
        found = vectorbt.Portfolio.from_orders(
            closes,
            sizes.reshape(len(prices), -1),
            size_type="targetpercent",
            fees=question["fee"],
            init_cash=question["cash"],
            group_by=groups,
            cash_sharing=True,
            call_seq=question["call_seq"],
        )
        if question.get("figures"):
            found.final_value(), found.max_drawdown(), found.orders.fees.sum()
        return found

    found = run()  # compiles
    began = time.process_time()
    for _ in range(question.get("repeats", 0)):
        found = run()
    spent = (time.process_time() - began) / max(1, question.get("repeats", 0)) / len(policies)
    assets = prices.shape[1]
    coins = found.assets().to_numpy()[:, -assets:]
    rows = (len(prices), -1)
    cash, nav = (each.to_numpy().reshape(rows)[:, -1] for each in (found.cash(), found.value()))
    return _answer(coins, cash, nav, len(policies[-1]), spent)


def _answer(
    coins: np.ndarray, cash: np.ndarray, nav: np.ndarray, traded: int, spent: float
) -> dict[str, Any]:
    shown = slice(None) if len(nav) <= _SHOWN else slice(-1, None)
    parts = {"coins": coins[shown], "cash": cash[shown], "nav": nav[shown]}
    told: dict[str, Any] = {name: part.tolist() for name, part in parts.items()}
    return {**told, "traded": traded, "seconds": spent}


def main() -> None:
    """Answer the questions."""
    answers = []
    for question in json.load(sys.stdin):
        table = np.load(question["prices"])
        dates = pd.date_range("2020-01-01", periods=len(table), freq="h")
        prices = pd.DataFrame(table, dates, [f"asset{k}" for k in range(table.shape[1])])
        ask = {"bt": by_bt, "vectorbt": by_vectorbt}[question["who"]]
        answers.append(ask(question, prices))
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
