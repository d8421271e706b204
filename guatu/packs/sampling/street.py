"""Rounds, teams and visits of a sample, told through the acts, each by who would have done it."""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from guatu.inspections.acts import orders, rounds, teams, visits
from guatu.inspections.acts.findings import FileIn, FindingDraft
from guatu.inspections.acts.orders import Signer
from guatu.inspections.models import NormItem, NormVersion, Order, Round, Team, Visit
from guatu.inspections.rules.choosing import Criteria
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.packs.sampling.events import Event
from guatu.packs.sampling.photos import Upload, photo
from guatu.packs.sheets import Line
from guatu.units.models import Person

if TYPE_CHECKING:
    from guatu.packs.sampling.story import Story


class Street:
    """Rounds and teams by the names the sample gives them, visits by round and number of the place."""

    def __init__(self, story: "Story") -> None:
        self.story = story
        self.rounds: dict[str, Round] = {}
        self.teams: dict[tuple[str, str], Team] = {}
        self.visits: dict[tuple[str, str], UUID] = {}
        self.items: dict[UUID, NormItem] = {}

    def round_step(self, line: Line) -> None:
        """open, start, close."""
        key, by, via = line.text("round"), self.story.by(line), self.story.via
        if line.text("step") == "open":
            starts_on, ends_on = line.day("starts_on"), line.day("ends_on")
            assert starts_on is not None and ends_on is not None  # the check has read both
            self.rounds[key] = rounds.open_round(
                by=by, campaign=self.story.campaign, name=line.text("name"), starts_on=starts_on, ends_on=ends_on,
                area=line.text("area"), unit=self.story.units.get(line.text("unit")),
                checklist=_editions(line.texts("norms"), starts_on), note=line.text("note"), via=via,
            )  # fmt: skip
        elif line.text("step") == "start":
            self.rounds[key] = rounds.start_round(by=by, round=self._round(line), via=via)
        else:
            said = line.text("note")
            self.rounds[key] = rounds.close_round(by=by, round=self._round(line), reason=said, via=via)

    def team(self, line: Line) -> None:
        on_day = line.day("on_day")
        assert on_day is not None
        lon, lat = line.number_of("lon"), line.number_of("lat")
        leader = line.text("leader")
        self.teams[line.text("round"), line.text("team")] = teams.add_team(
            by=self.story.by(line), round=self._round(line), name=line.text("team"), on_day=on_day,
            people=[self.story.person(name) for name in line.texts("people")],
            leader=self.story.person(leader) if leader else None, shift=line.text("shift") or "day",
            starts_at=line.moment("starts_at"), ends_at=line.moment("ends_at"), travel=line.text("travel") or "foot",
            station_lon=float(lon) if lon is not None else None, station_lat=float(lat) if lat is not None else None,
            via=self.story.via,
        )  # fmt: skip

    def plan(self, events: Sequence[Event]) -> None:
        """The places of a moment: chosen for their rounds by number, as a list that is typed in; then given to the teams."""
        for _key, alike in groupby(
            events, key=lambda event: (event.line.text("round"), event.line.text("by"))
        ):
            lines = [event.line for event in alike]
            first, numbers = lines[0], [line.text("place") for line in lines]
            round_ = self._round(first)
            by = self.story.by(first)
            rounds.choose_places(
                by=by, round=round_, criteria=Criteria(numbers=tuple(numbers)), via=self.story.via
            )
            found = Visit.objects.filter(round=round_, kind="round", place__number__in=numbers)
            rows = {row.place.number: row for row in found.select_related("place")}
            for line in lines:
                if line.text("place") not in rows:
                    raise Problem("round.place_outside", place=line.text("place"), round=round_.name)
                self.visits[first.text("round"), line.text("place")] = rows[line.text("place")].pk
            self._give(by, first.text("round"), lines, rows)

    def _give(self, by: Any, key: str, lines: Sequence[Line], rows: dict[str, Visit]) -> None:
        """To each team its places, in the order of the table."""
        given: dict[str, list[Visit]] = {}
        for line in lines:
            if line.text("team"):
                given.setdefault(line.text("team"), []).append(rows[line.text("place")])
        for name, mine in given.items():
            teams.assign_visits(
                by=by, visits=mine, team=self.teams[key, name], pinned=False, via=self.story.via
            )

    def visit_step(self, line: Line) -> None:
        step, by, via = line.text("step"), self.story.by(line), self.story.via
        visit = self._visit(line)
        said: dict[str, Any] = {"by": by, "visit": visit, "via": via}
        if step == "finish":
            self._finish(line, said)
        elif step == "not_open":
            visits.mark_not_open(note=line.text("note"), **_where(line), **said)
        elif step == "gone":
            visits.mark_gone(note=line.text("note"), **_where(line), **said)
        elif step == "skip":
            visits.skip_visit(note=line.text("note"), **said)
        elif step == "comply":
            order = Order.objects.filter(visit=visit, status="issued").first() or _no_order(visit)
            orders.comply(by=by, order=order, note=line.text("note"), via=via)
        else:
            again = visit.look_backs.filter(status__in=("planned", "started")).first() or _no_order(visit)
            self._finish(line, {**said, "visit": again})

    def _finish(self, line: Line, said: dict[str, Any]) -> None:
        """Begun when they came, finished at the row's moment. What the row does not name was met."""
        began = line.moment("started") or clock.now()
        with clock.at(began):
            visit = visits.start_visit(**_where(line), **said)
        asked = [self._item(UUID(key)) for key in visit.asked]
        verdicts = {
            number: verdict
            for verdict in ("not_met", "put_right", "not_applicable")
            for number in line.texts(verdict)
        }
        unknown = set(verdicts) - {item.number for item in asked}
        if unknown:
            raise Problem(
                "visit.findings",
                what="strange_item",
                word="strange_item",
                items="、".join(sorted(unknown)),
                count=len(unknown),
            )
        findings = [
            FindingDraft(
                item.pk,
                verdicts.get(item.number, "met"),
                line.text("note") if item.number in verdicts else "",
            )
            for item in asked
        ]
        wrong = [
            item for item in asked if item.photo and verdicts.get(item.number) in ("not_met", "put_right")
        ]
        signer = Signer(line.text("signer"), line.text("capacity")) if line.text("signer") else None
        visits.finish_visit(
            **{**said, "visit": visit}, findings=findings, outcome=line.text("outcome"), note=line.text("note"), signer=signer,
            files=[_card(visit, item) for item in wrong],
        )  # fmt: skip

    # --- what a row names ---------------------------------------------------------------------------------------

    def _round(self, line: Line) -> Round:
        found = self.rounds.get(line.text("round"))
        if found is None:
            raise Problem("access.not_found")
        return found

    def _visit(self, line: Line) -> Visit:
        key = self.visits.get((line.text("round"), line.text("place")))
        if key is None:
            raise Problem("round.place_outside", place=line.text("place"), round=line.text("round"))
        return Visit.objects.select_related("place", "round", "campaign").get(pk=key)

    def _item(self, key: UUID) -> NormItem:
        if key not in self.items:
            self.items[key] = NormItem.objects.get(pk=key)
        return self.items[key]


