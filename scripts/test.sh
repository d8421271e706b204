#!/usr/bin/env bash
# The suite on SQLite, the same suite on a real PostgreSQL, then the walks in a real browser.
# A failure anywhere fails the whole; the last line is pytest's own.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
printf '\n== SQLite\n'
$bin/pytest -n 2 --dist loadfile -m "not walk" -q "$@" </dev/null
printf '\n== PostgreSQL\n'
$bin/python scripts/postgres.py -- $bin/pytest -n 2 --dist loadfile -m "not walk and not tree" -q "$@" </dev/null
printf '\n== walks, in the browser\n'
$bin/pytest -m walk -p no:randomly -v tests/walks </dev/null
