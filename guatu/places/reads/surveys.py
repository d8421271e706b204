"""The survey: who may say something of a place, what was said on a day, who still has to go."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Length

from guatu.kernel import clock
from guatu.kernel.access import Scope, visible_to, within
from guatu.kernel.problems import Problem
from guatu.places.facts import SurveyRow
from guatu.places.models import Place, PlaceSurvey
from guatu.places.rules import SURVEY_KINDS

RIGHT = "place.survey"
# who is paired with a whole area looks after it, but is not the one who walks past its shops
_NOT_WALKING = ("pairing",)


def answered_for(person_id: UUID) -> Q:
    """The condition that somebody answers for a place today: by a contract of the place, or one over the neighbourhood or
    grid it lies in. One query (the areas); contracts belong to a room above and are asked through the relation."""
    today = clock.today()
    contracts = Place._meta.get_field("contracts").related_model._base_manager
    held = contracts.filter(
        Q(to_day=None) | Q(to_day__gte=today), person_id=person_id, ended=False, from_day__lte=today
    )
    around = held.filter(place=None).exclude(kind__in=_NOT_WALKING)
    codes = around.annotate(digits=Length("area")).filter(digits__gte=12).values_list("area", flat=True)
    condition = Q(id__in=held.exclude(place=None).values("place_id"))
    for code in sorted(set(codes)):
        condition |= within("area", code)
    return condition


def answers_for(person_id: UUID, place: Place) -> bool:
    """Whether somebody answers for a place, or for the building or market it is in."""
    wanted = [key for key in (place.id, place.within_id) if key is not None]
    return Place.objects.filter(answered_for(person_id), id__in=wanted).exists()


def may_survey(scope: Scope, place: Place) -> bool:
    """By the right in the area, or because it is one's own place."""
    if place.withdrawn:
        return False
    if scope.allows(RIGHT, area=place.area):
        return True
    return scope.person_id is not None and answers_for(scope.person_id, place)


def visible_surveys(scope: Scope) -> QuerySet[PlaceSurvey]:
    """The surveys of the places this person may see, those taken back included."""
    return visible_to(PlaceSurvey.objects.select_related("place"), scope, "place.read")


def survey(scope: Scope, survey_id: UUID | str) -> PlaceSurvey:
    """One survey: of a place one sees, or one's own word. Raises `access.not_found`."""
    row = PlaceSurvey.objects.select_related("place").filter(id=survey_id).first()
    if row is None or not (scope.allows("place.read", area=row.area) or row.by_id == scope.person_id):
        raise Problem("access.not_found")
    return row


def surveys_seen(scope: Scope, survey_ids: Iterable[str]) -> dict[str, str]:
    rows = visible_surveys(scope).filter(id__in=list(survey_ids))
    return {str(row.id): f"{row.place.name} {row.on_day}" for row in rows}


def survey_rows(survey_ids: Iterable[str]) -> list[SurveyRow]:
    """Surveys as the figures see them. One query."""
    rows = PlaceSurvey.objects.select_related("place").filter(id__in=list(survey_ids))
    return [
        SurveyRow(
            id=row.id,
            home=row.home,
            place=str(row.place_id),
            kind=row.place.kind,
            area=row.area,
            on_day=row.on_day,
            outcome=row.outcome,
            opened=row.opened,
            closed=row.closed,
            households=row.households,
            withdrawn=row.withdrawn,
        )
        for row in rows
    ]


# ------------------------------------------------------------------------------------- the standing of a day


def to_survey(rows: QuerySet[Place]) -> QuerySet[Place]:
    """Of some places, those that are walked past every day: buildings, shops, markets, communities in business. What is
    inside one of them is looked at with it."""
    return rows.filter(kind__in=SURVEY_KINDS, within=None, withdrawn=False, closed_on=None)


@dataclass(frozen=True)
class Standing:
    """How far the survey of a day is, in one area, kind or person. households: looked at in all."""

    code: str
    total: int = 0
    surveyed: int = 0
    not_reached: int = 0
    opened: int = 0
    closed: int = 0
    households: int = 0

    @property
    def left(self) -> int:
        return max(self.total - self.surveyed, 0)


def said_on(scope: Scope, area: str, day: dt.date) -> QuerySet[PlaceSurvey]:
    """What was said on a day of the places in an area."""
    rows = visible_to(PlaceSurvey.objects.filter(on_day=day, withdrawn=False), scope, "place.read")
    return rows.filter(within("area", area))


def left_on(scope: Scope, area: str, day: dt.date) -> QuerySet[Place]:
    """The places still to be walked past that day; those where nobody could get in are among them."""
    said = PlaceSurvey.objects.filter(place=OuterRef("id"), on_day=day, withdrawn=False)
    rows = to_survey(visible_to(Place.objects.filter(within("area", area)), scope, "place.read"))
    return rows.filter(~Exists(said.exclude(outcome="not_reached")))


# what counts as walked past: the same places as the total, as they stand now
_WALKED = Q(place__kind__in=SURVEY_KINDS, place__within=None, place__withdrawn=False, place__closed_on=None)
_SUMS = {
    "number": Count("id", filter=_WALKED), "opened_sum": Sum("opened"), "closed_sum": Sum("closed"),
    "households_sum": Sum("households"),
}  # fmt: skip


def standings(scope: Scope, area: str, day: dt.date, length: int = 20) -> dict[str, list[Standing]]:
    """The standing of a day in an area by `area` (codes cut to `length`), by `kind` of place, and by `person` (without totals:
    who said it; "" for the system). Two queries, whatever the number of places: totals, and what was said."""
    found: dict[str, dict[str, Counter[str]]] = {
        name: defaultdict(Counter) for name in ("area", "kind", "person")
    }
    rows = to_survey(visible_to(Place.objects.filter(within("area", area)), scope, "place.read"))
    for code, kind, number in rows.order_by().values_list("area", "kind").annotate(number=Count("id")):
        found["area"][code[:length]]["total"] += number
        found["kind"][kind]["total"] += number
    said = said_on(scope, area, day).order_by().values_list("place__area", "place__kind", "by_id", "outcome")
    for code, kind, person, outcome, number, *sums in said.annotate(**_SUMS):
        for name, key in (("area", code[:length]), ("kind", kind), ("person", str(person or ""))):
            entry = found[name][key]
            entry["surveyed" if outcome != "not_reached" else "not_reached"] += number
            for measure, amount in zip(("opened", "closed", "households"), sums, strict=True):
                entry[measure] += amount or 0
    return {
        name: [Standing(key, **entry) for key, entry in sorted(groups.items())]
        for name, groups in found.items()
    }


def whole(lines: Iterable[Standing], code: str = "") -> Standing:
    """Several standings as one."""
    lines = list(lines)
    names = ("total", "surveyed", "not_reached", "opened", "closed", "households")
    return Standing(code, **{name: sum(getattr(line, name) for line in lines) for name in names})
