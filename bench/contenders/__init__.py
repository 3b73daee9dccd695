"""Who takes part. Each module's TASKS maps a task's name to a function (folder, memory limit) ->
answer.

An answer is a flat mapping from a name to a whole number, a number or a list of numbers; None is
"no value". Modules import what they need at the top, or name it by task in LOADS, so that a process
can tell its start-up from its work.
"""
