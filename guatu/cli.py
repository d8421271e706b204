"""The command `guatu`. Each command is a thin call to an act or a read; nothing is decided here."""

import sys
from importlib import import_module
from typing import Any

import click

_EPILOG = """\b
例 · Examples:
  guatu serve                               网页与后台任务 · pages and worker on http://127.0.0.1:8000
  guatu serve --demo                        第一次启动时装入示范活动 · with the demo campaign
  guatu pack apply jiading-2021 --sample    装入场景包及样例 · a campaign from a folder
  guatu trace F-7K2Q --json                 打开一个数字 · from a figure to its records
"""

# name → module that holds it; modules are imported only when their command is asked for
_WHERE = {
    "init": "store",
    "check": "store",
    "clock": "store",
    "backup": "keeping",
    "restore": "keeping",
    "calendar": "keeping",
    "recount": "figures",
    "trace": "figures",
    "brief": "figures",
    "draw": "inspections",
    "serve": "serving",
    "work": "serving",
    "demo": "packs",
    "pack": "packs",
    "import": "imports",
    "user": "people",
}


class _Commands(click.Group):
    """Loads a command when it is named, so that `--help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_WHERE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _WHERE:
            return None
        module = import_module(f"guatu.commands.{_WHERE[cmd_name]}")
        found: click.Command = getattr(module, f"{cmd_name}_command")
        return found


@click.command(cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="guatu")
def guatu() -> None:
    """挂图 · the operations platform of a city district that has to keep a promise on a date."""


def _refusal(error: Exception) -> str | None:
    """What is wrong and what to do, for the errors a person at a terminal can mend; None for all others."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    from guatu.kernel.problems import Problem

    if isinstance(error, Problem):
        return f"({error.code}) {error.sentence()}\n  {error.next_step()}"
    if isinstance(error, ImproperlyConfigured):
        return str(error)
    if isinstance(error, OperationalError):
        return (
            f"(guatu.E010) The store does not answer: {str(error).strip().splitlines()[0]}\n"
            "  hint: check GUATU_DATABASE_URL, and that the database server runs; a new store needs `guatu init`."
        )
    return None


def main(arguments: list[str] | None = None) -> Any:
    """Entry point. Exit codes: 0 done, 1 refused or different, 2 wrongly called."""
    try:
        return guatu.main(arguments, prog_name="guatu", standalone_mode=True)
    except Exception as error:
        sentence = _refusal(error)
        if sentence is None:
            raise
        click.echo(sentence, err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
