"""The log, and the only room that writes SQL about values: a definition becomes one query of named
steps, its answer a small exact tally.
"""
