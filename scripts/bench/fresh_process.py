"""What a fresh process spends: on an import, until a client is there, until the first persona is there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from scripts.bench.bench_paths import ROOT, child_environment
from scripts.bench.payloads import ARGUMENTS

_AROUND = """\
import sys, time
base_url, arguments = sys.argv[1], {arguments!r}
started = time.process_time_ns()
{code}
sys.stdout.write(str(time.process_time_ns() - started))
"""


def in_fresh_process(code: str, base_url: str) -> Callable[[], float]:
    """A sample of `code` in a process that has loaded nothing; the interpreter's own start is left out."""
    text = _AROUND.format(code=code, arguments=ARGUMENTS)
    command = [sys.executable, "-c", text, base_url]

    def sample() -> float:
        done = subprocess.run(command, cwd=ROOT, env=child_environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{code}\n{done.stderr}")
        return int(done.stdout) / 1e9

    sample()  # writes the bytecode
    return sample
