"""A million cases in the shape of a real file: what arrived when, of which class, with whom, how long it took, how late.

Every case copies one row of the sample in packs/boston-311 (class, department, neighbourhood, hour and weekday of arrival,
time allowed, time taken, on time or not, place moved by up to 300 m) into another week of twelve years; the last four of a
hundred are still open. A closed case has eleven rows of history: four steps, four acts, three stages; and its facts, so that
`guatu recount` agrees. Rows are written straight into the tables (COPY, or executemany), which no door may ever do.
"""

import csv
import datetime as dt
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from benchmarks.copying import Table, bare, flush, plain, size

PACK = Path(__file__).resolve().parent.parent / "packs" / "boston-311"
SAMPLE = PACK / "sample" / "tables" / "boston_311_sample.csv"
CODE = "bench-cases"
CHUNK = 10_000
_OPEN = ("reported", "filed", "dispatched", "accepted", "handled", "verified")
_SOURCES = {"Constituent Call": "hotline", "Citizens Connect App": "public", "Self Service": "public"}
_SPAN = dt.timedelta(weeks=52 * 12)


@dataclass(frozen=True)
class Like:
    """One row of the sample: what a case is made after."""

    title: str
    address: str
    source: str
    class_name: str
    department: str
    area: str
    lon: float | None
    lat: float | None
    in_week: dt.timedelta  # since Monday 00:00
    allowed: dt.timedelta | None
    taken: dt.timedelta


def sample(areas: dict[str, str], area: str) -> list[Like]:
    """The sample's rows; areas: name → code."""
    moment = dt.datetime.fromisoformat
    found = []
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            opened = moment(row["OPEN_DT"])
            monday = dt.datetime.combine(opened.date() - dt.timedelta(days=opened.weekday()), dt.time())
            point = (float(row["LONGITUDE"]), float(row["LATITUDE"])) if row["LONGITUDE"] else (None, None)
            found.append(
                Like(
                    plain(row["CASE_TITLE"])[:120], plain(row["Location"]), _SOURCES.get(row["Source"], "patrol"),
                    row["TYPE"].strip(), row["Department"], areas.get(row["neighborhood"].strip(), area), *point,
                    opened - monday, moment(row["TARGET_DT"]) - opened if row["TARGET_DT"] else None,
                    moment(row["CLOSED_DT"]) - opened,
                )
            )  # fmt: skip
    return found


@dataclass
class Cast:
    """What the cases stand among: campaign, units, people, classes."""

    campaign: Any
    units: dict[str, Any]
    classes: dict[str, Any]
    people: dict[str, Any]
    finder: Any
    likes: list[Like] = field(default_factory=list)


def tables() -> dict[str, Table]:
    from guatu.cases.models import Case, Stage, Step
    from guatu.figures.models import FactRow
    from guatu.kernel.models import Act

    return {
        "case": Table(Case, (
            "id", "home", "campaign_id", "number", "source", "case_class_id", "class_code", "title", "description", "area",
            "address", "lon", "lat", "source_crs", "source_x", "source_y", "status", "unit_id", "finder_id", "taker_id", "handler_id",
            "opened_at", "filed_at", "dispatched_at", "accepted_at", "handled_at", "verified_at", "closed_at", "last_step_at",
            "limit_amount", "limit_unit", "clock_started_at", "due_at", "late", "minutes_used", "version",
        )),
        "step": Table(Step, ("id", "home", "case_id", "step", "from_status", "to_status", "at", "by_id", "unit_id", "note",
                             "class_code", "area", "due_at", "act_id")),
        "stage": Table(Stage, ("id", "home", "case_id", "kind", "unit_id", "started_at", "limit_amount", "limit_unit", "due_at",
                               "ended_at", "outcome", "by_id", "minutes_used", "late", "class_code", "area")),
        "act": Table(Act, ("home", "id", "position", "recorded_at", "effective_at", "by_id", "via", "verb", "subject_type",
                           "subject_id", "campaign_id", "area", "details")),
        "fact": Table(FactRow, ()),
    }  # fmt: skip


_MOVES = (
    ("report", "reported", "case.reported"),
    ("dispatch", "dispatched", "case.dispatched"),
    ("handle", "handled", "case.handled"),
    ("close", "closed", "case.closed"),
)


def _aware(moment: dt.datetime | None) -> dt.datetime | None:
    return moment.replace(tzinfo=dt.UTC) if moment is not None else None


