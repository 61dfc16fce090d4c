"""`COMETAPI_LOG`: show the client's log without setting up logging. No header, query or body is ever logged."""

from __future__ import annotations

import logging
import os

VARIABLE = "COMETAPI_LOG"


def configure_logging() -> None:
    """Write the log to standard error at the level that `COMETAPI_LOG` names; an unknown level is ignored."""
    level = os.environ.get(VARIABLE, "").upper()
    logger = logging.getLogger("cometapi_suno")
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR") or any(
        handler.get_name() == VARIABLE for handler in logger.handlers
    ):
        return
    handler = logging.StreamHandler()
    handler.set_name(VARIABLE)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level)
