"""The shared helpers for text and files."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.text_and_files import format_count, kebab_case, snake_case, write_atomically


def test_count_has_the_right_plural() -> None:
    assert [format_count(number, "rule") for number in (0, 1, 2)] == ["0 rules", "1 rule", "2 rules"]


def test_names_change_their_case() -> None:
    assert kebab_case("getMp4File") == "get-mp4-file"
    assert snake_case("PersonaClip") == "persona_clip"


def test_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    assert write_atomically(path, "one\r\né\n") == path
    assert path.read_bytes() == "one\r\né\n".encode()


def test_failed_write_leaves_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old", "utf-8")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, "new")
    assert [(each.name, each.read_text("utf-8")) for each in tmp_path.iterdir()] == [("a.txt", "old")]
