"""What `generated/` was made from: digests of the inputs and versions of the tools."""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from scripts.generator.render_package import TEMPLATES

_TOOLS = ("openapi-python-client", "ruff")


def provenance(description: Path) -> dict[str, object]:
    """Digests and versions, the same on any machine for the same inputs."""
    examples = sorted((description.parent / "examples").glob("*.json"))
    driver = sorted(Path(__file__).parent.glob("*.py"))
    return {
        "description": _digest([description, *examples], description.parent),
        "templates": _digest(sorted(path for path in TEMPLATES.iterdir() if path.is_file()), TEMPLATES),
        "driver": _digest(driver, Path(__file__).parent),
        "tools": {name: version(name) for name in _TOOLS},
    }


def _digest(paths: list[Path], root: Path) -> str:
    """SHA-256 over names and contents, line ends as in the repository."""
    digest = sha256()
    for path in paths:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return f"sha256:{digest.hexdigest()}"
