"""The rounds on freqtrade's own charts."""

from pathlib import Path

from tests.builders import PROJECT, make_config
from tests.freqtrade_runs import backtest, freqtrade_process

PAIRS = ["BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"]
CANDLES = PROJECT / "user_data" / "data" / "binance"


def test_plot_dataframe_marks_the_rounds_of_the_newest_backtest(tmp_path: Path) -> None:
    config = make_config(
        PAIRS, {"targets": "equal", "threshold": 0.03}, timeframe="4h", dry_run_wallet=10000
    )
    found = backtest(tmp_path, config, CANDLES)
    ended = freqtrade_process(
        tmp_path, config, CANDLES, "--pairs", "BTC/USDT", command="plot-dataframe"
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    (page,) = (tmp_path / "user_data" / "plot").glob("*.html")
    text = page.read_text(encoding="utf-8")
    assert '"name":"round"' in text
    assert '"name":"target_weight"' in text
    assert '"name":"weight"' in text
    assert '"name":"enter_long"' not in text
    assert "Traceback" not in ended.stderr
    assert found.trades.tag.nunique() > 3
