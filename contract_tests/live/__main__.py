"""`python -m contract_tests.live`: signals are caught before anything else is even imported."""

from __future__ import annotations

import sys

from contract_tests.live.signals import Interrupts

if __name__ == "__main__":
    with Interrupts() as interrupts:
        from contract_tests.live.cli import main

        sys.exit(main(interrupts))
