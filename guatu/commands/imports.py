"""Tables from Excel, CSV and GeoJSON, through the same walk as at the desk: map, check, apply."""

from pathlib import Path

import click

from guatu.commands import actor, as_option, json_option, ready_store, say_json


def _pairs(given: tuple[str, ...], what: str) -> dict[str, str]:
    wrong = [each for each in given if "=" not in each]
    if wrong:
        raise click.BadParameter(f"“{wrong[0]}”: write it as name=value", param_hint=what)
    return dict(each.split("=", 1) for each in given)


@click.command("import")
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--campaign", default="", help="Code of the campaign the rows belong to.")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=HEADING",
    help="Where a field stands, if not found by itself.",
)
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="What the import asks, e.g. sheet=Sheet1.",
)
@click.option("--dry-run", is_flag=True, help="Check only; nothing is entered.")
@as_option
@json_option
def import_command(
    kind: str,
    file: Path,
    campaign: str,
    mapping: tuple[str, ...],
    options: tuple[str, ...],
    dry_run: bool,
    username: str,
    as_json: bool,
) -> None:
    """导入表格 · Import a table; rows that are wrong stay out and are named. Exit 1 when there are any.

    \b
    例 · Examples:
      guatu import task 任务清单.xlsx --campaign jiading-2021 --dry-run
      guatu import place shops.geojson --campaign jiading-2021 --as nanxiang
      guatu import case cases.csv --campaign jiading-2021 --map upper_number=上级编号
    """
    ready_store()
    from guatu.campaigns.reads import campaign as campaign_of
    from guatu.files.acts import import_file
    from guatu.files.reads import wrongs

    by = actor(username)
    run = import_file(
        by=by,
        kind=kind,
        path=file,
        campaign=campaign_of(by.scope, campaign) if campaign else None,
        mapping=_pairs(mapping, "--map"),
        options=_pairs(options, "--option"),
        dry_run=dry_run,
        via="import",
    )
    if as_json:
        say_json(
            {"id": run.id, "kind": kind, "status": run.status, "totals": run.totals, "errors": run.errors}
        )
    else:
        click.echo(
            f"{run.name}: {run.status}  " + "  ".join(f"{name} {count}" for name, count in run.totals.items())
        )
        for wrong in wrongs(run):
            click.echo(f"  {wrong.sentence}")
    if run.errors:
        raise SystemExit(1)
