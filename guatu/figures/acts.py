"""Writing about figures: defining indicators, freezing values, proving readings."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from guatu.campaigns.models import Campaign
from guatu.figures import problems as problems
from guatu.figures import verbs as verbs
from guatu.figures.models import FactRow, Figure, Indicator, Reading
from guatu.figures.posting import add_readings, content, countable, parts_of, row_of
from guatu.figures.reads import AsOf, values
from guatu.figures.rules import (
    Cell,
    Definition,
    DefinitionError,
    Part,
    Value,
    code_of,
    contributions,
    read_definition,
)
from guatu.kernel import clock, ids
from guatu.kernel.access import EVERYTHING, require
from guatu.kernel.acts import Actor, PendingAct, deed, lock_heads
from guatu.kernel.models import StreamHead
from guatu.kernel.problems import Problem
from guatu.kernel.subjects import table


def define_indicators(
    *, by: Actor, campaign: Campaign, definitions: Sequence[Mapping[str, Any]], via: str = "web"
) -> dict[str, str]:
    """Set the campaign's indicators; answers key → added, changed or same. Each has its whole history at once."""
    require(by.scope, "figure.define", area=campaign.area)
    for data in definitions:
        try:
            read_definition(data)
        except DefinitionError as wrong:
            raise Problem("figure.bad_definition", key=data.get("key", "?"), why=str(wrong)) from wrong
    outcome: dict[str, str] = {}
    with deed(by=by, via=via) as d:
        before = parts_of(campaign.id)
        existing = {row.key: row for row in Indicator.objects.filter(campaign=campaign)}
        for order, data in enumerate(definitions):
            key = str(data["key"])
            row = existing.get(key)
            if row is None:
                row = Indicator(
                    home=campaign.home, campaign=campaign, key=key, definition=dict(data), order=order
                )
                row.save(force_insert=True)
                d.record("indicator.defined", row, area=campaign.area, details={"key": key})
                outcome[key] = "added"
            elif row.definition != dict(data) or row.order != order or not row.active:
                if row.definition != dict(data):
                    row.definition_version += 1
                row.definition, row.order, row.active = dict(data), order, True
                row.version += 1
                row.save()
                d.record("indicator.redefined", row, area=campaign.area, details={"key": key})
                outcome[key] = "changed"
            else:
                outcome[key] = "same"
        added = {key: part for key, part in parts_of(campaign.id).items() if key not in before}
        if added:
            _build_readings(campaign.id, added)
    return outcome


def _build_readings(campaign_id: UUID, parts: Mapping[str, Part]) -> None:
    """Readings of new pieces from all live facts, while no stream of the campaign may move."""
    homes = list(FactRow.objects.filter(campaign_id=campaign_id).values_list("home", flat=True).distinct())
    lock_heads(homes)
    Reading.objects.filter(part__in=list(parts)).delete()
    add_readings(campaign_id, _recounted(campaign_id, parts))


def _recounted(campaign_id: UUID, parts: Mapping[str, Part]) -> dict[Cell, list[int]]:
    sums: dict[Cell, list[int]] = {}
    live = FactRow.objects.filter(campaign_id=campaign_id, until_position=None, effective_until=None)
    for row in live.iterator(chunk_size=2000):
        contributions([countable(row)], parts, 1, sums)
    return sums


@dataclass(frozen=True)
class Frozen:
    """A figure frozen just now, with its value."""

    figure: Figure
    value: Value


def freeze(
    *,
    by: Actor,
    campaign: Campaign,
    meanings: Sequence[tuple[Indicator, Definition]],
    as_of: AsOf,
    via: str = "web",
) -> list[Frozen]:
    """Freeze the values of indicators as of a pair; each gets a code. The values are the office's, not the reader's."""
    require(by.scope, "brief.make", area=campaign.area)
    found = values(EVERYTHING, campaign, [meaning for _, meaning in meanings], as_of=as_of)
    frozen: list[Frozen] = []
    with deed(by=by, via=via) as d:
        for row, meaning in meanings:
            value = found[meaning.key]
            figure = Figure(
                home=campaign.home,
                code=_fresh_code(),
                campaign=campaign,
                key=meaning.key,
                definition=row.definition,
                definition_version=row.definition_version,
                area=campaign.area,
                value=value.number,
                text=value.text,
                parts={name: {"count": a.count, "total": a.total} for name, a in value.parts.items()},
                heads=dict(as_of.heads or {}),
                effective_at=as_of.effective_at,
                frozen_at=clock.now(),
            )
            figure.save(force_insert=True)
            d.record(
                "figure.frozen", figure, details={"code": figure.code, "key": meaning.key, "text": value.text}
            )
            frozen.append(Frozen(figure, value))
    return frozen


