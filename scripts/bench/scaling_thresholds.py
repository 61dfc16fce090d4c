"""The promises on growth, and the figures as a table. Pure: no clock, no IO."""

from __future__ import annotations

from collections.abc import Mapping

Figures = Mapping[str, Mapping[int, float]]
"""What is measured -> number of operations -> CPU seconds."""

NAMES = {
    "generate": "generating the client",
    "import": "`import cometapi_suno`",
    "mock": "starting the mock",
    "call": "500 calls, no network",
}


def table(figures: Figures) -> str:
    """CPU seconds, and how many times those of the smallest size."""
    sizes = list(next(iter(figures.values())))
    lines = [
        f"| CPU seconds | {' | '.join(f'{size} operations' for size in sizes)} |",
        f"|---|{'---|' * len(sizes)}",
    ]
    for name, times in figures.items():
        cells = (f"{times[size]:.3f} ({times[size] / times[sizes[0]]:.2f} x)" for size in sizes)
        lines.append(f"| {NAMES[name]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def broken(figures: Figures) -> list[str]:
    """A sentence for each promise that does not hold."""
    sizes = sorted(figures["generate"])
    least, middle, most = sizes[0], sizes[-2], sizes[-1]
    growth = (figures["generate"][most] / figures["generate"][middle]) / (most / middle)
    kept = {
        f"generating for {most} operations takes {figures['generate'][most]:.1f} s, 20 s are promised": (
            figures["generate"][most] < 20
        ),
        f"generating grows {growth:.2f} times as fast as the operations, 1.2 are promised": growth < 1.2,
        f"starting the mock takes {figures['mock'][most]:.1f} s, 2 s are promised": figures["mock"][most] < 2,
    }
    for name in ("import", "call"):
        times = figures[name][most] / figures[name][least]
        kept[f"{NAMES[name]}: {times:.2f} times as long with {most} operations, 1.2 are promised"] = times < 1.2
    return [sentence for sentence, holds in kept.items() if not holds]
