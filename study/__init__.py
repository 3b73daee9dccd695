"""A seeded study of the library's own intervals and verdicts: `make study`, or python -m study."""
