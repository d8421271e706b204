"""What doors ask about classes and their standards: the list, one, search for a form, what shows in an address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from guatu.campaigns.models import Campaign
from guatu.cases.models import CaseClass, CaseStandard
from guatu.cases.rules.naming import key_of, pieces_of, readings
from guatu.kernel.access import Scope, require
from guatu.kernel.problems import Problem

RIGHT = "case.read"
_MOST = 12
_LOOKED_AT = 400
_ENOUGH = 12  # of a sentence cut into pairs: one in the name, or two in one condition


def class_rows(scope: Scope, campaign: Campaign) -> QuerySet[CaseClass]:
    """Every class of a campaign with the number of its standards in `standard_count`. Who may read cases may read them."""
    require(scope, RIGHT)
    rows = CaseClass.objects.filter(campaign=campaign)
    # counted beside the rows: a join would count a class once for each of its standards in the tabs
    told = CaseStandard.objects.filter(case_class=OuterRef("pk"), active=True).order_by()
    counted = told.values("case_class").annotate(n=Count("pk")).values("n")
    return rows.annotate(standard_count=Coalesce(Subquery(counted), 0))


def with_limit(rows: QuerySet[CaseClass], wanted: bool) -> QuerySet[CaseClass]:
    """Those with a limit, by the class itself or by a standard; or those without any."""
    standards = CaseStandard.objects.filter(case_class=OuterRef("pk"), active=True).exclude(stages=[])
    said = Q(limit_amount__isnull=False) | Q(Exists(standards))
    return rows.filter(said) if wanted else rows.exclude(said)


def matching(rows: QuerySet[CaseClass], text: str) -> QuerySet[CaseClass]:
    """Classes in which every word stands: in code, name, keywords, major class, or the condition of a standard."""
    for word in text.split()[:8]:
        told = CaseStandard.objects.filter(case_class=OuterRef("pk"), active=True, condition__icontains=word)
        rows = rows.filter(
            Q(code__icontains=word)
            | Q(name__icontains=word)
            | Q(name_en__icontains=word)
            | Q(keywords__icontains=word)
            | Q(major_name__icontains=word)
            | Q(description__icontains=word)
            | Exists(told)
        )
    return rows


def choices(campaign: Campaign) -> tuple[list[str], list[tuple[str, str]]]:
    """(schemes, [(kind|major code, name)]) that stand in the campaign, for the filters."""
    rows = CaseClass.objects.filter(campaign=campaign).order_by("kind", "major_code")
    schemes: dict[str, None] = {}
    majors: dict[str, str] = {}
    for scheme, kind, code, name in rows.values_list("scheme", "kind", "major_code", "major_name").distinct():
        schemes.setdefault(scheme)
        if code:
            majors[f"{scheme}|{kind}|{code}"] = f"{code} {name}"
    return sorted(schemes), list(majors.items())


def case_class(scope: Scope, class_id: UUID) -> CaseClass:
    """One class. Raises `access.not_found`."""
    found = CaseClass.objects.select_related("campaign").filter(pk=class_id).first()
    if found is None or not scope.may(RIGHT):
        raise Problem("access.not_found")
    return found


def case_standard(scope: Scope, standard_id: UUID) -> CaseStandard:
    """One standard with its class. Raises `access.not_found`."""
    rows = CaseStandard.objects.select_related("campaign", "case_class__campaign", "unit")
    found = rows.filter(pk=standard_id).first()
    if found is None or not scope.may(RIGHT):
        raise Problem("access.not_found")
    return found


def standards(row: CaseClass) -> list[CaseStandard]:
    """The standards of a class the caller may see, those in use first, in the order of the table."""
    return list(row.standards.select_related("unit").order_by("-active", "order", "id"))


def class_titles(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    """{id: title} of classes the reader may see (the subject table asks)."""
    if not scope.may(RIGHT):
        return {}
    return {
        str(row.id): f"{row.code} {row.name}"
        for row in CaseClass.objects.filter(pk__in=[each for each in ids if each])
    }


def standard_titles(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    """{id: title} of standards the reader may see (the report of an import asks)."""
    if not scope.may(RIGHT):
        return {}
    rows = CaseStandard.objects.filter(pk__in=[each for each in ids if each]).select_related("case_class")
    return {str(row.id): f"{row.case_class.name}：{row.condition}" for row in rows}


# --- choosing one for a case ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pick:
    """A class to choose, with its standards (those that match the words first). key: what `find_class` never mistakes."""

    row: CaseClass
    key: str
    score: int
    standards: tuple[CaseStandard, ...] = field(default=())


def pick(scope: Scope, campaign: Campaign, text: str, most: int = _MOST) -> list[Pick]:
    """The classes that fit the words best, with their standards; without words those most used come by their order.

    Two queries, or three. A code or name written exactly comes first, then a name that begins with the words, one that
    holds them, keywords, and at last the conditions. Chinese is written without spaces: where no class holds a word as it
    stands (“井盖缺失”), its pairs of characters are looked for, and what answers most of them comes first.
    """
    require(scope, RIGHT)
    rows = CaseClass.objects.filter(campaign=campaign, active=True)
    words = tuple(text.split()[:8])
    found = list(matching(rows, text).order_by("order", "scheme", "kind", "code")[:_LOOKED_AT])
    if not found and (pieces := pieces_of(words)) != words:
        words = pieces
        found = list(_holding_some(rows, words).order_by("order", "scheme", "kind", "code")[:_LOOKED_AT])
        told = _told(found)
        weighed = [(_shares(row, told.get(row.id, []), words), row) for row in found]
        scored = sorted((pair for pair in weighed if pair[0] >= _ENOUGH), key=lambda pair: -pair[0])[:most]
    else:
        scored = sorted(((_score(row, text, words), row) for row in found), key=lambda pair: -pair[0])[:most]
        told = _told([row for _points, row in scored])
    return [
        Pick(row, key_of(row.scheme, row.kind, row.code), points, _first_fitting(told.get(row.id, []), words))
        for points, row in scored
    ]


def _told(rows: Iterable[CaseClass]) -> dict[Any, list[CaseStandard]]:
    """{class: its standards in use}, by one query."""
    found: dict[Any, list[CaseStandard]] = {}
    wanted = CaseStandard.objects.filter(case_class__in=[row.id for row in rows], active=True)
    for each in wanted.select_related("unit").order_by("order", "id"):
        found.setdefault(each.case_class_id, []).append(each)
    return found


def _holding_some(rows: QuerySet[CaseClass], pieces: Sequence[str]) -> QuerySet[CaseClass]:
    """Classes in whose name, keywords or conditions at least one of the pieces stands."""
    wanted, told = Q(), Q()
    for piece in pieces:
        wanted |= Q(name__icontains=piece) | Q(keywords__icontains=piece)
        told |= Q(condition__icontains=piece)
    standards = CaseStandard.objects.filter(told, case_class=OuterRef("pk"), active=True)
    return rows.filter(wanted | Q(Exists(standards)))


def _shares(row: CaseClass, standards: Iterable[CaseStandard], pieces: Sequence[str]) -> int:
    """How much of the sentence a class answers: its name more than the best of its conditions."""
    named = sum(12 if piece in row.name else 8 if piece in row.keywords else 0 for piece in pieces)
    return named + max(
        (6 * sum(piece in each.condition for piece in pieces) for each in standards), default=0
    )


def _score(row: CaseClass, text: str, words: Sequence[str]) -> int:
    if any(wanted.fits(row.scheme, row.kind, row.code, row.name) for wanted in readings(text)):
        return 100
    points = 0
    for word in words:
        low = word.lower()
        if row.name.startswith(word) or row.code.startswith(word):
            points += 20
        elif word in row.name or low in row.name_en.lower():
            points += 12
        elif low in row.keywords.lower():
            points += 8
        elif word in row.major_name or word in row.description:
            points += 3
    return points


def _first_fitting(rows: list[CaseStandard], words: Sequence[str]) -> tuple[CaseStandard, ...]:
    """Standards whose condition holds the words before the others."""
    return tuple(sorted(rows, key=lambda row: -sum(word in row.condition for word in words)))
