"""What a hundred cases of one transaction share: read once for all of them, written once for all of them.

A bulk action calls the same act for every case that a press of one button calls. What differs is where the act and its
reactions find what they ask for: here, as long as nobody has asked twice. Every row is given out once; whoever asks again,
or asks about a case that was refused, is sent to the store. So nothing here can be older than the transaction, whose rows
are locked.
"""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Count

from guatu.cases.models import Case, HandOver, JointPart, Stage, SuggestionUse, SupervisionOrder

WITH = ("unit", "taker__unit", "handler__unit", "campaign", "case_class", "standard")
_MORE = ("place", "standard__unit")  # what the reactions of a dispatch look at
_CURRENT: ContextVar["Chunk | None"] = ContextVar("guatu_cases_chunk", default=None)


@dataclass
class Chunk:
    """The cases of one transaction: as they were locked, and as the acts then left them."""

    rows: dict[UUID, Case] = field(default_factory=dict)
    fresh: set[UUID] = field(default_factory=set)  # not given to any act yet
    _versions: dict[UUID, int] = field(default_factory=dict)
    _stages: dict[UUID, list[Stage]] = field(default_factory=dict)
    _rounds: dict[UUID, Counter[tuple[str, int]]] = field(default_factory=dict)
    _quiet: dict[str, set[UUID]] = field(default_factory=dict)
    _once: dict[Any, Any] = field(default_factory=dict)
    _later: list[tuple[UUID, models.Model]] = field(default_factory=list)

    def take(self, ids: Sequence[UUID]) -> None:
        """Lock the cases in the order of their ids (two that meet wait in a line, never a ring) and read what belongs to
        them. Six queries, inside the transaction."""
        list(
            Case.objects.select_for_update(no_key=True)
            .filter(pk__in=ids)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        found = Case.objects.select_related(*WITH, *_MORE).filter(pk__in=ids)
        self.rows = {row.pk: row for row in found}
        self.fresh = set(self.rows)
        self._versions = {row.pk: row.version for row in self.rows.values()}
        self._read_stages(ids)
        orders = SupervisionOrder.objects.filter(case_id__in=ids, status="raised")
        offers = HandOver.objects.filter(case_id__in=ids, status="offered").values_list("case_id", flat=True)
        parts = JointPart.objects.filter(case_id__in=ids, status__in=("given", "accepted"))
        joint = {*offers, *parts.values_list("case_id", flat=True)}
        self._quiet = {
            "orders": set(self.rows) - set(orders.values_list("case_id", flat=True)),
            "joint": set(self.rows) - joint,
        }

    def _read_stages(self, ids: Sequence[UUID]) -> None:
        open_ones: dict[UUID, list[Stage]] = defaultdict(list)
        rows = Stage.objects.filter(case_id__in=ids, ended_at=None).order_by("started_at", "part", "id")
        for stage in rows:
            open_ones[stage.case_id].append(stage)
        rounds: dict[UUID, Counter[tuple[str, int]]] = defaultdict(Counter)
        counts = Stage.objects.filter(case_id__in=ids).order_by().values_list("case_id", "kind", "part")
        for case_id, kind, part, count in counts.annotate(times=Count("id")):
            rounds[case_id][kind, part] = count
        self._stages = {each: open_ones[each] for each in self.rows}
        self._rounds = {each: rounds[each] for each in self.rows}

    def locked(self, case: Case | UUID) -> Case | None:
        """The locked row for the first act that asks, and for whoever hands in that very row; None: ask the store."""
        wanted = case.pk if isinstance(case, Case) else case
        row = self.rows.get(wanted)
        if row is not None and (wanted in self.fresh or row is case):
            self.fresh.discard(wanted)
            return row
        self.flush()
        self.forget(wanted)
        return None

    def row(self, case_id: str | UUID) -> Case | None:
        """The case as its act left it; None: ask the store."""
        return self.rows.get(case_id if isinstance(case_id, UUID) else UUID(case_id))

    def stages(self, case: Case) -> list[Stage] | None:
        """The open stages as they were locked, for the first step of the case and for no other."""
        found = self._stages.pop(case.pk, None)
        unchanged = self.rows.get(case.pk) is case and case.version == self._versions[case.pk] + 1
        return found if unchanged else None

    def rounds(self, case: Case) -> Counter[tuple[str, int]] | None:
        """How often each (kind, part) of stage was begun before the first step of the case."""
        return self._rounds.pop(case.pk, None)

    def quiet(self, what: str, case_id: str) -> bool:
        """Whether it is known that the case has no open `orders`, or nothing `joint`."""
        return UUID(case_id) in self._quiet.get(what, ())

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """Something that is the same for all cases, worked out for the first."""
        if key not in self._once:
            self._once[key] = make()
        return self._once[key]

    def used(self) -> set[tuple[UUID, UUID]]:
        """(case, suggester) of the suggestions written down before."""
        rows = SuggestionUse.objects.filter(case_id__in=list(self.rows))
        found: set[tuple[UUID, UUID]] = self.once(
            "used", lambda: set(rows.values_list("case_id", "suggester_id"))
        )
        return found

    def later(self, case_id: UUID, row: models.Model) -> None:
        """Write this row with those of the other cases."""
        self._later.append((case_id, row))

    def forget(self, case_id: UUID) -> None:
        """The case was refused: what the act did to it in memory never was."""
        self.rows.pop(case_id, None)
        self.fresh.discard(case_id)
        self._stages.pop(case_id, None)
        self._rounds.pop(case_id, None)
        for known in self._quiet.values():
            known.discard(case_id)
        self._later = [each for each in self._later if each[0] != case_id]

    def flush(self) -> None:
        """Write what waits, kind by kind."""
        waiting: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        for _case, row in self._later:
            waiting[type(row)].append(row)
        self._later = []
        for model, rows in waiting.items():
            model._default_manager.bulk_create(rows, batch_size=200)


@contextlib.contextmanager
def chunked() -> Iterator[Chunk]:
    """A chunk for the transaction opened inside it, its reactions included."""
    chunk = Chunk()
    token = _CURRENT.set(chunk)
    try:
        yield chunk
    finally:
        _CURRENT.reset(token)


def current() -> Chunk | None:
    """The chunk of this transaction, if many cases are being worked on."""
    return _CURRENT.get()


def create(case_id: UUID, rows: Iterable[models.Model]) -> None:
    """Write new rows of a case: now, or with those of the chunk."""
    chunk, waiting = _CURRENT.get(), list(rows)
    for row in waiting:
        if chunk is not None and case_id in chunk.rows:
            chunk.later(case_id, row)
        else:
            row.save(force_insert=True)
