"""Figures at the terminal: prove them, open them, write the brief they stand in."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from guatu.commands import actor, as_option, json_option, ready_store, say_json
from guatu.kernel import clock


@click.command("recount")
@click.option("--repair", is_flag=True, help="Write readings that differ anew, from the facts.")
@json_option
def recount_command(repair: bool, as_json: bool) -> None:
    """证明数字等于记录 · Prove reading = facts = rows, in one snapshot. Exit 1 when they differ.

    \b
    例 · Examples:
      guatu recount
      guatu recount --json
      guatu recount --repair
    """
    ready_store()
    from guatu.figures.acts import recount

    found = recount(repair=repair)
    differences = [vars(each) for each in found.differences]
    if as_json:
        counted = {"subjects": found.subjects, "facts": found.facts, "readings": found.readings}
        say_json({"equal": found.equal, **counted, "differences": differences})
    else:
        for each in differences:
            click.echo("{what} {where}: kept {kept}, recomputed {recomputed}".format(**each))
        word = "equal" if found.equal else f"{len(differences)} differ"
        click.echo(f"{found.subjects} records, {found.facts} facts, {found.readings} readings: {word}")
    if not found.equal and not repair:
        raise SystemExit(1)


@click.command("trace")
@click.argument("code")
@as_option
@json_option
@click.option("--limit", default=200, show_default=True, help="Records shown for each piece.")
def trace_command(code: str, username: str, as_json: bool, limit: int) -> None:
    """打开一个数字 · Open a figure: its records, the acts that made them, and what it is now.

    \b
    例 · Examples:
      guatu trace F-7K2Q
      guatu trace F-7K2Q --json --as nanxiang
    """
    ready_store()
    from guatu.figures.reads import figure_by_code, trace

    scope = actor(username).scope
    document = _traced(trace(scope, figure_by_code(scope, code), limit=limit))
    if as_json:
        say_json(document)
        return
    click.echo("{code}  {title}  {text} {unit}  ({as_of})".format(**document))
    click.echo(f"now {document['now']}" + ("" if document["same"] else "  — different"))
    for name, piece in document["parts"].items():
        click.echo(f"{name}: {piece['total']} records, {piece['withheld']} withheld")
        for row in piece["records"]:
            shown = row["title"] if not row["withheld"] else "—"
            acts = ", ".join(f"{act['verb']} {act['effective_at'][:16]}" for act in row["acts"])
            click.echo(f"  {row['subject_type']} {shown} {row['measure']} [{acts}]")


def _plain(value: Decimal | None) -> int | float | None:
    """A JSON number without trailing noughts."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _traced(found: Any) -> dict[str, Any]:
    figure, meaning = found.figure, found.definition
    made = _acts(row for piece in found.parts.values() for row in piece.rows)
    return {
        "code": figure.code,
        "key": figure.key,
        "title": meaning.title[0],
        "text": figure.text,
        "value": _plain(figure.value),
        "unit": meaning.unit[0],
        "area": figure.area,
        "as_of": clock.local(figure.effective_at).isoformat(),
        "frozen_at": clock.local(figure.frozen_at).isoformat(),
        "definition": figure.definition,
        "now": found.now.text,
        "same": found.same,
        "parts": {
            name: {
                "total": piece.total,
                "withheld": piece.withheld,
                "records": [
                    _record(row, made.get((row.subject_type, row.subject_id), [])) for row in piece.rows
                ],
            }
            for name, piece in found.parts.items()
        },
        "gone": [_record(row, []) for row in found.gone],
        "come": [_record(row, []) for row in found.come],
    }


def _record(row: Any, acts: list[dict[str, Any]]) -> dict[str, Any]:
    said = {**vars(row), "happened_on": row.happened_on.isoformat() if row.happened_on else None}
    if row.withheld:
        said = {"subject_type": row.subject_type, "withheld": True}
    return {
        **{name: value for name, value in said.items() if name != "act_id"},
        "acts": [] if row.withheld else acts,
    }


def _acts(rows: Iterable[Any]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The ledger's lines on the records the reader may open, oldest first."""
    from guatu.kernel.models import Act

    wanted: dict[str, list[str]] = {}
    for row in rows:
        if not row.withheld:
            wanted.setdefault(row.subject_type, []).append(row.subject_id)
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for kind, subject_ids in wanted.items():
        for start in range(0, len(subject_ids), 400):
            chosen = Act.objects.filter(subject_type=kind, subject_id__in=subject_ids[start : start + 400])
            for act in chosen.order_by("recorded_at", "position"):
                line = {
                    "verb": act.verb,
                    "effective_at": clock.local(act.effective_at).isoformat(),
                    "by": act.by_id,
                    "via": act.via,
                }
                found.setdefault((kind, act.subject_id), []).append({**line, "details": act.details})
    return found


@click.group("brief")
def brief_command() -> None:
    """写简报、看简报 · Make a brief with frozen figures; show one."""


@brief_command.command("make")
@click.argument("campaign")
@click.option("--template", "code", default="", help="Which template (default: the campaign's first).")
@click.option("--title", default="", help="Default: the template's own, filled.")
@click.option("--number", type=int, help="第×期; default: the next free one.")
@click.option(
    "--as-of", "as_of", default="", help="The moment the figures are of, as 2021-09-16T09:00; default: now."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the Word document here.")
@as_option
@json_option
def make(
    campaign: str,
    code: str,
    title: str,
    number: int | None,
    as_of: str,
    out: Path | None,
    username: str,
    as_json: bool,
) -> None:
    """写一期，数字全部固定并有编号 · Make one issue; every figure in it is frozen and has a code.

    \b
    例 · Examples:
      guatu brief make jiading-2021 --out 简报.docx
      guatu brief make jiading-2021 --as-of 2021-09-16T09:00 --json
    """
    ready_store()
    from guatu.briefs import acts, reads
    from guatu.campaigns.reads import campaign as campaign_of

    by = actor(username)
    rows = reads.templates(by.scope, campaign_of(by.scope, campaign)).order_by("code")
    template = (rows.filter(code=code) if code else rows).first()
    if template is None:
        raise click.ClickException(f"{campaign} has no template {code}".rstrip())
    moment = dt.datetime.fromisoformat(as_of) if as_of else None
    made = acts.make_brief(by=by, template=template, title=title, number=number, as_of=moment, via="command")
    if out is not None:
        out.write_bytes(bytes(reads.document(made).content))
    _say_brief(reads.as_data(made), as_json)


@brief_command.command("show")
@click.argument("campaign")
@click.argument("number", type=int)
@as_option
@json_option
def show(campaign: str, number: int, username: str, as_json: bool) -> None:
    """看一期 · Show one issue with its figures, as frozen and as they are now.

    \b
    例 · Examples:
      guatu brief show jiading-2021 1 --json
    """
    ready_store()
    from guatu.briefs import reads
    from guatu.campaigns.reads import campaign as campaign_of

    scope = actor(username).scope
    _say_brief(reads.as_data(reads.by_number(scope, campaign_of(scope, campaign), number)), as_json)


def _say_brief(document: dict[str, Any], as_json: bool) -> None:
    if as_json:
        say_json(document)
        return
    click.echo("{title}  第{number}期  {status}  ({as_of})".format(**document))
    for each in document["figures"]:
        unit = "" if each["text"].endswith(each["unit"] or "") else each["unit"]
        click.echo(f"  {each['code'] or '—':8}  {each['text']:>10} {unit}  {each['title']}")
