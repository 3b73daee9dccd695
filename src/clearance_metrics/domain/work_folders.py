"""Folders that a run works in before it moves what is finished to its place, and what is left of
runs that were killed.

Beside each such folder stands a file that its run holds locked. The system lets go of the lock when
the run ends, however it ends: a folder whose lock is free is nobody's.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EAGAIN
from math import inf
from pathlib import Path

from ..errors import OutputError

LOCK = ".lock"
TOKEN = r"[a-z0-9_]{8}"  # what tempfile puts at the end of a name
A_DAY = 24 * 3600  # seconds after which a folder without a lock is nobody's
TRIES = 100

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def work_folder(parent: Path, prefix: str, *, keep_failed: bool = False) -> Iterator[Path]:
    """A new folder in `parent` whose name begins with `prefix`, gone at the end with what is still
    in it; what killed runs left under that prefix is cleared first. With `keep_failed` an error
    leaves what is in it. OutputError where none can be made.

    >>> there = Path(tempfile.mkdtemp())
    >>> with work_folder(there, ".building-") as folder:
    ...     folder.is_dir(), len(list(there.iterdir()))
    (True, 2)
    >>> list(there.iterdir())
    []
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        handle, lock = _locked(parent, prefix)
        clear_dead(parent, prefix, lock.stat().st_mtime)
        folder = lock.with_suffix("")
        folder.mkdir(mode=0o700)
    except OSError as error:
        what = f"cannot write: {error.strerror}"
        raise OutputError(what, str(parent), "name another folder") from None
    try:
        yield folder
    except BaseException:
        if keep_failed:
            with suppress(OSError):  # something is in it
                folder.rmdir()
        else:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        _released(handle, lock)


def clear_dead(parent: Path, prefix: str, now: float) -> None:
    """Delete the folders under that prefix that are nobody's; those of runs that live stay. `now`
    is the second of a file made just now, by the clock of its own disk.
    """
    for folder in dead(parent, prefix):
        with claimed(folder, now - A_DAY) as free:
            if free:
                shutil.rmtree(folder, ignore_errors=True)


def dead(parent: Path, prefix: str) -> list[Path]:
    """The folders under that prefix that may be nobody's, whether they are still there or not."""
    named = re.compile(re.escape(prefix) + TOKEN + f"(?:{re.escape(LOCK)})?")
    try:
        found = [path for path in parent.iterdir() if named.fullmatch(path.name)]
    except OSError:
        return []
    return sorted({path.with_suffix("") if path.suffix == LOCK else path for path in found})


@contextmanager
def claimed(folder: Path, unlocked: float = inf) -> Iterator[bool]:
    """Whether a folder is nobody's; if so, it is the caller's for that time, and its lock is gone
    afterwards. One that never had a lock is nobody's if it was last changed before that second.
    """
    lock = folder.with_name(folder.name + LOCK)
    if not lock.exists():
        # of a version that made no lock: its age must do
        try:
            old = folder.stat().st_mtime < unlocked
        except OSError:
            old = False
        yield old
        return
    try:
        handle = os.open(lock, os.O_RDWR)
    except OSError:
        yield False
        return
    try:
        _lock(handle)
    except OSError:  # its run lives, or nothing can be locked here
        os.close(handle)
        yield False
        return
    try:
        yield True
    finally:
        _released(handle, lock)


def _locked(parent: Path, prefix: str) -> tuple[int, Path]:
    """A new file that is locked, and is there: another run may have cleared it unlocked."""
    for _ in range(TRIES):
        handle, made = tempfile.mkstemp(suffix=LOCK, prefix=prefix, dir=parent)
        lock = Path(made)
        try:
            _lock(handle)
        except BlockingIOError:
            os.close(handle)
            continue
        except OSError:  # nothing can be locked here: then nothing is cleared either
            return handle, lock
        if lock.exists():
            return handle, lock
        os.close(handle)
    raise OSError(EAGAIN, os.strerror(EAGAIN))


def _released(handle: int, lock: Path) -> None:
    """Take the lock's file away, then let go of it; Windows wants it closed first."""
    if sys.platform == "win32":
        os.close(handle)
    with suppress(OSError):
        lock.unlink(missing_ok=True)
    if sys.platform != "win32":
        os.close(handle)
