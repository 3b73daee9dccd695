"""One contender at one task, in a process of its own: python -m bench.child CONTENDER TASK FOLDER
ANSWER [MEMORY].
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter


def main(contender: str, task: str, folder: str, out: str, memory: str = "") -> None:
    """Do the task and write the answer, with the seconds it took once everything was loaded."""
    module = import_module(f"bench.contenders.{contender}")
    for name in getattr(module, "LOADS", {}).get(task, ()):
        import_module(name)
    work = module.TASKS[task]
    begun = perf_counter()
    answer = work(Path(folder), memory or None)
    seconds = perf_counter() - begun
    Path(out).write_text(json.dumps({"answer": answer, "seconds": seconds}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
