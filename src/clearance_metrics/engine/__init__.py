"""The log, and the only room that asks an engine about values: a definition becomes one query, its
answer a small exact tally.
"""
