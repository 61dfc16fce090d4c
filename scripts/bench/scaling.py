"""`make growth`: what generating, importing, serving and calling cost with 12, 120 and 480 operations.

Every size is measured once a round, one after the other, so that what slows the machine down slows all of them down;
what is said is the CPU time of the best round, and its ratio to the smallest size. Exit status 1 when a promise of
`docs/growth.md` does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts import openapi_document as source
from scripts.bench.scaling_thresholds import Figures, broken, table
from scripts.bench.synthetic_spec import enlarged

ROOT = Path(__file__).resolve().parents[2]
SIZES = (12, 120, 480)
_TIMED = "import sys, time\n{before}\nstarted = time.process_time()\n{code}\nprint(time.process_time() - started)"
_GENERATE = """
import json, pathlib
from scripts.generator.project import build
package = pathlib.Path(sys.argv[2])
package.mkdir()
build(json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8")), package)
"""
_CLIENT = """
import httpx, cometapi_suno
answer = httpx.Response(200, content=b'{"id": "1", "name": "n"}')
client = cometapi_suno.SunoClient(api_key="sk-of-this-test", http_client=httpx.MockTransport(lambda request: answer))
def call():
    client.personas.create(root_clip_id="1", name="n", description="d", clips=["1"], is_public=False)
for _ in range(50):
    call()
"""
_CASES = {
    "import": ("", "import cometapi_suno"),
    "mock": ("", "from cometapi_suno_mock import create_app\ncreate_app(sys.argv[1])"),
    "call": (_CLIENT, "for _ in range(500):\n    call()"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="make growth", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how often each is measured; generating just twice")
    options = parser.parse_args(arguments)
    bundled = source.load().bundled()
    with tempfile.TemporaryDirectory(prefix="growth-") as scratch:
        places = {size: _described(Path(scratch), bundled, size) for size in SIZES}
        found: dict[str, dict[int, list[float]]] = {
            name: {size: [] for size in SIZES} for name in ("generate", *_CASES)
        }
        for turn in range(options.rounds):
            for size, place in places.items():
                if turn < 2:
                    found["generate"][size].append(_generated(place))
                for name, (before, code) in _CASES.items():
                    found[name][size].append(_measured(place, before, code))
    figures: Figures = {name: {size: min(times) for size, times in sizes.items()} for name, sizes in found.items()}
    print(table(figures))
    misses = broken(figures)
    for miss in misses:
        print(f"growth: {miss}")
    return 1 if misses else 0


def _described(scratch: Path, bundled: Mapping[str, Any], size: int) -> Path:
    folder = scratch / str(size)
    folder.mkdir()
    (folder / "openapi.json").write_text(json.dumps(enlarged(bundled, size)), "utf-8")
    return folder


def _generated(folder: Path) -> float:
    """CPU seconds of generating in a process of its own, ruff and the start of the interpreter counted in."""
    shutil.rmtree(folder / "cometapi_suno", ignore_errors=True)
    before = os.times()
    command = [
        sys.executable,
        "-c",
        f"import sys\n{_GENERATE}",
        str(folder / "openapi.json"),
        str(folder / "cometapi_suno"),
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _measured(folder: Path, before: str, code: str) -> float:
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT / 'contract_tests'}"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", _TIMED.format(before=before, code=code), str(folder / "openapi.json")]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
