"""Keeping the store: back it up while people work, bring it back, and extend its work calendar."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click

from guatu.commands import ready_store, start_django

_MANIFEST = "manifest.json"
_KEYS = ("secret_key.txt", "office_key.txt")


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _dump_database(folder: Path) -> Path:
    """A consistent copy of the database, taken while others write."""
    from django.db import connection

    if connection.vendor == "sqlite":
        import sqlite3

        target = folder / "guatu.sqlite3"
        connection.ensure_connection()
        with sqlite3.connect(target) as copy:
            connection.connection.backup(copy)
        copy.close()
        return target
    target = folder / "guatu.dump"
    command = shutil.which("pg_dump")
    if command is None:
        raise click.ClickException("pg_dump is not installed here; install postgresql-client and try again")
    subprocess.run([command, "--format=custom", f"--file={target}", f"--dbname={_address()}"], check=True)
    return target


def _address() -> str:
    """The present database as a libpq connection string; the password travels by the environment of libpq."""
    from django.db import connection

    kept = connection.settings_dict
    parts = {
        "dbname": kept["NAME"],
        "host": kept["HOST"],
        "port": kept["PORT"],
        "user": kept["USER"],
        "password": kept["PASSWORD"],
    }
    return " ".join(f"{name}='{value}'" for name, value in parts.items() if value)


def back_up(folder: Path, *, with_keys: bool) -> dict[str, Any]:
    """Write database, files and a manifest into a new folder; answers the manifest."""
    from django.conf import settings
    from django.db import connection

    import guatu
    from guatu.kernel import clock
    from guatu.kernel.acts import heads

    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty; name a new folder")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = heads()  # before the copy: everything up to here is certainly in it
    dump = _dump_database(folder)
    files = Path(settings.MEDIA_ROOT)
    if files.is_dir():
        shutil.copytree(files, folder / "files")
    if with_keys:
        for name in _KEYS:
            if (settings.GUATU_HOME / name).is_file():
                shutil.copy2(settings.GUATU_HOME / name, folder / name)
    content = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "guatu": guatu.__version__,
        "made_at": clock.real_now().isoformat(),
        "database": connection.vendor,
        "dump": dump.name,
        "heads": known,
        "files": {str(path.relative_to(folder)): _digest(path) for path in content},
    }
    (folder / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
    return manifest


def bring_back(folder: Path) -> dict[str, Any]:
    """Check every byte of a backup, then lay it into an empty SQLite home; answers the manifest."""
    from django.conf import settings
    from django.db import connection

    if not (folder / _MANIFEST).is_file():
        raise click.ClickException(f"{folder} holds no backup: {_MANIFEST} is missing")
    manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text())
    for name, digest in manifest["files"].items():
        place = folder / name
        if not place.is_file():
            raise click.ClickException(f"{name} is missing from the backup; take another one")
        if _digest(place) != digest:
            raise click.ClickException(f"{name} was changed after the backup was made; take another one")
    if manifest["database"] != "sqlite" or connection.vendor != "sqlite":
        raise click.ClickException(
            "this backup is for PostgreSQL: run pg_restore on "
            f"{folder / manifest['dump']}, then copy {folder / 'files'} to {settings.MEDIA_ROOT}"
        )
    target = Path(str(connection.settings_dict["NAME"]))
    if target.exists():
        raise click.ClickException(f"{target} exists already; bring a backup back into an empty GUATU_HOME")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(folder / manifest["dump"], target)
    if (folder / "files").is_dir():
        shutil.copytree(folder / "files", settings.MEDIA_ROOT, dirs_exist_ok=True)
    for name in _KEYS:
        if (folder / name).is_file():
            shutil.copy2(folder / name, settings.GUATU_HOME / name)
    return manifest


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--with-keys",
    is_flag=True,
    help="密钥一并备份（请另行妥善保管） · the keys as well; keep such a backup apart.",
)
def backup_command(folder: Path, with_keys: bool) -> None:
    """备份 · Back the store up while people work: database, files, manifest.

    \b
    例 · Examples:
      guatu backup /backup/guatu-2021-09-16
    """
    ready_store()
    manifest = back_up(folder, with_keys=with_keys)
    click.echo(f"{folder}: {len(manifest['files'])} files, {sum(manifest['heads'].values())} acts")


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def restore_command(folder: Path) -> None:
    """恢复 · Bring a backup back into an empty home, every byte checked first.

    \b
    例 · Examples:
      GUATU_HOME=/tmp/proof guatu restore /backup/guatu-2021-09-16
    """
    start_django()
    manifest = bring_back(folder)
    click.echo(f"{len(manifest['files'])} files of {manifest['made_at']}; now run: guatu recount")


@click.group("calendar")
def calendar_command() -> None:
    """工作日历 · The official work calendar, swapped workdays included."""


@calendar_command.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def calendar_import(file: Path) -> None:
    """按国务院通知导入一年的工作日历 · Enter a year from the State Council's notice (CSV: date,is_workday,kind,holiday_name).

    \b
    例 · Examples:
      guatu calendar import 2027.csv
    """
    ready_store()
    from guatu.kernel import calendar

    try:
        count = calendar.load(file)
    except calendar.CalendarError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(f"{count} days; the calendar now reaches {calendar.current().coverage_until}")
