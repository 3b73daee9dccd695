"""Small counts withheld, and as many others with them as it takes, so that totals do not give them
back.

A two-way table with its totals is a network: rows (and the row of totals) on one side, columns (and
the column of totals) on the other, every count a link between them. A withheld count can be worked
out from the others exactly when its link lies on no cycle of withheld links; secondary counts close
such cycles as cheaply as can be found.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike


def withheld(counts: ArrayLike, k: int) -> np.ndarray:
    """Which entries of a list or table of counts must be withheld so that none under `k` can be
    worked out.

    A list comes back with its total added at the end, a table with a column and a row of totals
    (False: may be shown). Zeros are not withheld: they are groups that are not there. The answer
    stands against a reader who has all totals that are not withheld, knows that every withheld
    count is at least 1, and solves for the rest: no withheld entry has one solution, and each under
    `k` may as well be `k` or more. Source: Gusfield (1988) for the cycles, Fischetti and Salazar
    (2000) for the audit by linear programming.

    >>> withheld([3, 40, 25, 60], 10).tolist()
    [True, False, True, False, False]
    >>> withheld([[3, 40], [20, 30]], 10)[:2, :2].tolist()
    [[True, True], [True, True]]
    """
    counts = np.asarray(counts, "int64")
    if k < 2:
        raise ValueError("k is 2 or more")
    if (counts < 0).any() or counts.ndim not in (1, 2):
        raise ValueError("counts are a list or a table of whole numbers from zero")
    return _list(counts, k) if counts.ndim == 1 else _table(counts, k)


def withheld_groups(counts: Mapping[tuple, int], k: int) -> tuple[set[tuple], bool]:
    """The groups to withhold of a list (keys of one name) or table (of two), and whether their
    total must be as well.

    A single count without a name stands alone. ValueError for keys of more than two names.

    >>> found, total = withheld_groups({("a",): 3, ("b",): 40, ("c",): 25}, 10)
    >>> sorted(found), total
    ([('a',), ('c',)], False)
    """
    if not counts:
        return set(), False
    names = [list(dict.fromkeys(column)) for column in zip(*counts, strict=True)]
    if not names:
        hidden = 0 < counts[()] < k
        return ({()} if hidden else set()), hidden
    if len(names) > 2:
        raise ValueError("counts of more than two classifications")
    table = np.zeros([len(n) for n in names], "int64")
    place = [{v: i for i, v in enumerate(n)} for n in names]
    for key, count in counts.items():
        table[tuple(p[v] for p, v in zip(place, key, strict=True))] = count
    hidden = withheld(table, k)
    found = {key for key in counts if hidden[tuple(p[v] for p, v in zip(place, key, strict=True))]}
    return found, bool(hidden[(-1,) * len(names)])


def _list(counts: np.ndarray, k: int) -> np.ndarray:
    hidden = np.append((counts > 0) & (counts < k), False)
    whole = np.append(counts, counts.sum())
    # any one withheld count may be what the others leave of their sum when each of them is 1
    while (
        hidden.any()
        and not hidden[-1]
        and (hidden.sum() < 2 or whole[hidden].sum() - hidden.sum() + 1 < k)
    ):
        left = np.flatnonzero(~hidden & (whole > 0))
        hidden[left[np.argmin(whole[left])]] = True
    return hidden


def _table(counts: np.ndarray, k: int) -> np.ndarray:
    whole = np.zeros((counts.shape[0] + 1, counts.shape[1] + 1), "int64")
    whole[:-1, :-1] = counts
    whole[-1, :-1], whole[:-1, -1], whole[-1, -1] = (
        counts.sum(axis=0),
        counts.sum(axis=1),
        counts.sum(),
    )
    small = (whole > 0) & (whole < k)
    hidden = small.copy()
    # a total is given up only where no cells will do
    total = np.zeros(whole.shape, bool)
    total[-1, :] = total[:, -1] = True
    price = whole + np.where(total & (whole > 0), whole[-1, -1], 0)
    while True:
        _close_cycles(price, hidden)
        poor = _poor(whole, hidden, small, k)
        if poor is None:
            return hidden
        # a further count widens what the reader must allow for: the cheapest beside it, else
        # anywhere, a total last
        row, column = poor
        free = [tuple(int(i) for i in at) for at in np.argwhere((whole > 0) & ~hidden)]
        far = {at: at[0] != row and at[1] != column for at in free}
        hidden[min(free, key=lambda at: (total[at], far[at], price[at], at))] = True


def _close_cycles(price: np.ndarray, hidden: np.ndarray) -> None:
    """Adds withheld entries until every one lies on a cycle of withheld entries."""
    for row, column in np.argwhere(hidden):
        for at in _path(price, hidden, int(row), int(column)):
            hidden[at] = True


def _path(price: np.ndarray, hidden: np.ndarray, row: int, column: int) -> list[tuple[int, int]]:
    """The entries of the cheapest way from a row to a column without their own link; withheld ones
    cost nothing.
    """
    rows, columns = price.shape
    best, came, queue = {row: (0, 0)}, {}, [(0, 0, row)]
    while queue:
        cost, steps, node = heapq.heappop(queue)
        if node == rows + column:
            break
        if (cost, steps) > best[node]:
            continue
        for other in range(columns) if node < rows else range(rows):
            at = (node, other) if node < rows else (other, node - rows)
            if price[at] <= 0 or at == (row, column):
                continue
            target = rows + other if node < rows else other
            reached = (cost + (0 if hidden[at] else int(price[at])), steps + 1)
            if target not in best or reached < best[target]:
                best[target], came[target] = reached, (node, at)
                heapq.heappush(queue, (*reached, target))
    found, node = [], rows + column
    while node != row:
        node, at = came[node]
        found.append(at)
    return found


def _poor(
    whole: np.ndarray, hidden: np.ndarray, small: np.ndarray, k: int
) -> tuple[int, int] | None:
    """A small entry that the reader can still place under `k`, if there is one."""
    from scipy.optimize import linprog  # loaded only here: few tables withhold anything

    entries = [(int(row), int(column)) for row, column in np.argwhere(hidden)]
    place = {at: i for i, at in enumerate(entries)}
    rows, columns = whole.shape
    lines = [[(r, c) for c in range(columns)] for r in range(rows)]
    lines += [[(r, c) for r in range(rows)] for c in range(columns)]
    matrix, right = [], []
    for line in lines:
        if not any(at in place for at in line):
            continue
        # a line's counts less its total are zero
        sign = [1] * (len(line) - 1) + [-1]
        matrix.append(np.zeros(len(entries)))
        right.append(
            -sum(s * whole[at] for s, at in zip(sign, line, strict=True) if at not in place)
        )
        for s, at in zip(sign, line, strict=True):
            if at in place:
                matrix[-1][place[at]] = s
    for at in entries:
        if not small[at]:
            continue
        goal = np.zeros(len(entries))
        goal[place[at]] = -1
        found = linprog(
            goal,
            A_eq=np.array(matrix),
            b_eq=np.array(right, "float64"),
            bounds=(1, None),
            method="highs",
        )
        if found.status == 0 and -found.fun < k - 1e-6:
            return at
    return None
