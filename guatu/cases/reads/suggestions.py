"""Class and unit as past cases suggest them. Shown, never applied: people choose."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from guatu.campaigns.models import Campaign
from guatu.cases.learning import Example, Learned, fetch
from guatu.cases.models import Case, CaseClass, Suggester, SuggestionUse
from guatu.cases.reads.lists import cases
from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem
from guatu.units.models import Unit

WHAT = ("class", "unit")
_WORTH_SAYING = 0.1  # below this a suggestion is noise
_SECOND = 0.03  # below this an alternative is none


@dataclass(frozen=True)
class Choice:
    """One thing suggested. key: what an act takes (scheme|kind|code of a class, code of a unit)."""

    key: str
    name: str
    name_en: str
    confidence: float
    row: Any = None

    @property
    def percent(self) -> int:
        return min(99, round(self.confidence * 100))  # a guess is never certain


@dataclass(frozen=True)
class Suggestion:
    """What is suggested, how sure, from how many cases until when, and the likest of those the reader may see."""

    what: str
    choices: tuple[Choice, ...]
    examples: int
    until: dt.datetime
    suggester: Suggester
    similar: tuple[Case, ...] = ()

    @property
    def best(self) -> Choice:
        return self.choices[0]


def class_key(row: CaseClass) -> str:
    return f"{row.scheme}|{row.kind}|{row.code}"


def example_of(case: Case, what: str, outcome: str = "") -> Example:
    """A case as learning sees it: its words, where it lies, whence it came, what kind of place; for the unit its class."""
    return example(
        case.title, case.description, case.area, case.address, case.source,
        case.place.kind if case.place is not None else "", case.class_code if what == "unit" else "",
        outcome=outcome, key=str(case.id),
    )  # fmt: skip


def example(
    title: str, description: str = "", area: str = "", address: str = "", source: str = "", place_kind: str = "",
    class_code: str = "", *, outcome: str = "", key: str = "",
) -> Example:  # fmt: skip
    marks = [f"area:{area[:9]}"] if area else []
    marks += [f"source:{source}"] if source else []
    marks += [f"place:{place_kind}"] if place_kind else []
    marks += [f"class:{class_code}"] if class_code else []
    return Example(f"{title}\n{description}\n{address}"[:4000], tuple(marks), outcome, key)


def suggesters(campaign: Campaign) -> list[Suggester]:
    return list(Suggester.objects.filter(campaign=campaign).order_by("what"))


def learned(row: Suggester) -> Learned:
    """What was learned, checked against its fingerprint. Raises `suggestion.tampered`."""
    return fetch(row.file, row.sha256)


def suggest(scope: Scope, row: Suggester, asked: Example, *, similar: int = 3) -> Suggestion | None:
    """What one suggester says of a text; None when it says nothing worth saying. Raises `suggestion.tampered`."""
    model = learned(row)
    found = _choices(row, model.suggest(asked, most=5))[:3]
    choices = [each for place, each in enumerate(found) if place == 0 or each.confidence >= _SECOND]
    if not choices or choices[0].confidence < _WORTH_SAYING:
        return None
    near = _similar(scope, row.campaign, model, asked, similar) if similar else ()
    return Suggestion(row.what, tuple(choices), row.examples, row.until, row, near)


def suggest_text(
    scope: Scope, campaign: Campaign, *, title: str, description: str = "", area: str = "", address: str = "",
    source: str = "",
) -> list[Suggestion]:  # fmt: skip
    """Class and unit for a case that is being written. Nothing for less than two characters."""
    if len(title.strip()) + len(description.strip()) < 2:
        return []
    asked = example(title, description, area, address, source)
    return [found for row in suggesters(campaign) if (found := suggest(scope, row, asked)) is not None]


def suggest_case(scope: Scope, case: Case, whats: Sequence[str] = WHAT) -> list[Suggestion]:
    """Class and unit for a case that is there."""
    rows = [row for row in suggesters(case.campaign) if row.what in whats]
    return [found for row in rows if (found := suggest(scope, row, example_of(case, row.what))) is not None]


def _choices(row: Suggester, found: Sequence[tuple[str, float]]) -> list[Choice]:
    """With names; a class or unit that is closed by now is not suggested."""
    keys = [key for key, _share in found]
    if row.what == "unit":
        units = {unit.code: unit for unit in Unit.objects.filter(code__in=keys, active=True)}
        return [
            Choice(key, str(units[key]), str(units[key]), share, units[key])
            for key, share in found
            if key in units
        ]
    codes = [key.rsplit("|", 1)[-1] for key in keys]
    rows = CaseClass.objects.filter(campaign_id=row.campaign_id, code__in=codes, active=True)
    classes = {class_key(each): each for each in rows}
    return [
        Choice(key, classes[key].name, classes[key].name_en or classes[key].name, share, classes[key])
        for key, share in found
        if key in classes
    ]


def _similar(scope: Scope, campaign: Campaign, model: Learned, asked: Example, most: int) -> tuple[Case, ...]:
    """The likest closed cases that this reader may see, likest first; the case itself is not one of them."""
    near = [UUID(key) for key, _likeness in model.similar(asked) if key and key != asked.key]
    rows = cases(scope, campaign).select_related(None).select_related("unit", "case_class").in_bulk(near)
    return tuple(rows[key] for key in near if key in rows)[:most]


@dataclass(frozen=True)
class Worth:
    """How one suggester has done: measured when it was learned, and as people then chose. fault: why it is not used."""

    row: Suggester
    used: int
    accepted: int
    clicked: int
    fault: Problem | None = None


def worth(campaign: Campaign) -> list[Worth]:
    """Every suggester of a campaign with what came of its suggestions."""
    rows = Suggester.objects.filter(campaign=campaign).annotate(
        used=Count("uses"),
        taken=Count("uses", filter=Q(uses__accepted=True)),
        pressed=Count("uses", filter=Q(uses__clicked=True)),
    )
    return [
        Worth(row, row.used, row.taken, row.pressed, fault_of(row))
        for row in rows.order_by("what")
    ]  # fmt: skip


def fault_of(row: Suggester) -> Problem | None:
    """Why what was learned cannot be used; None when it can."""
    try:
        learned(row)
    except Problem as problem:
        return problem
    return None


def faults() -> list[Problem]:
    """What is wrong with learned files in the whole store (`guatu check`)."""
    return [
        found for row in Suggester.objects.select_related("campaign") if (found := fault_of(row)) is not None
    ]


def uses(campaign: Campaign) -> list[SuggestionUse]:
    """The latest suggestions that people did not follow, with their cases: where the learning is wrong."""
    rows = SuggestionUse.objects.filter(suggester__campaign=campaign, accepted=False)
    return list(rows.select_related("case", "suggester").order_by("-at")[:50])
