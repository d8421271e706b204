"""Packs at the terminal: check, compare, apply; and the demo, which is a pack with its sample."""

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

import click

from guatu.commands import actor, as_option, json_option, ready_store, say_json, start_django

DEMO_PACK = "jiading-2021"


@click.group("pack")
def pack_command() -> None:
    """场景包 · Packs: a campaign as a folder."""


@pack_command.command("list")
@json_option
def list_packs(as_json: bool) -> None:
    """有哪些场景包 · Which packs there are, and where.

    \b
    例 · Examples:
      guatu pack list
    """
    start_django()
    from guatu.packs.library import folders

    found = {name: str(folder) for name, folder in folders().items()}
    if as_json:
        say_json(found)
    else:
        for name, folder in found.items():
            click.echo(f"{name:24} {folder}")


@pack_command.command("check")
@click.argument("name")
@click.option("--rulings", is_flag=True, help="Say of every limit which rule decided its unit.")
@json_option
def check(name: str, rulings: bool, as_json: bool) -> None:
    """检查场景包 · Name every mistake with file, sheet, line and remedy. Exit 1 when there is one.

    \b
    例 · Examples:
      guatu pack check jiading-2021
      guatu pack check ./my-pack --json
      guatu pack check city-standards --rulings
    """
    start_django()
    from guatu.cases.rules.standards import RULINGS
    from guatu.packs.library import find
    from guatu.packs.reading import read_pack
    from guatu.packs.rulings import ruled, ruled_counts

    pack = read_pack(find(name))
    faults = pack.faults
    if as_json:
        answer: dict[str, Any] = {"pack": name, "sound": not faults.errors}
        answer["found"] = [fault.as_data() for fault in faults.sorted()]
        if pack.rulings:
            answer["rulings"] = ruled_counts(pack)
        if rulings:
            answer["limits"] = [line.as_data() for line in ruled(pack)]
        say_json(answer)
    else:
        for rule, count in ruled_counts(pack).items():
            click.echo(f"{count:5}  {RULINGS[rule][0]} · {RULINGS[rule][1]}")
        for line in ruled(pack) if rulings else ():
            click.echo(f"{line.where}: {line.name} · {line.condition}: {line.sentence()}")
        for fault in faults.sorted():
            click.echo(f"{fault.where}: {fault.sentence()}\n  {fault.remedy()}")
        click.echo("没有错误 · sound" if not faults.errors else f"{len(faults.errors)} 处错误 · mistakes")
    if faults.errors:
        raise SystemExit(1)


@pack_command.command("diff")
@click.argument("name")
@click.option("--into", default="", help="Code of the campaign that takes a library.")
@as_option
@json_option
def diff(name: str, into: str, username: str, as_json: bool) -> None:
    """与本库比较 · What applying would change in this store; nothing is changed. Exit 1 when something would.

    \b
    例 · Examples:
      guatu pack diff jiading-2021
      guatu pack diff city-standards --into jiading-2021
    """
    ready_store()
    from guatu.packs.applying import compare, sound
    from guatu.packs.library import find
    from guatu.packs.reads import taker

    report = compare(by=actor(username), pack=sound(find(name)), into=taker(into) if into else None)
    _say_report(report, as_json)
    if report.made:
        raise SystemExit(1)


@pack_command.command("apply")
@click.argument("name")
@click.option("--into", default="", help="Code of the campaign that takes a library.")
@click.option("--sample", is_flag=True, help="Enter the sample records too (into a new store).")
@as_option
@json_option
def apply(name: str, into: str, sample: bool, username: str, as_json: bool) -> None:
    """应用场景包 · Bring this store into the state the pack describes. Twice changes nothing.

    \b
    例 · Examples:
      guatu pack apply jiading-2021
      guatu pack apply jiading-2021 --sample
      guatu pack apply city-standards --into jiading-2021
    """
    ready_store()
    from guatu.packs.applying import apply_pack, sound
    from guatu.packs.library import find
    from guatu.packs.reads import taker
    from guatu.packs.sampling import enter_sample

    by = actor(username)
    report = apply_pack(by=by, pack=sound(find(name)), into=taker(into) if into else None)
    entered = enter_sample(by=by, report=report, tell=None if as_json else _tell) if sample else 0
    _say_report(report, as_json, entered=entered)


def _tell(done: int, everything: int) -> None:
    """One line that counts up, on a terminal only."""
    if sys.stderr.isatty():
        click.echo(f"\r  {done}/{everything}", nl=done == everything, err=True)


