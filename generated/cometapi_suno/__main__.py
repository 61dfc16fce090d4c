"""`python -m cometapi_suno` and `cometapi-suno`: the command line, which the extra `cli` adds."""

from __future__ import annotations

import sys
from importlib import import_module


def main() -> int:
    """Run the command line and return its exit status; say what to install where its libraries are missing."""
    try:
        import_module("rich")  # looked for at once, so that no call is made before it is missed
        from ._cli import run_command_line
    except ImportError as error:
        missing = f"{error.name} is not installed. Install the extra: cometapi-suno[cli]"
        sys.stderr.write(f"cometapi-suno: {missing}\n")
        return 2
    return run_command_line()


if __name__ == "__main__":
    sys.exit(main())
