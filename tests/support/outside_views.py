"""What status and report say of a bot, read apart from it as their commands do."""

import json
from pathlib import Path
from typing import Any

from rebalancing.cli.bot_options import Bot, bot_configuration
from rebalancing.cli.preview_tables import preview_as_json
from rebalancing.cli.status_tables import report_as_json
from rebalancing.freqtrade_side.history.bot_history import read_bot
from rebalancing.freqtrade_side.outside.bot_database import open_database
from rebalancing.freqtrade_side.outside.bot_report import read_report
from rebalancing.freqtrade_side.outside.preview import preview
from rebalancing.report.figures import as_json
from rebalancing.report.findings import Findings
from tests.support.forked_bots import call_apart
from tests.support.live_bots import Ground, LiveBot


def seen_from_outside(ground: Ground, bot: LiveBot) -> tuple[str, dict[str, Any]]:
    """Return what ``rebalance status --json`` prints, and the figures of ``rebalance report``."""
    places = {
        "db_url": f"sqlite:///{bot.records.database}",
        "datadir": str(ground.folder / "candles"),
        "user_data_dir": str(bot.folder),
    }
    found: tuple[str, dict[str, Any]] = call_apart(_views, {**bot.config, **places})
    return found


def previewed(bot: LiveBot) -> dict[str, Any]:
    """Return what ``rebalance preview --json`` prints."""
    files = [str(bot.folder / name) for name in ("config.json", "config-exchange.json")]
    found: dict[str, Any] = json.loads(
        call_apart(_preview, files, f"sqlite:///{bot.records.database}")
    )
    return found


def _preview(files: list[str], url: str) -> str:
    return preview_as_json(preview(bot_configuration(Bot(tuple(files), url))))


def _views(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    open_database(config["db_url"])
    status = report_as_json(read_report(config))
    return status, dict(as_json(Findings(read_bot(config, Path(config["datadir"])))))
