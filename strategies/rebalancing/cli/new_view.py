"""Output of ``rebalance new``: what it understood, and the commands that come next."""

from __future__ import annotations

from pathlib import Path

from rebalancing.config.new_portfolio import NewPortfolio, new_configuration
from rebalancing.config.policy_words import describe
from rebalancing.config.settings import Settings
from rebalancing.freqtrade_side.setup.investment import rounded_up
from rebalancing.freqtrade_side.setup.new_portfolio_candles import recorded_timeframes
from rebalancing.freqtrade_side.setup.new_portfolio_checks import least_investments


def understood(portfolio: NewPortfolio, timeframe: str) -> str:
    """Return the answers as they were understood, a line each."""
    stake = portfolio.stake
    weights = portfolio.weights or [1 / len(portfolio.assets)] * len(portfolio.assets)
    shares = ", ".join(
        f"{asset} {weight * 100:.4g} %"
        for asset, weight in zip(portfolio.assets, weights, strict=True)
    )
    first, policy = least_investments(new_configuration(portfolio, timeframe, "", ""))
    needs = [] if first is None else [f"the first purchase needs {rounded_up(first)} or more"]
    needs += [] if not policy else [f"rounds at the threshold {rounded_up(policy)} or more"]
    settings = Settings(period=portfolio.period, threshold=portfolio.threshold)
    money, held = f"{portfolio.investment:.10g} {stake}", "are left alone"
    if portfolio.adopt_holdings:
        held = f"become part of the portfolio, with all the {stake} of the account"
        money += " in backtests and dry-runs"
    lines = {
        "Targets": shares,
        "Investment": "; ".join([money, *needs]),
        "Rounds": describe(settings),
        "Exchange": f"{portfolio.exchange}, fee {portfolio.fee * 100:.4g} %",
        "Candles": f"{timeframe}, for backtests",
        "Held coins": held,
    }
    return "\n".join(["", *(f"{name:<11} {text}" for name, text in lines.items()), ""])


def next_steps(portfolio: NewPortfolio, timeframe: str, file: Path, project: Path) -> str:
    """Return the commands that come next, with what each does.

    Parameters
    ----------
    timeframe : str
        Of the candles.
    file : Path
        The configuration that was written.
    project : Path
        The folder of setup.sh.
    """
    here = Path.cwd() == project
    setup = "./setup.sh" if here else str(project / "setup.sh")
    named = file if here else file.absolute()
    config = "" if here and named == Path("config.json") else f" --config {named}"
    folder = Path("user_data") / "data" / portfolio.exchange
    there = timeframe in recorded_timeframes(project / folder, portfolio.pairs)
    data = f"candles of {timeframe} from {portfolio.exchange} into {folder}"
    data += ": they are there already" if there else ", needs a network"
    steps = {
        "data": data,
        "backtest": "what it would have been worth; makes a page",
        "dry-run": "a bot on a local exchange, with these candles at speed",
        "trade": f"a bot on the prices of {portfolio.exchange}, simulated",
    }
    width = max(map(len, steps))
    lines = [f"  {setup} {f'{name}{config}':<{width + len(config)}}  # {text}"
             for name, text in steps.items()]  # fmt: skip
    return "\n".join([f"Written: {file}. Next:", *lines])