def _say_report(report: Any, as_json: bool, entered: int = 0) -> None:
    if as_json:
        changes = [vars(change) for change in report.made]
        counts = report.counts()
        say_json({"campaign": report.campaign.code, "counts": counts, "changes": changes, "entered": entered})
        return
    for section, tally in report.counts().items():
        shown = "  ".join(f"{outcome} {count}" for outcome, count in tally.items() if count)
        click.echo(f"{section:14} {shown}")
    if entered:
        click.echo(f"{'sample':14} {entered} records")


@pack_command.command("figures")
@click.argument("name")
@as_option
@json_option
def figures(name: str, username: str, as_json: bool) -> None:
    """场景的数字 · The figures of the pack's campaign in this store, as of the pack's moment.

    \b
    例 · Examples:
      guatu pack figures jiading-2021
      guatu pack figures jiading-2021 --json
    """
    ready_store()
    from guatu.packs.reads import campaign_of
    from guatu.packs.reads import figures as figures_of

    rows = figures_of(campaign_of(name), actor(username).scope)
    if as_json:
        say_json(rows)
        return
    for row in rows:
        click.echo(f"{row['code'] or '—':8} {row['value']!s:>12} {row['unit']:8} {row['key']}")


@pack_command.command("new")
@click.argument("name")
@click.option("--in", "parent", type=click.Path(file_okay=False, path_type=Path), default=Path("packs"), show_default=True,
              help="The folder it is written into.")  # fmt: skip
@click.option("--title", default="", help="What the campaign is called.")
@click.option("--area", default="310114", show_default=True, help="Code of the area it is for.")
def new(name: str, parent: Path, title: str, area: str) -> None:
    """新建场景包 · Write a small sound pack, to be filled by hand.

    \b
    例 · Examples:
      guatu pack new pudong-2022 --title 第五届进博会浦东保障 --area 310115
    """
    start_django()
    from guatu.packs.scaffold import new_pack

    folder = new_pack(parent, name, title=title, area=area)
    click.echo(f"{folder}\n  guatu pack check {folder}")


# ------------------------------------------------------------------------------------------------ demo


@click.command("demo")
def demo_command() -> None:
    """装入示范活动 · Make the store ready and put the demo campaign into it, if it is new; say the accounts.

    \b
    例 · Examples:
      guatu demo
      guatu serve --demo      两步合一 · the same, then serve
    """
    start_django()
    from guatu.commands.store import make_ready

    make_ready()
    fill_demo()
    say_accounts()


def _note() -> Path:
    from django.conf import settings

    return Path(settings.GUATU_HOME) / "demo.json"


def fill_demo() -> None:
    """The demo pack with its sample into a store without campaigns: accounts with one new password, its own day."""
    from django.db import transaction

    from guatu.campaigns.models import Campaign
    from guatu.kernel import clock
    from guatu.kernel.acts import SYSTEM
    from guatu.packs.applying import apply_pack, sound
    from guatu.packs.library import find
    from guatu.packs.sampling import enter_sample

    if Campaign.objects.exists():
        return
    pack = sound(find(DEMO_PACK))
    click.echo(f"demo   {pack.name} …")
    with transaction.atomic():  # a start that was broken off leaves an empty store, which the next one fills
        entered = enter_sample(by=SYSTEM, report=apply_pack(by=SYSTEM, pack=pack), tell=_tell)
        clock.set_store(pack.as_of)
        _open_accounts(pack)
    click.echo(f"demo   {entered} records entered")


def _open_accounts(pack: Any) -> None:
    """Every demo account gets the same password, made for this store and kept beside it for its owner only."""
    from guatu.kernel.acts import SYSTEM
    from guatu.units.acts import set_password
    from guatu.units.models import Person

    password = f"guatu-{secrets.token_hex(2)}-{secrets.token_hex(2)}"
    titles = {row.username: row.title for row in pack.posts if row.demo}
    people = Person.objects.filter(username__in=titles).order_by("made_at", "username")
    for person in people:
        set_password(by=SYSTEM, person=person, password=password, via="command")
    accounts = [{"username": one.username, "name": one.name, "title": titles[one.username]} for one in people]
    descriptor = os.open(_note(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump({"password": password, "accounts": accounts}, out, ensure_ascii=False, indent=2)


def say_accounts() -> None:
    """The demo accounts of this store and their password."""
    if not _note().is_file():
        click.echo("  本库没有示范账号 · this store has no demo accounts\n")
        return
    note = json.loads(_note().read_text(encoding="utf-8"))
    for each in note["accounts"]:
        click.echo(f"  {each['username']:<12} {each['name']}  {each['title']}")
    click.echo(f"\n  密码 · password  {note['password']}\n")
