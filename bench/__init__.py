"""The benchmark: our library beside hand-written SQL, Polars, pandas, pm4py and lifelines, on one
generated log.

`generate` makes the log, `tasks` says what is timed and who takes part, `contenders` do the work,
each in a process of its own that `runner` times, `answers` compares what they say, `goals` holds
the times and ratios against what was asked, `tables` and `chart` show them.
"""
