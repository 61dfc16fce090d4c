"""The environment variable `COMETAPI_LOG`: a log on standard error, which never contains headers, queries or bodies."""

from __future__ import annotations

import logging
import os

LOG_VARIABLE = "COMETAPI_LOG"


def configure_logging() -> None:
    """Write the log to standard error at the level in `COMETAPI_LOG`; ignore an unknown level."""
    level = os.environ.get(LOG_VARIABLE, "").upper()
    logger = logging.getLogger("cometapi_suno")
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR") or any(
        handler.get_name() == LOG_VARIABLE for handler in logger.handlers
    ):
        return
    handler = logging.StreamHandler()
    handler.set_name(LOG_VARIABLE)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level)
