"""Facts and readings of a transaction: live equals recomputed, at every commit.

Called once per batch by the reactions table. For every subject that was touched: 1 its facts are worked out from its rows
as they now stand; 2 compared with the facts that stood before; 3 what no longer holds is closed, what holds newly is
written; 4 the readings change by the difference, rows touched in one fixed order.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from guatu.figures.models import FactRow, Indicator, Reading
from guatu.figures.rules import Cell, Countable, Part, bucket_of, contributions, read_definition
from guatu.kernel import ids
from guatu.kernel.acts import Batch, PendingAct
from guatu.kernel.factshape import Fact
from guatu.kernel.subjects import table

_AT_ONCE = 300  # well below both stores' limits of variables in a statement


def post_facts(batch: Batch) -> None:
    """Post the facts of every subject touched by the batch (a CLOSING reaction)."""
    last: dict[tuple[str, str], PendingAct] = {}
    for act in batch.acts:
        subject = table().get(act.subject_type)
        if subject is not None and subject.facts is not None:
            last[act.subject_type, act.subject_id] = act
    if not last:
        return
    standing = _standing(last)
    becoming = _becoming(last)
    fresh: list[FactRow] = []
    closed: list[tuple[FactRow, PendingAct]] = []
    changed: list[tuple[int, FactRow]] = []
    for key, act in last.items():
        old = standing.get(key, [])
        new = {fact.part: fact for fact in becoming.get(key, [])}
        _compare(act, old, new, fresh, closed, changed)
    _move_readings(changed)
    if fresh or closed:
        batch.finally_(lambda positions: _write(fresh, closed, positions))


def _standing(last: Mapping[tuple[str, str], PendingAct]) -> dict[tuple[str, str], list[FactRow]]:
    """The facts of these subjects that are still held to be true, of the past included."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for kind, subject_id in last:
        by_type[kind].append(subject_id)
    found: dict[tuple[str, str], list[FactRow]] = defaultdict(list)
    for kind, subject_ids in by_type.items():
        for start in range(0, len(subject_ids), _AT_ONCE):
            rows = FactRow.objects.filter(
                subject_type=kind, subject_id__in=subject_ids[start : start + _AT_ONCE], until_position=None
            )
            for row in rows:
                found[kind, row.subject_id].append(row)
    return found


