#!/usr/bin/env bash
# Prints a Python of 3.11 or newer that can make a virtual environment; says what to install when there is none.
set -u
for each in "$@" python3.11 python3 python3.12 python3.13 /usr/bin/python3; do
  found=$(command -v "$each" 2>/dev/null) || continue
  if "$found" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "$found"
    exit 0
  fi
done
echo "No Python 3.11 or newer with its venv module was found. Debian, Ubuntu: apt-get install python3.11 python3.11-venv" >&2
exit 1
