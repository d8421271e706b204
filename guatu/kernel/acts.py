"""Acts: every change is one named function, one transaction, one line (or more) in the ledger.

A noun's act opens a `deed`, changes its rows and records what was done. When the outermost deed ends, still inside its
transaction, what follows is worked out (reactions, facts) and the lines get their positions, last of all, under the lock
of their stream's head, so that the order of positions is the order of commits.
"""

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.utils.module_loading import import_string

from guatu.kernel import clock, ids
from guatu.kernel.access import EVERYTHING, Scope
from guatu.kernel.models import Act, StreamHead
from guatu.kernel.problems import Problem

NOWHERE = "000000000"
_LATEST_SKEW = dt.timedelta(minutes=5)  # phones and servers disagree by this much without anybody lying
_DEEPEST_CHAIN = 5


class Actor(Protocol):
    """Who does it: a person, or the system."""

    @property
    def id(self) -> Any: ...
    @property
    def scope(self) -> Scope: ...


class _System:
    """The system itself (clock job, loader): may do everything and appears in the ledger without a person."""

    id: UUID | None = None
    scope: Scope = EVERYTHING

    def __str__(self) -> str:
        return "系统"


SYSTEM = _System()


@dataclass
class PendingAct:
    """A line of the ledger that has no position yet."""

    id: UUID
    verb: str
    subject_type: str
    subject_id: str
    home: str
    campaign_id: UUID | None
    area: str
    details: dict[str, Any]
    by_id: UUID | None
    via: str
    effective_at: dt.datetime
    cause_id: UUID | None
    correction: bool
    depth: int = 0


@dataclass
class Batch:
    """All acts of one transaction, and what must be written when positions are known."""

    acts: list[PendingAct] = field(default_factory=list)
    finishers: list[Callable[[Mapping[UUID, int]], None]] = field(default_factory=list)
    reacted: int = 0

    def finally_(self, write: Callable[[Mapping[UUID, int]], None]) -> None:
        """Call `write(position by act id)` under the stream heads' locks, just before the commit."""
        self.finishers.append(write)


@dataclass
class Deed:
    """The hand that writes into the ledger on behalf of one actor."""

    by: Actor
    effective_at: dt.datetime
    via: str
    cause: UUID | None
    batch: Batch
    depth: int = 0

    def record(
        self,
        verb: str,
        subject: models.Model,
        *,
        details: Mapping[str, Any] | None = None,
        effective_at: dt.datetime | None = None,
        area: str | None = None,
        cause: UUID | None = None,
        correction: bool = False,
    ) -> UUID:
        """Write down that `verb` was done to `subject`; answers the act's id (to be a cause).

        correction: the world was always so, the record was wrong; facts are restated from when they began.
        """
        act = PendingAct(
            id=ids.new(),
            verb=verb,
            subject_type=subject_type(subject),
            subject_id=str(getattr(subject, "id", None) or subject.pk),
            home=getattr(subject, "home", "") or NOWHERE,
            campaign_id=getattr(subject, "campaign_id", None),
            area=area
            if area is not None
            else (getattr(subject, "area_code", None) or _text(subject, "area")),
            details=dict(details or {}),
            by_id=self.by.id,
            via=self.via,
            effective_at=_happened(effective_at or self.effective_at),
            cause_id=cause or self.cause,
            correction=correction,
            depth=self.depth,
        )
        self.batch.acts.append(act)
        return act.id


def _text(subject: models.Model, name: str) -> str:
    value = getattr(subject, name, "")
    return value if isinstance(value, str) else ""


def subject_type(subject: models.Model | type[models.Model]) -> str:
    """The word for a kind of subject in the ledger: the model's name in lower case."""
    return str(subject._meta.model_name)


def _happened(effective_at: dt.datetime) -> dt.datetime:
    moment = clock.local(effective_at)
    if moment > clock.now() + _LATEST_SKEW:
        raise Problem("kernel.future", effective_at=moment.strftime("%Y-%m-%d %H:%M"))
    return moment


_current: ContextVar[Batch | None] = ContextVar("guatu_batch", default=None)
_depth: ContextVar[int] = ContextVar("guatu_depth", default=0)


@contextlib.contextmanager
def deed(
    *, by: Actor, effective_at: dt.datetime | None = None, via: str = "web", cause: UUID | None = None
) -> Iterator[Deed]:
    """Open (or join) the transaction in which something is done. Nothing is kept if the block fails."""
    batch = _current.get()
    moment = effective_at or clock.now()
    if batch is not None:
        yield Deed(by, moment, via, cause, batch, _depth.get())
        return
    batch = Batch()
    token = _current.set(batch)
    try:
        with transaction.atomic():
            yield Deed(by, moment, via, cause, batch)
            _settle(batch)
    finally:
        _current.reset(token)


