#!/usr/bin/env bash
# Writes the three lock files: exact versions with hashes, and no address of any kind.
set -eu
cd "$(dirname "$0")/.."
compile() {
  local target=$1; shift
  printf '# %s. Written by `make lock` from pyproject.toml; do not edit.\n' "$1" >"$target.new"; shift
  .venv/bin/uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --upgrade \
    --no-header --no-annotate --quiet "$@" >>"$target.new"
  if grep -qE '://|^(-i|--index|--extra|--find|-e|-f)|^/|file:' "$target.new"; then
    echo "$target would carry an address:" >&2; grep -nE '://|^-|^/|file:' "$target.new" >&2; exit 1
  fi
  mv "$target.new" "$target"
  echo "$target $(grep -c '==' "$target") packages"
}
compile requirements.txt "What the product runs on" pyproject.toml
compile requirements-build.txt "What a checkout needs beside it: the wheel builder, and Node for the front end" \
  --group build -c requirements.txt
compile requirements-dev.txt "Everything: product, build, checks and tests" pyproject.toml --group dev -c requirements.txt -c requirements-build.txt
# npm notes whom to fund, by address; a lock file carries none
.venv/bin/npm --prefix front install --package-lock-only --ignore-scripts --silent
.venv/bin/python - <<'PY'
import json
from pathlib import Path

lock = Path("front/package-lock.json")
content = json.loads(lock.read_text())
for package in content["packages"].values():
    package.pop("funding", None)
text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
if "://" in text:
    raise SystemExit("front/package-lock.json would carry an address")
lock.write_text(text)
print("front/package-lock.json", len(content["packages"]), "packages")
PY
