"""Charts, drawn from records; they compute nothing."""
