"""Odd and damaged inputs for every reader, seeded, and what must hold whatever comes in.

`python -m fuzz --inputs 50000 --seed 1` makes them, reads each in a process that may fall, and
counts: tracebacks, aborts, hangs, receipts that do not add up, rows that differ from those that
Python's own csv module reads.
"""
