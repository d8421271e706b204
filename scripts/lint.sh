#!/usr/bin/env bash
# Everything that can be said about the code without running it. Stops at the first thing that is wrong.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
step() { printf '%-7s' "$1"; shift; local started=$SECONDS out; out=$(mktemp)
  if "$@" >"$out" 2>&1 </dev/null; then printf 'ok  %d s\n' $((SECONDS - started)); rm -f "$out"
  else local code=$?; printf 'FAILED: %s\n' "$*"; cat "$out"; rm -f "$out"; exit "$code"; fi; }

# What an office would run: its own secret, its own host name, behind TLS.
deploy() {
  local home; home=$(mktemp -d)
  GUATU_HOME="$home" GUATU_SECRET_KEY="$($bin/python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
  GUATU_HOSTS=guatu.example GUATU_HTTPS=1 GUATU_DEBUG=0 \
    $bin/python manage.py check --deploy --fail-level WARNING; local code=$?
  rm -rf "$home"; return $code
}
migrations() {
  $bin/python manage.py makemigrations --check --dry-run --settings tests.settings
  # Only what came after the last release can hurt a store that is in use; before the first there is none.
  local released; released=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null) || return 0
  # What PostgreSQL would do: SQLite rebuilds whole tables and says nothing about locks.
  # shellcheck disable=SC2046
  $bin/python scripts/postgres.py -- $bin/python manage.py lintmigrations --settings tests.settings --no-cache \
    --quiet ok ignore --ignore-initial-migrations --git-commit-id "$released" \
    --include-apps $($bin/python -c 'from pathlib import Path; print(*sorted(p.parent.name for p in Path("guatu").glob("*/migrations")))')
}

step form   $bin/ruff format --check --quiet .
step ruff   $bin/ruff check --quiet --output-format concise .
step column $bin/lint-imports --no-cache
step types  $bin/mypy
step rows   migrations
step deploy deploy
step tsc    $bin/python scripts/front.py check
