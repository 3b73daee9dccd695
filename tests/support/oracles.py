"""Packages that only tests are held against."""

LIFELINES = "lifelines keeps pandas below 3: `make oracles` installs it and runs this test"
