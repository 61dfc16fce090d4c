"""`python -m contract_tests.verifier`: catch signals before anything else is imported."""

from __future__ import annotations

import sys

from contract_tests.verifier.live.signals import Interrupts


def run(interrupts: Interrupts) -> int:
    """Run the command. The import reads the generated description, which may be broken."""
    from cometapi_suno_mock import DescriptionError  # noqa: PLC0415

    try:
        from contract_tests.verifier.command_line import main  # noqa: PLC0415
    except DescriptionError as error:
        sys.stderr.write(f"verify: {error}\n")
        return interrupts.status or 2
    return main(interrupts)


if __name__ == "__main__":
    with Interrupts() as interrupts:
        sys.exit(run(interrupts))
