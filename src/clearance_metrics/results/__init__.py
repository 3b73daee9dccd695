"""Records, result tables, charts and words: what answers are made of."""