def _fresh_code() -> str:
    """An unused code; longer ones when the short ones are crowded."""
    for attempt in range(40):
        code = code_of(secrets.randbits(64), 4 + attempt // 8)
        if not Figure.objects.filter(code=code).exists():
            return code
    raise RuntimeError("no unused figure code found")


@dataclass(frozen=True)
class Difference:
    """One place where what is kept differs from what is recomputed."""

    what: str  # fact or reading
    where: str
    kept: str
    recomputed: str


@dataclass(frozen=True)
class Recount:
    """The outcome of a recount in one snapshot."""

    subjects: int
    facts: int
    readings: int
    differences: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        return not self.differences


def recount(*, repair: bool = False, by: Actor | None = None) -> Recount:
    """Prove reading = facts = rows, in one snapshot (all streams held still). `repair` rewrites readings that differ."""
    with transaction.atomic():
        lock_heads(list(StreamHead.objects.values_list("home", flat=True)))
        live = FactRow.objects.filter(until_position=None, effective_until=None)
        subjects, differences = _facts_against_rows()
        readings = 0
        for campaign_id in Indicator.objects.values_list("campaign_id", flat=True).distinct():
            parts = parts_of(campaign_id)
            right = {
                cell: tuple(amounts)
                for cell, amounts in _recounted(campaign_id, parts).items()
                if any(amounts)
            }
            kept = {
                (row.home, row.part, row.area, row.day): (row.count, row.total)
                for row in Reading.objects.filter(campaign_id=campaign_id, part__in=list(parts))
                if row.count or row.total
            }
            readings += len(kept)
            for cell in sorted(set(right) | set(kept)):
                if right.get(cell, (0, 0)) != kept.get(cell, (0, 0)):
                    differences.append(
                        Difference(
                            "reading", " ".join(map(str, cell)), str(kept.get(cell)), str(right.get(cell))
                        )
                    )
            if repair and any(difference.what == "reading" for difference in differences):
                Reading.objects.filter(campaign_id=campaign_id).delete()
                add_readings(campaign_id, {cell: list(amounts) for cell, amounts in right.items()})
        return Recount(subjects, live.count(), readings, tuple(differences))


def _facts_against_rows() -> tuple[int, list[Difference]]:
    """Every live fact against the rows as they stand."""
    differences: list[Difference] = []
    seen = 0
    for kind, subject in table().items():
        if subject.rows is None or subject.facts is None:
            continue
        kept: dict[str, dict[str, FactRow]] = {}
        for row in FactRow.objects.filter(
            subject_type=kind, until_position=None, effective_until=None
        ).iterator():
            kept.setdefault(row.subject_id, {})[row.part] = row
        subject_ids = list(kept)
        stated: set[str] = set()
        for start in range(0, len(subject_ids), 400):
            for source in subject.rows(subject_ids[start : start + 400]):
                stated.add(str(source.id))
                seen += 1
                differences += _compare_subject(kind, source, subject.facts(source), kept[str(source.id)])
        differences += [
            Difference("fact", f"{kind} {lost}", "kept", "no such record")
            for lost in sorted(set(subject_ids) - stated)
        ]
    return seen, differences


def _compare_subject(
    kind: str, source: Any, facts: Iterable[Any], kept: Mapping[str, FactRow]
) -> list[Difference]:
    now = clock.now()
    found: list[Difference] = []
    expected = {}
    for fact in facts:
        sample = next(iter(kept.values()))
        act = PendingAct(
            id=ids.new(), verb="", subject_type=kind, subject_id=str(source.id), home=sample.home,
            campaign_id=sample.campaign_id, area=fact.area, details={}, by_id=None, via="system", effective_at=now,
            cause_id=None, correction=False,
        )  # fmt: skip
        expected[fact.part] = row_of(fact, act, now)
    for part in sorted(set(expected) | set(kept)):
        left, right = kept.get(part), expected.get(part)
        if left is None or right is None or content(left) != content(right):
            where = f"{kind} {source.id} {part}".strip()
            found.append(Difference("fact", where, _said(left), _said(right)))
    return found


def _said(row: FactRow | None) -> str:
    return "—" if row is None else " ".join(str(piece) for piece in content(row)[2:])
