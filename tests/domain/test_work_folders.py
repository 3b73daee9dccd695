"""Folders that a run works in: gone at the end, and cleared after runs that were killed."""

import os
import subprocess
import sys
import time

import pytest

from clearance_metrics.domain.work_folders import A_DAY, clear_dead, dead, work_folder
from clearance_metrics.errors import OutputError

PREFIX = ".building-"
WORKER = """
import sys
from pathlib import Path
from clearance_metrics.domain.work_folders import work_folder
with work_folder(Path(sys.argv[1]), sys.argv[2]) as folder:
    (folder / "page.html").write_text("half")
    print(folder.name, flush=True)
    sys.stdin.read()
"""


def working(parent):
    """Another run that works in a folder until its input ends, and the folder's name."""
    told = [sys.executable, "-c", WORKER, str(parent), PREFIX]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    run = subprocess.Popen(told, text=True, env=os.environ, **pipes)
    return run, run.stdout.readline().strip()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_is_gone_with_what_is_in_it_also_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), work_folder(tmp_path / "new", PREFIX) as folder:
        (folder / "deep").mkdir()
        raise ZeroDivisionError
    assert names(tmp_path / "new") == []


def test_what_was_moved_out_of_it_stays(tmp_path):
    with work_folder(tmp_path, PREFIX) as folder:
        (folder / "a").write_text("done")
        folder.rename(tmp_path / "out")
    assert names(tmp_path) == ["out"] and names(tmp_path / "out") == ["a"]


def test_an_error_leaves_what_is_to_be_kept(tmp_path):
    with pytest.raises(ZeroDivisionError), work_folder(tmp_path, PREFIX, keep_failed=True) as there:
        (there / "was").write_text("the only copy")
        raise ZeroDivisionError
    assert names(tmp_path) == [there.name] and names(there) == ["was"]


def test_a_killed_run_is_cleared_and_one_that_lives_is_not(tmp_path):
    (killed, gone), (living, stays) = working(tmp_path), working(tmp_path)
    try:
        killed.kill()
        killed.wait()
        assert len(names(tmp_path)) == 4 and len(dead(tmp_path, PREFIX)) == 2
        with work_folder(tmp_path, PREFIX) as mine:
            expected = [mine.name, f"{mine.name}.lock", stays, f"{stays}.lock"]
            assert names(tmp_path) == sorted(expected)
        living.communicate("")
        assert living.returncode == 0
    finally:
        living.kill()
        for run in (killed, living):
            run.wait()
            run.stdin.close()
            run.stdout.close()
    assert names(tmp_path) == []
    assert gone != stays


def test_a_folder_without_a_lock_is_cleared_after_a_day(tmp_path):
    for name, age in ((".building-00000old", A_DAY + 60), (".building-00000new", A_DAY - 60)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    clear_dead(tmp_path, PREFIX, time.time())
    assert names(tmp_path) == [".building-00000new"]


def test_only_names_of_its_own_are_cleared(tmp_path):
    others = [".building-", ".building-mine", ".building-abcdefgh.txt", "x.building-abcdefgh"]
    others += [".log-old-abcdefgh", "building"]
    for name in others:
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (0, 0))
    clear_dead(tmp_path, PREFIX, time.time())
    clear_dead(tmp_path, ".log-", time.time())
    assert names(tmp_path) == sorted(others)


def test_a_place_that_takes_no_folder_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(OutputError, match="cannot write"),
        work_folder(tmp_path / "file" / "in", PREFIX),
    ):
        pass
