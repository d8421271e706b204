"""The store itself: make it ready, look whether it is well, set its day."""

import datetime as dt
import hashlib
from pathlib import Path

import click

from guatu.commands import ready_store, say_json, start_django


def pending_migrations() -> list[str]:
    """Names of migrations this store has not had yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _static_signature() -> str:
    """Changes when any static file changes: names, sizes and times, not bytes, so that a start stays quick."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static() -> bool:
    """Copy the static files with hashed names into the home folder if they changed; True when it was done."""
    from django.conf import settings
    from django.core.management import call_command

    if "Manifest" not in settings.STORAGES["staticfiles"]["BACKEND"]:
        return False
    stamp = Path(settings.STATIC_ROOT) / ".signature"
    wanted = _static_signature()
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted)
    return True


def make_ready() -> list[str]:
    """Tables, cache table, work calendar, areas, static files; answers what was done, in words. Repeating it does nothing."""
    from django.core.management import call_command

    from guatu.kernel import calendar
    from guatu.kernel.acts import SYSTEM
    from guatu.kernel.models import CalendarDay
    from guatu.places.acts import load_areas
    from guatu.places.models import Area

    done = []
    waiting = pending_migrations()
    if waiting:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        done.append(f"{len(waiting)} migrations")
    if not CalendarDay.objects.exists():
        done.append(f"work calendar, {calendar.load_shipped()} days")
    if not Area.objects.exists():
        done.append(f"areas, {load_areas(by=SYSTEM)['added']} codes")
    if collect_static():
        done.append("static files")
    return done


@click.command("init")
def init_command() -> None:
    """建库或升级 · Make the store ready, or bring it up to this version.

    \b
    例 · Examples:
      guatu init
      GUATU_DATABASE_URL=postgresql://guatu:…@127.0.0.1/guatu guatu init
    """
    start_django()
    done = make_ready()
    click.echo("ready: " + ("; ".join(done) if done else "nothing to do"))


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def check_command(as_json: bool) -> None:
    """检查设置、库与任务队列 · Look whether settings, store and jobs are well. Exit 1 when something is not.

    \b
    例 · Examples:
      guatu check
      guatu check --json
    """
    start_django()
    found = [*_settings_faults(), *_store_faults()]
    if as_json:
        say_json({"well": not found, "found": found})
    else:
        for line in found or ["well"]:
            click.echo(line)
    if found:
        raise SystemExit(1)


def _settings_faults() -> list[str]:
    from django.core.checks import WARNING, run_checks

    return [f"({message.id}) {message.msg}" for message in run_checks() if message.level >= WARNING]


def _store_faults() -> list[str]:
    from django.db import connection

    waiting = pending_migrations()
    if waiting:
        return [f"(guatu.E011) {len(waiting)} migrations wait: {', '.join(waiting[:5])}. hint: guatu init"]
    from django_tasks_db.models import DBTaskResult

    failed = DBTaskResult.objects.failed().count()
    found = [f"(guatu.W001) {failed} jobs failed; the settings page lists them."] if failed else []
    found += _dispatch_faults()
    connection.close()
    return found


def _dispatch_faults() -> list[str]:
    """Dispatch rules that are skipped because something they name is gone, and learned files somebody touched."""
    from guatu.cases.models.routing_words import flaw_words
    from guatu.cases.reads.routing import broken_rules
    from guatu.cases.reads.suggestions import faults

    found = [
        f"(guatu.W002) {row.campaign.code}: dispatch rule {row.code} “{row.name}” is skipped: {flaw_words(rule.flaws)}. hint: /cases/routing/"
        for row, rule in broken_rules()
    ]
    return found + [f"(guatu.W003) {problem.words()}" for problem in faults()]


@click.command("clock")
@click.argument("moment", required=False, metavar="[2021-09-16T09:00 | real]")
def clock_command(moment: str | None) -> None:
    """看或设这个库的时间 · Show the store's time; give it another day (a demo, a drill), or the real time again.

    \b
    例 · Examples:
      guatu clock
      guatu clock 2021-09-16T09:00      这一天从九点走到十八点 · runs from 9:00, stands still at 18:00
      guatu clock real
    """
    ready_store()
    from guatu.kernel import clock

    if moment == "real":
        clock.set_store(None)
    elif moment:
        try:
            clock.set_store(dt.datetime.fromisoformat(moment))
        except ValueError as wrong:
            raise click.BadParameter(f"“{moment}” is no moment; write it as 2021-09-16T09:00") from wrong
    now = clock.now()
    click.echo(f"{now:%Y-%m-%d %H:%M} {'(set)' if clock.anchor() else '(real)'}")
