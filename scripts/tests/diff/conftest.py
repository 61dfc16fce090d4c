"""What the tests of the differ share: the views of clients that the generator has read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import pytest

from scripts.diff.client_names import ClientNames


@pytest.fixture(scope="package", autouse=True)
def read_once() -> Iterator[None]:
    """Read an operation once for all comparisons: most descriptions of these tests differ in one place."""
    read: dict[str, Any] = {}

    def name(description: dict[str, Any], _: Mapping[str, Any]) -> ClientNames:
        return ClientNames(description, read)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("scripts.diff.compare"), "ClientNames", name)
        yield
