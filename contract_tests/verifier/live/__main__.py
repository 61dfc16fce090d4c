"""`python -m contract_tests.verifier.live`: signals are caught before anything else is even imported."""

from __future__ import annotations

import sys

from contract_tests.verifier.live.signals import Interrupts


def run(interrupts: Interrupts) -> int:
    """The command; the description is read for the first time while it is imported."""
    from cometapi_suno_mock import DescriptionError  # noqa: PLC0415

    try:
        from contract_tests.verifier.live.live_command import main  # noqa: PLC0415
    except DescriptionError as error:
        sys.stderr.write(f"live: {error}\n")
        return interrupts.status or 2
    return main(interrupts)


if __name__ == "__main__":
    with Interrupts() as interrupts:
        sys.exit(run(interrupts))
