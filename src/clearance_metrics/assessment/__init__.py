"""A notice held against a log: verdicts, violations, limits."""