def _becoming(last: Mapping[tuple[str, str], PendingAct]) -> dict[tuple[str, str], list[Fact]]:
    """The facts that the subjects' rows state now."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for kind, subject_id in last:
        by_type[kind].append(subject_id)
    found: dict[tuple[str, str], list[Fact]] = {}
    for kind, subject_ids in by_type.items():
        subject = table()[kind]
        assert subject.rows is not None
        assert subject.facts is not None
        for start in range(0, len(subject_ids), _AT_ONCE):
            for row in subject.rows(subject_ids[start : start + _AT_ONCE]):
                found[kind, str(row.id)] = subject.facts(row)
    return found


def row_of(fact: Fact, act: PendingAct, effective_from: dt.datetime) -> FactRow:
    """A fact as it will stand in the table; its position comes later."""
    seen_by = sorted({fact.unit, *fact.units} - {""})
    return FactRow(
        home=act.home,
        id=ids.new(),
        subject_type=act.subject_type,
        subject_id=act.subject_id,
        part=fact.part,
        kind=fact.kind,
        campaign_id=act.campaign_id,
        area=fact.area,
        unit=fact.unit,
        units=f"|{'|'.join(seen_by)}|" if seen_by else "",
        status=fact.status,
        category=fact.category,
        happened_on=fact.happened_on,
        measures={name: _plain(value) for name, value in fact.measures.items()},
        attributes={name: value for name, value in fact.attributes.items() if value not in (None, "")},
        open=fact.open,
        bucket=bucket_of(fact),
        class_code=str(fact.attributes.get("class") or "") if fact.counted else "",
        person=str(fact.attributes.get("person") or "") if fact.counted else "",
        act_id=act.id,
        position=0,
        effective_from=effective_from,
    )


def _plain(value: Decimal | int) -> str:
    text = format(Decimal(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_CONTENT = (
    "home", "part", "kind", "campaign_id", "area", "unit", "units", "status", "category", "happened_on", "measures",
    "attributes", "open", "bucket",
)  # fmt: skip


def content(row: FactRow) -> tuple[Any, ...]:
    """Everything a fact says, times aside."""
    return tuple(getattr(row, name) for name in _CONTENT)


def _compare(
    act: PendingAct,
    old: list[FactRow],
    new: dict[str, Fact],
    fresh: list[FactRow],
    closed: list[tuple[FactRow, PendingAct]],
    changed: list[tuple[int, FactRow]],
) -> None:
    parts = {row.part for row in old} | set(new)
    for part in sorted(parts):
        rows = sorted((row for row in old if row.part == part), key=lambda row: row.effective_from)
        live = next((row for row in rows if row.effective_until is None), None)
        fact = new.get(part)
        begins = act.effective_at
        if act.correction and live is not None:
            begins = live.effective_from  # it was always so; only the record was wrong
        stated = row_of(fact, act, begins) if fact is not None else None
        if live is not None and stated is not None and content(live) == content(stated):
            continue
        for row in rows:
            if row.effective_until is not None and row.effective_until <= begins:
                continue  # that past stays as it is
            closed.append((row, act))
            if row.effective_from < begins:
                fresh.append(_cut(row, act, begins))  # true until then, as was known
        if live is not None:
            changed.append((-1, live))
        if stated is not None:
            fresh.append(stated)
            changed.append((1, stated))


def _cut(row: FactRow, act: PendingAct, until: dt.datetime) -> FactRow:
    copy = FactRow(**{field.attname: getattr(row, field.attname) for field in FactRow._meta.concrete_fields})
    copy.id = ids.new()
    copy.act_id = act.id
    copy.effective_until = until
    return copy


def _write(
    fresh: list[FactRow], closed: list[tuple[FactRow, PendingAct]], positions: Mapping[UUID, int]
) -> None:
    _close({(row.home, row.id): positions[act.id] for row, act in closed})
    for row in fresh:
        row.position = positions[row.act_id]
    FactRow.objects.bulk_create(fresh, batch_size=200)


def _close(ends: Mapping[tuple[str, UUID], int]) -> None:
    """Write down with which position each fact ceased to hold, in one statement for hundreds: a bulk step ends as many facts
    as it has cases, each by an act of its own. Rows are touched in one order, so that two writers never wait in a ring."""
    name = connection.ops.quote_name(FactRow._meta.db_table)
    sqlite = connection.vendor == "sqlite"
    one = "(%s, %s, %s)" if sqlite else "(%s, %s::uuid, %s::bigint)"
    ordered = sorted(ends.items())
    for start in range(0, len(ordered), _AT_ONCE):
        chunk = ordered[start : start + _AT_ONCE]
        values: list[Any] = []
        for (home, row_id), position in chunk:
            values += [home, row_id.hex if sqlite else str(row_id), position]
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {name} SET until_position = ends.column3 FROM (VALUES {', '.join([one] * len(chunk))}) AS ends "  # noqa: S608
                f"WHERE {name}.home = ends.column1 AND {name}.id = ends.column2",
                values,
            )


def countable(row: FactRow) -> Countable:
    return Countable(
        home=row.home,
        campaign=str(row.campaign_id or ""),
        kind=row.kind,
        area=row.area,
        status=row.status,
        category=row.category,
        happened_on=row.happened_on,
        measures=row.measures,
        attributes=row.attributes,
    )


def parts_of(campaign_id: UUID) -> dict[str, Part]:
    """The distinct pieces that the campaign's indicators are made of, by the key of their readings."""
    pieces: dict[str, Part] = {}
    for definition in Indicator.objects.filter(campaign_id=campaign_id, active=True).values_list(
        "definition", flat=True
    ):
        for part in read_definition(definition).parts.values():
            pieces[part.key(str(campaign_id))] = part
    return pieces


def _move_readings(changed: Iterable[tuple[int, FactRow]]) -> None:
    by_campaign: dict[UUID, list[tuple[int, FactRow]]] = defaultdict(list)
    for sign, row in changed:
        if row.campaign_id is not None:
            by_campaign[row.campaign_id].append((sign, row))
    for campaign_id, rows in sorted(by_campaign.items()):
        parts = parts_of(campaign_id)
        sums: dict[Cell, list[int]] = {}
        for sign, row in rows:
            contributions([countable(row)], parts, sign, sums)
        add_readings(campaign_id, sums)


def add_readings(campaign_id: UUID, sums: Mapping[Cell, list[int]]) -> None:
    """Add differences to readings, in one fixed order so that two writers never wait for each other in a ring."""
    moved = [(cell, amounts[0], amounts[1]) for cell, amounts in sorted(sums.items()) if any(amounts)]
    name = connection.ops.quote_name(Reading._meta.db_table)
    campaign = campaign_id.hex if connection.vendor == "sqlite" else campaign_id
    for start in range(0, len(moved), 100):
        chunk = moved[start : start + 100]
        values = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(chunk))
        arguments: list[Any] = []
        for (home, part, area, day), count, total in chunk:
            arguments += [home, part, area, day.isoformat(), campaign, count, total]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {name} (home, part, area, day, campaign_id, count, total) VALUES {values} "  # noqa: S608
                f"ON CONFLICT (home, part, area, day) DO UPDATE SET count = {name}.count + excluded.count, "
                f"total = {name}.total + excluded.total",
                arguments,
            )
