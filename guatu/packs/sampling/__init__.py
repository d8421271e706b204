"""Entering a pack's sample: its records, in the order of time, each by the person who would have entered it.

Everything goes through the product's own doors (acts, forms received, registers), with the clock set to the record's
moment, in one transaction: a sample is there wholly or not at all.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from itertools import groupby

from django.db import transaction

from guatu.campaigns.acts import edit_campaign
from guatu.cases.acts import mark_overdue
from guatu.inspections.acts.orders import mark_late_orders
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import SYSTEM, Actor, deed
from guatu.kernel.problems import Problem
from guatu.packs.applying import Report
from guatu.packs.pack import Pack
from guatu.packs.sampling.clockwork import Watch
from guatu.packs.sampling.events import Event, events_of
from guatu.packs.sampling.story import Story
from guatu.tasks.acts import mark_late

MARK = "sample"


def fingerprint(pack: Pack) -> str:
    """Of all sample tables together."""
    digest = hashlib.sha256()
    for stem in sorted(pack.sample):
        digest.update(stem.encode())
        digest.update((pack.folder / pack.sample[stem].file).read_bytes())
    return digest.hexdigest()[:16]


def enter_sample(*, by: Actor, report: Report, tell: Callable[[int, int], None] | None = None) -> int:
    """Enter the sample of a pack just applied; answers how many records were entered (0: they were there already).

    tell: called with (done, all) after every day. Raises `pack.no_sample`, `pack.sample_entered`, `pack.sample_failed`.
    """
    require(by.scope, "pack.apply")
    pack, campaign = report.pack, report.campaign
    if not pack.sample:
        raise Problem("pack.no_sample", name=pack.name)
    mark, kept = fingerprint(pack), campaign.settings.get(MARK)
    if kept == mark:
        return 0
    if kept:
        raise Problem("pack.sample_entered", name=pack.name)
    events = events_of(pack)
    story, watch = Story(pack, campaign, f"sample:{pack.name}"[:80]), Watch()
    done = 0
    with transaction.atomic():
        for day, of_day in _days(events):
            _tell_day(story, watch, day, of_day)
            done += len(of_day)
            if tell is not None:
                tell(done, len(events))
        watch.until(pack.as_of or clock.now())
        with clock.at(pack.as_of or clock.now()):
            edit_campaign(
                by=SYSTEM, campaign=campaign, settings={**campaign.settings, MARK: mark}, via=story.via
            )
    return done


def _days(events: list[Event]) -> Iterator[tuple[dt.date, list[Event]]]:
    for day, group in groupby(events, key=lambda event: event.at.date()):
        yield day, list(group)


def _tell_day(story: Story, watch: Watch, day: dt.date, events: list[Event]) -> None:
    """First what time alone changed since the day before, then the day's records.

    In one deed, so that facts, readings and positions are worked out once. From the day a roster is kept, every moment
    is a deed of its own: who is told of something depends on who is on duty then. Briefs always stand in a deed of
    their own, because they freeze what was known before.
    """
    begins = dt.datetime.combine(day, dt.time(0, 5), tzinfo=clock.ZONE)
    watch.until(begins)
    with clock.at(begins):
        mark_late(campaign=story.campaign)
        mark_late_orders()
        if not watch.kept(begins):
            mark_overdue()
    if watch.kept(begins):
        _tell_by_the_minute(story, watch, events)
        return
    for briefs, chosen in groupby(events, key=lambda event: event.table == "briefs"):
        group = list(chosen)
        if briefs:
            _tell_each(story, group)
            continue
        with clock.at(group[-1].at), deed(by=SYSTEM, via=story.via):
            for _key, alike in groupby(group, key=lambda event: (event.table, event.at)):
                members = list(alike)
                with clock.at(members[0].at):
                    story.tell(members)


def _tell_by_the_minute(story: Story, watch: Watch, events: list[Event]) -> None:
    for (table, at), alike in groupby(events, key=lambda event: (event.table, event.at)):
        watch.until(at)
        members = list(alike)
        if table == "briefs":
            _tell_each(story, members)
            continue
        with clock.at(at), deed(by=SYSTEM, via=story.via):
            story.tell(members)


def _tell_each(story: Story, events: list[Event]) -> None:
    for event in events:
        with clock.at(event.at):
            story.tell([event])
