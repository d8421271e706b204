"""Inspections at the terminal: replay the record of a draw."""

import json
from pathlib import Path

import click

from guatu.commands import json_option, say_json


@click.group("draw")
def draw_command() -> None:
    """双随机抽取 · The double random draw."""


@draw_command.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def check(file: Path, as_json: bool) -> None:
    """重放抽取记录 · Replay a record. Exit 1 when it differs, and the first difference is named. Needs no store.

    \b
    例 · Examples:
      guatu draw check draw.json
      guatu draw check draw.json --json
    """
    from guatu.inspections.rules.drawing import replay

    try:
        record = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as wrong:
        raise click.ClickException(f"{file.name} is not JSON: {wrong}") from wrong
    if not isinstance(record, dict):
        raise click.ClickException(f"{file.name} is not the record of a draw")
    found = replay(record)
    if as_json:
        say_json({"equal": found.ok, "where": found.where, "stands": found.stands, "must_be": found.must_be})
    elif found.ok:
        click.echo(
            f"一致 equal: {len(record['picked'])} places, {len(record['crews'])} crews, seed {record['seed']}"
        )
    else:
        click.echo(f"不一致 different: {found.where}")
        click.echo(f"  记录 stands: {found.stands[:300]}")
        click.echo(f"  应为 must be: {found.must_be[:300]}")
    if not found.ok:
        raise SystemExit(1)