class Maker:
    """Makes case after case, in the order of time."""

    def __init__(self, cast: Cast, count: int, end: dt.datetime) -> None:
        self.cast, self.count, self.end = cast, count, end
        self.tables = tables()
        self.positions: Counter[str] = Counter()
        self.numbers: Counter[int] = Counter()
        self.dice = random.Random(311)

    def one(self, index: int) -> None:
        """One case with everything that hangs on it."""
        from guatu.cases.rules import number_of
        from guatu.kernel import ids

        like = self.cast.likes[self.dice.randrange(len(self.cast.likes))]
        opened = self._opened(index, like)
        closed = opened + like.taken
        status = "closed"
        if index >= self.count * 0.96 or closed > self.end:
            status, closed = self.dice.choice(_OPEN), None  # type: ignore[assignment]
        due = opened + like.allowed if like.allowed else None
        year = (opened + dt.timedelta(hours=8)).year
        self.numbers[year] += 1
        lon = like.lon + self.dice.uniform(-0.003, 0.003) if like.lon is not None else None
        lat = like.lat + self.dice.uniform(-0.003, 0.003) if like.lat is not None else None
        case = SimpleNamespace(
            id=ids.new(), like=like, status=status, opened=opened, closed=closed, due=due, lon=lon, lat=lat,
            number=number_of(year, self.numbers[year]), home=like.area[:9].ljust(9, "0"),
            unit=self.cast.units[like.department] if status not in ("reported", "filed") else None,
            person=self.cast.people[like.department] if status not in ("reported", "filed", "dispatched") else None,
            late=bool(due and (closed or self.end) > due),
        )  # fmt: skip
        self._case(case)
        last = self._history(case)
        self._fact(case, *last)

    def _opened(self, index: int, like: Like) -> dt.datetime:
        weeks = int(index / self.count * 52 * 12)
        start = self.end - _SPAN
        monday = dt.datetime.combine(start.date() - dt.timedelta(days=start.weekday()), dt.time())
        opened = (
            monday
            + dt.timedelta(weeks=weeks)
            + like.in_week
            + dt.timedelta(seconds=self.dice.randrange(-900, 900))
        )
        return min(opened, self.end - dt.timedelta(minutes=5))

    def _case(self, case: Any) -> None:
        like, closed, done = case.like, case.closed, case.closed if case.closed else None
        if done is None and case.status in ("handled", "verified"):
            done = min(case.opened + like.taken, self.end)
        case.done = done
        case.minutes = int((done - case.opened).total_seconds() // 60) if done and case.due else None
        case.limit = (
            str(round(max(like.allowed.total_seconds() / 3600, 0.01), 2))[:8] if like.allowed else None
        )
        taken = case.opened if case.person else None
        row = self.cast.classes[like.class_name]
        self.tables["case"].add(
            case.id, case.home, self.cast.campaign.id, case.number, like.source, row.id, row.code, like.title, plain(like.class_name),
            like.area, like.address, case.lon, case.lat, "wgs84" if case.lon else "", case.lon, case.lat, case.status,
            case.unit and case.unit.id, self.cast.finder.id, case.person and case.person.id, case.person and done and case.person.id,
            case.opened, case.opened if case.status != "reported" else None, case.opened if case.unit else None, taken, done,
            closed or (done if case.status == "verified" else None), closed, closed or done or case.opened,
            case.limit if case.limit and float(case.limit) < 99999 else None, "urgent_hour" if case.limit else "",
            case.opened if case.due else None, case.due, case.late, case.minutes, 5,
        )  # fmt: skip

    def _history(self, case: Any) -> tuple[UUID, int, dt.datetime]:
        from guatu.kernel import ids

        moves = _MOVES if case.closed else _MOVES[: {"reported": 1, "filed": 1}.get(case.status, 2)]
        before, act, position = "", case.id, 0
        code, at = self.cast.classes[case.like.class_name].code, case.opened
        for index, (step, status, verb) in enumerate(moves):
            at = case.opened if index < 2 else case.closed
            by = self.cast.finder if index < 2 else case.person
            act = ids.new()
            self.positions[case.home] += 1
            position = self.positions[case.home]
            self.tables["act"].add(case.home, act, position, at, at, by.id, "import:bench", verb, "case", str(case.id),
                                   self.cast.campaign.id, case.like.area, f'{{"number": "{case.number}"}}')  # fmt: skip
            unit = case.unit if index else None
            self.tables["step"].add(ids.new(), case.home, case.id, step, before, status, at, by.id, unit and unit.id, "", code,
                                    case.like.area, case.due, act)  # fmt: skip
            before = status
        case.stages = []
        for kind in ("file", "handle", "whole") if case.unit else ("file",):
            started, key = case.opened, ids.new()
            ended = case.closed if kind != "file" else started if case.status != "reported" else None
            outcome = ({"whole": "close"}.get(kind, kind)) if ended else ""
            by, late = case.person.id if case.person and ended else None, case.late and kind != "file"
            minutes = case.minutes if ended else None
            case.stages.append((key, kind, ended, outcome, by, late, minutes))
            self.tables["stage"].add(
                key, case.home, case.id, kind, case.unit and case.unit.id, started,
                case.limit if case.limit and float(case.limit) < 99999 else None, "urgent_hour" if case.limit else "", case.due,
                ended, outcome, by, minutes, late, code, case.like.area,
            )  # fmt: skip
        return act, position, at

    def _fact(self, case: Any, act: UUID, position: int, at: dt.datetime) -> None:
        """The facts as the product itself states them, of the case with its stages."""
        from guatu.cases.facts import facts_of
        from guatu.figures.posting import row_of

        like, code = case.like, self.cast.classes[case.like.class_name].code
        stages = [
            SimpleNamespace(
                id=key, kind=kind, part=0, round=1, unit=case.unit, started_at=_aware(case.opened), due_at=_aware(case.due),
                ended_at=_aware(ended), outcome=outcome, by_id=by, late=late, minutes_used=minutes, area=like.area, class_code=code,
                pauses=[], why=[],
            )
            for key, kind, ended, outcome, by, late, minutes in case.stages
        ]  # fmt: skip
        seen = SimpleNamespace(
            id=case.id, status=case.status, source=like.source, area=like.area, late=case.late, rework=0, returns=0, reopens=0,
            class_code=code, unit_path=case.unit.path if case.unit else "", opened_on=(case.opened + dt.timedelta(hours=8)).date(),
            due_at=_aware(case.due), handled_at=_aware(case.done), minutes_used=case.minutes, guarantee=False, result="",
            private=False, extended_at=None, closed_at=_aware(case.closed), finder_id=self.cast.finder.id, opened_at=_aware(case.opened),
            filed_at=_aware(case.opened) if case.status != "reported" else None, fact_stages=stages, version=5,
        )  # fmt: skip
        done = SimpleNamespace(home=case.home, subject_type="case", subject_id=str(case.id), id=act,
                               campaign_id=self.cast.campaign.id)  # fmt: skip
        for fact in facts_of(seen):
            row = row_of(fact, done, at)  # type: ignore[arg-type]
            row.position = position
            self.tables["fact"].add_row(row)

    def settle(self) -> None:
        """The heads of the streams and the last numbers, so that the store goes on from here."""
        from guatu.cases.models import CaseNumber
        from guatu.kernel.models import StreamHead

        for home, position in self.positions.items():
            StreamHead.objects.update_or_create(home=home, defaults={"position": position})
        for year, last in self.numbers.items():
            CaseNumber.objects.update_or_create(
                campaign=self.cast.campaign, year=year, defaults={"last": last}
            )


def cast() -> Cast:
    """The pack applied under a campaign of its own, and a person in every department."""
    from guatu.campaigns.models import Campaign
    from guatu.cases.models import CaseClass
    from guatu.kernel.acts import SYSTEM
    from guatu.packs.applying import apply_pack, sound
    from guatu.places.models import Area
    from guatu.units.acts import add_person, give_post
    from guatu.units.models import Unit

    report = apply_pack(by=SYSTEM, pack=sound(PACK))
    campaign = Campaign.objects.get(pk=report.campaign.pk)
    units = {unit.short_name: unit for unit in Unit.objects.all()}
    classes = {row.name: row for row in CaseClass.objects.filter(campaign=campaign)}
    people = {}
    for code, unit in units.items():
        people[code] = add_person(by=SYSTEM, username=f"bench-{unit.code}", name=f"承办{code}", unit=unit)
        give_post(by=SYSTEM, person=people[code], role="lead_unit", unit=unit, units=[unit.path])
    centre = add_person(by=SYSTEM, username="bench-centre", name="值班长", unit=units["Boston"])
    give_post(by=SYSTEM, person=centre, role="operations", unit=units["Boston"], areas=[campaign.area])
    areas = dict(Area.objects.filter(code__startswith=campaign.area).values_list("name", "code"))
    return Cast(campaign, units, classes, people, centre, sample(areas, campaign.area))


def fill(count: int, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Make `count` cases in the store that is open; answers rows, seconds and bytes of every table."""
    started = time.perf_counter()
    players = cast()
    maker = Maker(players, count, dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0))
    names = [table.name for table in maker.tables.values()]
    from guatu.kernel.models import StreamHead

    maker.positions.update(dict(StreamHead.objects.values_list("home", "position")))
    put_back = bare(names)
    for index in range(count):
        maker.one(index)
        if (index + 1) % CHUNK == 0 or index + 1 == count:
            for table in maker.tables.values():
                flush(table)
            if (index + 1) % (CHUNK * 10) == 0:
                say(f"  {index + 1:>9,} cases, {time.perf_counter() - started:.0f} s")
    maker.settle()
    written = time.perf_counter() - started
    put_back()
    rows = {name: table.count for name, table in maker.tables.items()}
    made = {
        "cases": count,
        "rows": rows,
        "history_rows": rows["step"] + rows["act"] + rows["stage"],
        "seconds_writing": round(written, 1),
        "seconds_with_indexes": round(time.perf_counter() - started, 1),
        "megabytes": size(names),
    }
    say(json.dumps(made))
    return made