def in_deed() -> bool:
    return _current.get() is not None


@lru_cache
def _reactions() -> tuple[
    dict[str, list[Callable[..., None]]], dict[str, list[Any]], list[Callable[[Batch], None]]
]:
    path = settings.GUATU_REACTIONS
    return import_string(f"{path}.WITHIN"), import_string(f"{path}.AFTER"), import_string(f"{path}.CLOSING")


def _settle(batch: Batch) -> None:
    """What follows, in order: 1 reactions within, 2 facts and readings, 3 jobs after, 4 positions, 5 the lines themselves."""
    if not batch.acts:
        return
    within, after, closing = _reactions()
    _react(batch, within)
    for close in closing:
        close(batch)
    for act in batch.acts:
        for job in after.get(act.verb, ()):
            job.enqueue(home=act.home, act_id=str(act.id))
    positions = _give_positions(batch.acts)
    recorded_at = clock.real_now()
    Act.objects.bulk_create([_line(act, positions[act.id], recorded_at) for act in batch.acts])
    for write in batch.finishers:
        write(positions)


def _react(batch: Batch, within: Mapping[str, list[Callable[..., None]]]) -> None:
    """Reactions in the order of the acts; what they do is appended to the batch and reacted to in its turn."""
    while batch.reacted < len(batch.acts):
        act = batch.acts[batch.reacted]
        batch.reacted += 1
        if act.depth >= _DEEPEST_CHAIN:
            continue  # a chain this long is a loop in the table; the acts stand, nothing more follows from them
        token = _depth.set(act.depth + 1)
        try:
            for react in within.get(act.verb, ()):
                react(act)
        finally:
            _depth.reset(token)


def _line(act: PendingAct, position: int, recorded_at: dt.datetime) -> Act:
    return Act(
        home=act.home,
        id=act.id,
        position=position,
        recorded_at=recorded_at,
        effective_at=act.effective_at,
        by_id=act.by_id,
        via=act.via[:80],
        verb=act.verb,
        subject_type=act.subject_type,
        subject_id=act.subject_id,
        campaign_id=act.campaign_id,
        area=act.area,
        details=act.details,
        cause_id=act.cause_id,
    )


def _give_positions(acts: list[PendingAct]) -> dict[UUID, int]:
    """Positions k at a time under the heads' locks, streams locked in one fixed order so that nobody waits in a ring."""
    wanted = Counter(act.home for act in acts)
    homes = sorted(wanted)
    heads = {head.home: head for head in _locked(homes)}
    if len(heads) < len(homes):
        StreamHead.objects.bulk_create([StreamHead(home=home) for home in homes], ignore_conflicts=True)
        heads = {head.home: head for head in _locked(homes)}
    following = {home: heads[home].position for home in homes}
    positions: dict[UUID, int] = {}
    for act in acts:
        following[act.home] += 1
        positions[act.id] = following[act.home]
    for home in homes:
        StreamHead.objects.filter(home=home).update(position=following[home])
    return positions


def _locked(homes: list[str]) -> list[StreamHead]:
    return list(StreamHead.objects.select_for_update().filter(home__in=homes).order_by("home"))


def lock_heads(homes: list[str]) -> dict[str, int]:
    """Hold the given streams still until the transaction ends; answers their positions."""
    return {head.home: head.position for head in _locked(sorted(homes))}


def heads(homes: list[str] | None = None) -> dict[str, int]:
    """Where every stream stands now: {home: position}."""
    rows = StreamHead.objects.all() if homes is None else StreamHead.objects.filter(home__in=homes)
    return dict(rows.values_list("home", "position"))


def check_version(row: models.Model, version: int | None) -> None:
    """Refuse a write that was prepared on an older state; `version=None` (machines that do not care) passes."""
    current: int = row.version  # type: ignore[attr-defined]
    if version is not None and int(version) != current:
        raise Problem("kernel.stale", what=str(row), version=current)


def story(subject: models.Model, *, newest_first: bool = True) -> list[Act]:
    """All acts on one subject, in ledger order. The caller has checked that the reader may see the subject."""
    rows = Act.objects.filter(
        subject_type=subject_type(subject), subject_id=str(getattr(subject, "id", subject.pk))
    )
    return list(
        rows.order_by("-recorded_at", "-position")
        if newest_first
        else rows.order_by("recorded_at", "position")
    )
