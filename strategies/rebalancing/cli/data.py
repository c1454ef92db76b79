"""``rebalance data``: download the candles that a configuration trades."""

from __future__ import annotations

from rebalancing.cli.freqtrade_command import end_with, freqtrade_command


@freqtrade_command("data")
def data(verbose: bool, arguments: tuple[str, ...]) -> None:
    """Download the candles that config.json trades, from its exchange.

    All further arguments are those of "freqtrade download-data" and win over the defaults, which
    are 1000 days and the timeframe of the configuration, e.g. --timeframes 5m,
    --timerange 20210101-, --config my.json.
    """

    def run() -> int:
        from rebalancing.launch.asked import Asked
        from rebalancing.launch.download import download

        return download(Asked(arguments, verbose=verbose))

    end_with(run)
