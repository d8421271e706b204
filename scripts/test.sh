#!/usr/bin/env bash
# The suite on SQLite, the same suite on a real PostgreSQL, then the walks in a real browser.
# A failure anywhere fails the whole; the last line is pytest's own.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
printf '\n== rules, with their branches\n'
# Rules are arithmetic somebody answers for: what no test reaches is named here. The floor only ever rises.
COVERAGE_FILE=$(mktemp -u); export COVERAGE_FILE
rules='guatu/*/rules.py,guatu/*/rules/*.py'
$bin/coverage run --rcfile=/dev/null --branch --include="$rules" -m pytest -q -p no:randomly --pure -m "not walk" tests/*/ </dev/null
$bin/coverage report --rcfile=/dev/null --show-missing --skip-covered --include="$rules" --fail-under=95
rm -f "$COVERAGE_FILE"; unset COVERAGE_FILE

printf '\n== SQLite\n'
$bin/pytest -n 2 --dist loadfile -m "not walk" -q "$@" </dev/null
printf '\n== PostgreSQL\n'
$bin/python scripts/postgres.py -- $bin/pytest -n 2 --dist loadfile -m "not walk and not tree" --stored -q "$@" </dev/null
printf '\n== walks, in the browser\n'
$bin/pytest -m walk -p no:randomly -v tests/walks </dev/null
