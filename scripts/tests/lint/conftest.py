"""The sample description, written once for the tests of a file."""

from __future__ import annotations

import pytest

from scripts.description_file import Description, load
from scripts.tests.lint.lint_sample import write_sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Description:
    return load(write_sample(tmp_path_factory.mktemp("sample")))