def _editions(numbers: Sequence[str], day: Any) -> list[NormVersion]:
    """The editions of these norms that hold on the round's first day."""
    rows = NormVersion.objects.filter(norm__number__in=numbers, status="in_force", in_force_from__lte=day)
    latest = {row.norm_id: row for row in rows.order_by("in_force_from")}
    return list(latest.values())


def _where(line: Line) -> dict[str, Any]:
    lon, lat = line.number_of("lon"), line.number_of("lat")
    return {} if lon is None or lat is None else {"lon": float(lon), "lat": float(lat), "accuracy": 12.0}


def _no_order(visit: Visit) -> Any:
    """What the row speaks of does not exist: there is nothing to put right at this place."""
    raise Problem(
        "visit.wrong_step",
        place=visit.place.name,
        status=visit.status,
        status_word=visit.status,
        step="look_back",
    )


def _card(visit: Visit, item: NormItem) -> FileIn:
    """A card that says it is no photo, where an item demands one."""
    at = f"{clock.now():%Y-%m-%d %H:%M}"
    name = f"{visit.place.number}-{item.number}.jpg"
    return FileIn(Upload(name, photo(visit.place.number, item.text, at)), item.pk)


def person_of(people: dict[str, Person], name: str) -> Person:
    """A person by user name, read once: those of the posts, and those the sample's own tables brought in."""
    if name not in people:
        people[name] = Person.objects.select_related("unit").get(username=name)
    return people[name]
