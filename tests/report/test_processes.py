"""Where notebooks run: what a cell shows, errors by name, and nothing left running."""

import os
import signal
import subprocess
import sys
import time

import pytest

from clearance_metrics.report import processes as module
from clearance_metrics.report.processes import Ended, Failed, Processes

COPIES = pytest.mark.skipif(
    not module.COPIES, reason="this system cannot copy a process as Linux can: pages are made anew"
)
WAYS = [False, pytest.param(True, marks=COPIES)]


@pytest.fixture(params=WAYS, ids=["loading", "copied"])
def processes(request, monkeypatch):
    """Both ways: a process that loads for itself, and a copy of one that has loaded."""
    monkeypatch.setattr(module, "COPIES", request.param)
    with Processes() as found:
        yield found


def shown(processes, *sources, folder=".", tags=()):
    return list(processes.run([(source, tags) for source in sources], str(folder)))


def test_a_cell_shows_what_it_shows_in_jupyter(processes, tmp_path):
    (tmp_path / "beside.py").write_text("word = '<中文>'")
    cells = shown(
        processes,
        "import beside\nprint('a'); print('b')\nbeside.word",
        "from IPython.display import HTML, clear_output, display\n"
        "print(1); display(HTML('<i>2</i>')); print(3)\nHTML('<b>4</b>')",
        "5;",
        "None",
        "  ",
        "_1 + _2.data",
        "print('gone'); clear_output(wait=True); print('kept')",
        "one = display('first', display_id=True); one.update('second')",
        "import sys, os; print('no', file=sys.stderr); os.system('echo no'); print(end='')",
        "!echo a shell",
        "await __import__('asyncio').sleep(0, 'waited')",
        folder=tmp_path,
    )
    assert cells == [
        ["<pre>a\nb\n</pre>", "<pre>&#x27;&lt;中文&gt;&#x27;</pre>"],
        ["<pre>1\n</pre>", "<i>2</i>", "<pre>3\n</pre>", "<b>4</b>"],
        [],
        [],
        [],
        ["<pre>&#x27;&lt;中文&gt;&lt;b&gt;4&lt;/b&gt;&#x27;</pre>"],
        ["<pre>kept\n</pre>"],
        ["<pre>&#x27;second&#x27;</pre>"],
        [],
        ["<pre>a shell\r\n</pre>"],
        ["<pre>&#x27;waited&#x27;</pre>"],
    ]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("def", "SyntaxError: "),
        ("input()", "EOFError: "),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_the_error_of_a_cell_is_told(processes, source, told):
    found = processes.run([("print(1)", ()), (source, ()), ("print(2)", ())], ".")
    assert next(found) == ["<pre>1\n</pre>"]
    with pytest.raises(Failed, match=told):
        next(found)


def test_tags_say_that_a_cell_may_fail_or_is_not_run(processes):
    assert shown(processes, "print(1); 1 / 0", tags=["raises-exception"]) == [["<pre>1\n</pre>"]]
    assert shown(processes, "1 / 0", tags=["skip-execution"]) == [[]]


def test_a_process_that_dies_or_takes_too_long_is_told_of(processes, monkeypatch):
    with pytest.raises(Ended):
        shown(processes, "import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(module, "TIMEOUT", 1)
    with pytest.raises(Ended):
        shown(processes, "while True: pass")
    # and another one can be started
    assert shown(processes, "7") == [["<pre>7</pre>"]]


def test_a_notebook_finds_nothing_of_the_one_before(processes):
    change = "import numpy; numpy.set_printoptions(precision=2); mine = 1"
    look = "import numpy; print(numpy.get_printoptions()['precision'], 'mine' in globals())"
    assert shown(processes, change, look) == [[], ["<pre>2 True\n</pre>"]]
    assert shown(processes, look) == [["<pre>8 False\n</pre>"]]


def gone(pid):
    for _ in range(100):
        try:
            os.kill(pid, 0)
            with open(f"/proc/{pid}/stat") as state:
                if state.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.1)
    return False


@COPIES
def test_nothing_is_left_running_when_the_report_is_killed():
    code = (
        "from clearance_metrics.report.processes import Processes\n"
        "with Processes() as p:\n"
        "    cells = ['import os; print(os.getpid(), os.getppid())', 'while True: pass']\n"
        "    for shown in p.run([(c, ()) for c in cells], '.'): print(shown[0], flush=True)\n"
    )
    told = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pids = told.stdout.readline().removeprefix("<pre>").split()
    told.send_signal(signal.SIGKILL)
    told.wait()
    told.stdout.close()
    assert len(pids) == 2 and all(gone(int(pid)) for pid in pids)
