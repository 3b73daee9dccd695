#!/usr/bin/env bash
# Runs the tests on every Python from 3.11 to 3.13 that is here, with pandas 3 and with pandas 2.
set -euo pipefail
cd "$(dirname "$0")/.."
for version in 3.11 3.12 3.13; do
  command -v "python$version" >/dev/null && "python$version" -c '' 2>/dev/null || { echo "python$version is not here: skipped"; continue; }
  for pandas in 3 2; do
    folder=".venv-compat/$version-pandas$pandas"
    test -d "$folder" || "python$version" -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check -e '.[dev]' "pandas==$pandas.*"
    echo "== Python $version, pandas $pandas"
    "$folder/bin/python" -m pytest
  done
done
