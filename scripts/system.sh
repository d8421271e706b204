#!/usr/bin/env bash
# What pip cannot bring. `run`: Python with venv. `test`: also a browser, Chinese fonts, PostgreSQL.
# Missing things are installed by apt when root; otherwise this says what to install and stops.
set -eu
cd "$(dirname "$0")/.."
want=${1:-run}
missing=()

[ -x .venv/bin/python ] || bash scripts/python.sh >/dev/null 2>&1 || missing+=(python3 python3-venv)
if [ "$want" = test ]; then
  [ -n "${GUATU_CHROMIUM:-}" ] || command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || missing+=(chromium)
  { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null | head -n 1)" ]; } \
    || missing+=(fontconfig fonts-noto-cjk)
  [ -n "${GUATU_TEST_DATABASE_URL:-}" ] || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null \
    || command -v initdb >/dev/null 2>&1 || missing+=(postgresql)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "apt    ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq </dev/null
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
else
  echo "Missing on this system: ${missing[*]}" >&2
  echo "Install it as root (Debian, Ubuntu):  apt-get install ${missing[*]}" >&2
  exit 1
fi
