"""Which unit a case goes to: the campaign's rules as they stand, the proposal for a case, and trials on cases that were."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from guatu.campaigns.models import Campaign, Phase
from guatu.cases.models import Case, CaseClass, CaseStandard, RoutingRule
from guatu.cases.reads.lists import cases
from guatu.cases.rules import SOURCES
from guatu.cases.rules.conditions import Matter, Target, World
from guatu.cases.rules.routing import Decision, Past, Rule, Trial, decide, decision_of, read_rule, try_rules
from guatu.duty.reads import on_duty
from guatu.kernel import calendar, clock
from guatu.kernel.access import Scope
from guatu.kernel.workcalendar import WorkCalendar
from guatu.places import reads as places
from guatu.places.models import Zone
from guatu.units.models import Person, Unit

UNDISPATCHED = ("reported", "confirmed", "filed", "returned")
MOST_TRIED = 20000  # cases a trial reads; a page must answer while somebody waits
TRIAL_DAYS = (7, 30, 90)


@dataclass(frozen=True)
class Ruling:
    """The rules of one campaign as they stand, ready to be asked."""

    campaign: Campaign
    world: World
    rows: tuple[RoutingRule, ...]
    rules: tuple[Rule, ...]
    guarantees: tuple[tuple[dt.date, dt.date], ...] = ()
    calendar: WorkCalendar = field(default_factory=calendar.current)

    @property
    def broken(self) -> list[tuple[RoutingRule, Rule]]:
        """Rules in use that cannot be applied."""
        pairs = zip(self.rows, self.rules, strict=True)
        return [(row, rule) for row, rule in pairs if rule.active and rule.flaws]

    def matter(self, case: Case, at: dt.datetime | None = None) -> Matter:
        """The case as rules see it at a moment (default: now)."""
        moment = clock.local(at or clock.now())
        kind, place = case.case_class, case.place
        about = place.attributes if place is not None and isinstance(place.attributes, dict) else {}
        return Matter(
            at=moment,
            class_scheme=kind.scheme if kind else "", class_kind=kind.kind if kind else "",
            class_code=case.class_code, class_major=kind.major_code if kind else "",
            area=case.area, title=case.title, description=case.description, address=case.address, source=case.source,
            place=(str(place.id), place.number) if place else (),
            place_kind=place.kind if place else "",
            place_category=str(about.get("category") or ""), place_industry=str(about.get("industry") or ""),
            working=self.working(moment), guarantee=self.guaranteed(moment.date()),
            standard_unit=self._standard_unit(case), key=case.id,
        )  # fmt: skip

    def _standard_unit(self, case: Case) -> str:
        unit = case.standard.unit if case.standard is not None else None
        return unit.code if unit is not None else ""

    def decision(self, case: Case, at: dt.datetime | None = None) -> Decision:
        return decide(self.rules, self.matter(case, at), self.world)

    def working(self, moment: dt.datetime) -> bool:
        """Whether a moment lies in working time; a day the calendar does not know counts by its weekday."""
        known = self.calendar.is_workday(moment.date())
        day = known if known is not None else moment.isoweekday() <= 5
        return day and any(opens <= moment.time() < closes for opens, closes in self.calendar.slots)

    def guaranteed(self, day: dt.date) -> bool:
        return any(first <= day <= last for first, last in self.guarantees)


def rule_rows(campaign: Campaign) -> list[RoutingRule]:
    """The rules in the order in which they are asked."""
    return list(
        RoutingRule.objects.filter(campaign=campaign).select_related("unit").order_by("order", "code")
    )


def rule_data(row: RoutingRule) -> dict[str, Any]:
    """A rule as `rules.routing.read_rule` reads it, and as the ledger keeps it."""
    return {
        "code": row.code,
        "name": row.name,
        "conditions": row.conditions,
        "unit": row.unit.code if row.unit is not None else "",
        "to": row.to,
        "role": row.role,
        "active": row.active,
        "order": row.order,
        "version": row.version,
    }


def world_of(campaign: Campaign) -> World:
    """What exists for rules to name. Four queries, whatever their number."""
    units: dict[str, Target] = {}
    streets: dict[str, list[str]] = defaultdict(list)
    preferred: dict[str, list[str]] = defaultdict(list)
    for code, name, short, active, area, kind in Unit.objects.order_by("path").values_list(
        "code", "name", "short_name", "active", "area", "kind"
    ):
        units[code] = Target(code, short or name, active)
        if len(area) == 9 and active:
            (preferred if kind in ("street", "town") else streets)[area].append(code)
    classes = CaseClass.objects.filter(campaign=campaign, active=True)
    known = list(classes.values_list("scheme", "kind", "code", "major_code"))
    named: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    standards = CaseStandard.objects.filter(campaign=campaign, unit__isnull=False)
    for scheme, kind, code, unit in standards.values_list(
        "case_class__scheme", "case_class__kind", "case_class__code", "unit__code"
    ).distinct():
        named[scheme, kind, code].append(unit)
    return World(
        units=units,
        classes=frozenset((scheme, kind, code) for scheme, kind, code, _major in known),
        majors=frozenset(major for *_rest, major in known if major),
        zones={code: tuple(areas) for code, areas in Zone.objects.values_list("code", "areas")},
        sources=tuple(SOURCES),
        # the street's government before a bureau that happens to sit there
        streets={area: tuple(codes) for area, codes in ({**streets, **preferred}).items()},
        class_units={key: tuple(codes) for key, codes in named.items()},
        knows_area=lambda code: code in places.names(),
    )


def ruling(campaign: Campaign) -> Ruling:
    """The rules of a campaign with the world they stand in. Six queries."""
    world, rows = world_of(campaign), rule_rows(campaign)
    periods = Phase.objects.filter(campaign=campaign, guarantee=True).values_list("starts_on", "ends_on")
    return Ruling(
        campaign, world, tuple(rows), tuple(read_rule(rule_data(row), world) for row in rows), tuple(periods)
    )


def kept_decision(case: Case) -> Decision | None:
    """The decision as it was when the case was dispatched."""
    return decision_of(case.routed) if case.routed else None


def duty_of(unit_code: str, role: str = "", at: dt.datetime | None = None) -> list[Person]:
    """Who is on duty for a unit (by its code) now, in a role when one is given; empty for no unit."""
    unit = Unit.objects.filter(code=unit_code).first() if unit_code else None
    return on_duty(unit, at or clock.now(), role) if unit is not None else []


def broken_rules(campaigns: Sequence[Campaign] | None = None) -> list[tuple[RoutingRule, Rule]]:
    """Rules in use that cannot be applied, of the given campaigns or of all: `guatu check` and the pages tell them."""
    wanted = RoutingRule.objects.filter(active=True)
    if campaigns is not None:
        wanted = wanted.filter(campaign__in=campaigns)
    ids = list(wanted.order_by().values_list("campaign_id", flat=True).distinct())
    return [pair for campaign in Campaign.objects.filter(id__in=ids) for pair in ruling(campaign).broken]


# --- trials ------------------------------------------------------------------------------------------------------

_FIELDS = (
    "id", "class_code", "case_class__scheme", "case_class__kind", "case_class__major_code", "area", "title",
    "description", "address", "source", "place_id", "place__number", "place__kind", "place__attributes", "opened_at",
    "dispatched_at", "unit__code", "standard__unit__code",
)  # fmt: skip


def past_cases(scope: Scope, now: Ruling, days: int) -> Iterator[Past]:
    """Cases opened in the last days that the reader may see, newest first, with the unit people gave them to.

    The moment they are judged at is that of their dispatch, else of their opening: as it was, not as it is now.
    """
    since = clock.now() - dt.timedelta(days=days)
    rows = cases(scope, now.campaign).filter(opened_at__gte=since).exclude(status__in=("void", "duplicate"))
    rows = rows.select_related(None).order_by("-opened_at", "-id")
    for row in rows.values_list(*_FIELDS)[:MOST_TRIED].iterator(chunk_size=2000):
        yield _past(dict(zip(_FIELDS, row, strict=True)), now)


def _past(row: Mapping[str, Any], now: Ruling) -> Past:
    at = clock.local(row["dispatched_at"] or row["opened_at"])
    about = row["place__attributes"] if isinstance(row["place__attributes"], dict) else {}
    matter = Matter(
        at=at,
        class_scheme=row["case_class__scheme"] or "", class_kind=row["case_class__kind"] or "",
        class_code=row["class_code"], class_major=row["case_class__major_code"] or "", area=row["area"],
        title=row["title"], description=row["description"], address=row["address"], source=row["source"],
        place=(str(row["place_id"]), row["place__number"]) if row["place_id"] else (),
        place_kind=row["place__kind"] or "", place_category=str(about.get("category") or ""),
        place_industry=str(about.get("industry") or ""), working=now.working(at),
        guarantee=now.guaranteed(at.date()), standard_unit=row["standard__unit__code"] or "", key=row["id"],
    )  # fmt: skip
    return Past(matter, row["unit__code"] or "")


def with_change(now: Ruling, changed: Mapping[str, Any], position: int | None = None) -> list[Rule]:
    """The list as it would be with one rule new or changed (same code), at a position (0 is first) when one is given."""
    rule = read_rule(changed, now.world)
    codes = [each.code for each in now.rules]
    at = codes.index(rule.code) if rule.code in codes else len(codes)
    found = [each for each in now.rules if each.code != rule.code]
    found.insert(min(at if position is None else position, len(found)), rule)
    return found


def trial(scope: Scope, now: Ruling, after: Sequence[Rule], days: int) -> Trial:
    """What a changed list would have done to the cases of the last days, beside the list as it stands."""
    return try_rules(now.rules, after, past_cases(scope, now, days), now.world)


def trial_cases(scope: Scope, ids: Sequence[Any]) -> dict[Any, Case]:
    """The cases a trial names, to be linked."""
    return cases(scope).in_bulk(ids)


def rules_seen(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    """{id: name} of the rules the reader may see (the subject table asks)."""
    rows = RoutingRule.objects.filter(pk__in=list(ids)).select_related("campaign")
    return {str(row.id): row.name for row in rows if scope.allows("case.route", area=row.campaign.area)}
