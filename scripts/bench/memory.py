"""Memory that a decoded persona keeps, as `tracemalloc` counts it."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

COPIES = 40


def kept_bytes(decode: Callable[[], object]) -> float:
    """Bytes for one more result."""
    decode()
    gc.collect()
    tracemalloc.start()
    kept = [decode()]
    before, _ = tracemalloc.get_traced_memory()
    kept += [decode() for _ in range(COPIES)]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / (len(kept) - 1)
