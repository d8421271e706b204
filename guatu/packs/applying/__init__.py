"""Bringing a store into the state a pack describes, through the nouns' own acts. Applying twice changes nothing."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from guatu.campaigns.models import Campaign
from guatu.kernel import clock
from guatu.kernel.access import EVERYTHING, Scope, require
from guatu.kernel.acts import Actor, deed
from guatu.kernel.problems import Problem
from guatu.packs import problems as problems
from guatu.packs.applying.campaign import apply_bodies, apply_campaign, apply_phases
from guatu.packs.applying.cases import (
    apply_classes,
    apply_library,
    apply_peers,
    apply_routing,
    apply_standards,
)
from guatu.packs.applying.ground import apply_areas, apply_units, apply_zones
from guatu.packs.applying.people import apply_posts
from guatu.packs.applying.step import Change, Standing
from guatu.packs.applying.street import apply_industries, apply_norms
from guatu.packs.applying.work import (
    apply_forms,
    apply_indicators,
    apply_registers,
    apply_tasks,
    apply_templates,
)
from guatu.packs.pack import Pack
from guatu.packs.reading import read_pack
from guatu.places.reads import forget as forget_areas

STEPS: tuple[Callable[[Standing], list[Change]], ...] = (
    apply_areas, apply_zones, apply_units, apply_posts, apply_campaign, apply_phases, apply_bodies, apply_classes,
    apply_standards, apply_routing, apply_peers, apply_indicators, apply_forms, apply_registers, apply_industries, apply_norms,
    apply_tasks, apply_templates,
)  # fmt: skip

LIBRARY: tuple[Callable[[Standing], list[Change]], ...] = (
    apply_library,
    apply_classes,
    apply_standards,
    apply_routing,
)


@dataclass(frozen=True)
class Applicant:
    """Who applies: appears in the ledger under the person's id, and may do what the pack says (checked once, before)."""

    id: Any
    scope: Scope = EVERYTHING


@dataclass
class Report:
    """What an application did, or would do."""

    pack: Pack
    campaign: Campaign
    changes: list[Change] = field(default_factory=list)

    @property
    def made(self) -> list[Change]:
        return [change for change in self.changes if change.outcome != "same"]

    def counts(self) -> dict[str, dict[str, int]]:
        """{section: {added, changed, same}}"""
        found: dict[str, dict[str, int]] = {}
        for change in self.changes:
            section = found.setdefault(change.section, {"added": 0, "changed": 0, "same": 0})
            section[change.outcome] += change.count
        return found


def sound(folder: Path) -> Pack:
    """The pack of a folder, without mistakes. Raises `pack.faulty` naming the first."""
    pack = read_pack(folder)
    wrong = pack.faults.errors
    if wrong:
        first = pack.faults.sorted()[0]
        raise Problem(
            "pack.faulty",
            name=pack.name or folder.name,
            count=len(wrong),
            where=first.where,
            first=first.sentence(),
        )
    return pack


def begins(pack: Pack) -> dt.datetime:
    """When the pack's world begins: with its first phase or record, when it is set in the past; otherwise now.

    What is applied holds from then, so that figures as of the pack's own day find it.
    """
    now = clock.now()
    if pack.as_of is None:
        return now
    days = [phase.starts_on for phase in pack.phases]
    moments = [dt.datetime.combine(day, dt.time(8), tzinfo=clock.ZONE) for day in days]
    moments += [
        moment for sheet in pack.sample.values() for line in sheet.lines if (moment := line.moment("at"))
    ]
    return min([pack.as_of, now, *(moment - dt.timedelta(minutes=1) for moment in moments)])


def apply_pack(*, by: Actor, pack: Pack, into: Campaign | None = None) -> Report:
    """Apply a pack read without mistakes, in one transaction. Raises what an act refuses; then nothing was written.

    into: the campaign that takes a library. Raises `pack.into_what` without one, `pack.own_campaign` for other packs.
    """
    require(by.scope, "pack.apply")
    if pack.library and into is None:
        raise Problem("pack.into_what", name=pack.name)
    if not pack.library and into is not None:
        raise Problem("pack.own_campaign", name=pack.name, code=pack.code)
    standing = Standing(by=Applicant(by.id), pack=pack, via=f"pack:{pack.name}"[:80])
    changes: list[Change] = []
    with clock.at(begins(pack)), deed(by=standing.by, via=standing.via):
        if into is not None:
            standing.campaign = Campaign.objects.select_for_update(no_key=True).get(pk=into.pk)
        for step in LIBRARY if pack.library else STEPS:
            changes += step(standing)
    assert standing.campaign is not None
    return Report(pack, standing.campaign, changes)


def compare(*, by: Actor, pack: Pack, into: Campaign | None = None) -> Report:
    """What applying would do to this store; everything is done and then taken back."""
    try:
        with transaction.atomic():
            report = apply_pack(by=by, pack=pack, into=into)
            transaction.set_rollback(True)
    finally:
        forget_areas()
    return report
