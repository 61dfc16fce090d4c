"""The part of a file that was downloaded so far. A later call, also of another process, continues it.

That needs a lock that ends with its process (`flock`). Windows has none, so there each call writes a file that no other
call knows: it resumes where a connection breaks, but a later call begins at the start.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from typing import Any


class PartFile:
    """A file under a temporary name, locked while it is written.

    What the server calls the version of the file is kept next to it; without that name nothing is continued.

    Attributes:
        file: The open file.
        path: Its name.
        validator: The version that its content belongs to.
    """

    def __init__(self, folder: Path, name: str) -> None:
        shared = folder / f".{name[:40]}.{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}.part"
        self._version = shared.with_suffix(".version")
        handle = _open_locked(shared)
        self.is_shared = handle is not None
        if handle is None:  # another call writes it, or this system cannot lock files
            handle, temporary = mkstemp(prefix=f".{name[:40]}.", suffix=".part", dir=folder)
            self.path = Path(temporary)
        else:
            self.path = shared
        self.file: Any = os.fdopen(handle, "r+b")
        self.validator: str | None = None
        self._is_moved = False
        if self.is_shared:
            with suppress(OSError, UnicodeError):
                self.validator = self._version.read_text("utf-8") or None
        if self.validator is None:
            self.file.truncate()

    def find_size(self) -> int:
        """Go to the end, and return how much there is."""
        return int(self.file.seek(0, os.SEEK_END))

    def restart(self, validator: str | None) -> None:
        """Forget the content, and keep the version of the one to come."""
        self._forget_version()  # first: the old version never belongs to new content
        self.file.seek(0)
        self.file.truncate()
        self.validator = validator if validator and not validator.startswith("W/") else None
        if self.is_shared and self.validator:
            self._version.write_text(self.validator, "utf-8")

    def close(self, *, keep: bool) -> None:
        """Close the file. Without a version, or unless it is kept, it is deleted."""
        keep = keep and self.is_shared and self.validator is not None
        if not self.is_shared:
            self.file.close()  # Windows does not delete an open file
        if not keep and not self._is_moved:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
            self._forget_version()
        self.file.close()

    def move(self, path: Path) -> None:
        """Give the file its own name."""
        self.file.flush()
        self.path.chmod(0o666 & ~_read_umask())
        if not self.is_shared:
            self.file.close()  # Windows does not rename an open file
        self.path.replace(path)
        self._is_moved = True
        self._forget_version()
        self.file.close()

    def _forget_version(self) -> None:
        if self.is_shared:
            with suppress(OSError):
                self._version.unlink(missing_ok=True)


def _open_locked(path: Path) -> int | None:
    """Open a file that no other call writes; None if one does, or if files cannot be locked."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:
        return None
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        flock(handle, LOCK_EX | LOCK_NB)
        # The call that held the lock may have given the file its own name meanwhile.
        if os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    except OSError:
        pass
    os.close(handle)
    return None


def _read_umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
