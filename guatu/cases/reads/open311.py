"""What anybody may know of cases: the classes that are public, and the cases of those classes.

There is no reader here whose scope could be asked: whoever comes is nobody. So every question starts from `public_cases`,
the one condition under which a case is shown outside.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from guatu.campaigns.models import Campaign
from guatu.cases.models import Case, CaseClass, Comment, Step
from guatu.cases.rules import OPEN, SETTLED
from guatu.cases.rules.questions import Question, read_questions
from guatu.places.models import Place

NEVER = ("void", "withdrawn")  # never was a matter, or is none any more
# Whose words these are was known when they were written: people outside, or an inspector on the street. What the hotline,
# a leader or another platform wrote down was not meant for everybody, so only the class of such a case is told.
WRITTEN_FOR_ALL = ("open311", "public", "patrol")


@dataclass(frozen=True)
class Service:
    """A class of cases as people outside see it: its code is unique within the campaign."""

    code: str
    row: CaseClass
    questions: tuple[Question, ...] = ()

    def name(self, english: bool) -> str:
        return self.row.name_en if english and self.row.name_en else self.row.name


def jurisdictions() -> list[Campaign]:
    """The campaigns that have a class anybody may report."""
    open_class = CaseClass.objects.filter(campaign=OuterRef("pk"), public=True, active=True)
    return list(Campaign.objects.filter(Exists(open_class)).order_by("code"))


def services(campaign: Campaign) -> list[Service]:
    """The public classes of a campaign, also those closed to new reports (`row.active`), in the campaign's order.

    The code is the class's own where no other class of the campaign has it, then “kind:code”, then the full key; counted
    over all classes, so that making one public never renames another.
    """
    public = CaseClass.objects.filter(campaign=campaign, public=True).values("code")
    rows = list(CaseClass.objects.filter(campaign=campaign, code__in=public).order_by("order", "code", "id"))
    codes = Counter(row.code for row in rows)
    kinds = Counter((row.kind, row.code) for row in rows)
    return [
        Service(_code(row, codes, kinds), row, read_questions(row.questions)) for row in rows if row.public
    ]


def _code(row: CaseClass, codes: Counter[str], kinds: Counter[tuple[str, str]]) -> str:
    if codes[row.code] == 1:
        return row.code
    if row.kind and kinds[row.kind, row.code] == 1:
        return f"{row.kind}:{row.code}"
    return f"{row.scheme}|{row.kind}|{row.code}"


def public_cases(campaign: Campaign) -> QuerySet[Case]:
    """The cases shown to everybody: of a public class, not private, not void, not withdrawn."""
    return (
        Case.objects.filter(campaign=campaign, private=False, case_class__public=True)
        .exclude(status__in=NEVER)
        .select_related("unit", "place")
    )


@dataclass(frozen=True)
class Wanted:
    """Which requests are asked for. Empty or None: not asked about. bbox: lon, lat, lon, lat."""

    numbers: Sequence[str] = ()
    classes: Sequence[UUID] | None = None
    statuses: Sequence[str] = ()  # open, closed
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    updated_after: dt.datetime | None = None
    updated_before: dt.datetime | None = None
    bbox: tuple[float, float, float, float] | None = None


def requests(campaign: Campaign, wanted: Wanted) -> QuerySet[Case]:
    """The public cases asked for, newest first. Numbers override everything else."""
    rows = public_cases(campaign).order_by("-opened_at", "-id")
    if wanted.numbers:
        return rows.filter(number__in=list(wanted.numbers))
    if wanted.classes is not None:
        rows = rows.filter(case_class_id__in=list(wanted.classes))
    if wanted.statuses and set(wanted.statuses) != {"open", "closed"}:
        rows = rows.filter(status__in=OPEN if "open" in wanted.statuses else SETTLED)
    spans = (("opened_at__gte", wanted.start), ("opened_at__lte", wanted.end),
             ("last_step_at__gte", wanted.updated_after), ("last_step_at__lte", wanted.updated_before))  # fmt: skip
    rows = rows.filter(**{name: moment for name, moment in spans if moment is not None})
    if wanted.bbox is not None:
        west, south, east, north = wanted.bbox
        rows = rows.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    return rows


def request(campaign: Campaign, number: str) -> Case | None:
    """One public case by its number; None when there is none that may be shown."""
    return public_cases(campaign).filter(number=number).first()


def place_of(campaign: Campaign, number: str) -> Place | None:
    """A place in the campaign's area by its number (Open311's address_id); None when it is not known or ambiguous."""
    rows = Place.objects.filter(
        Q(campaign=campaign) | Q(campaign=None),
        number=number,
        withdrawn=False,
        area__startswith=campaign.area,
    )[:2]
    found = list(rows)
    return found[0] if len(found) == 1 else None


# --- updates -----------------------------------------------------------------------------------------------------

# Steps that change nothing for people outside.
_INWARD = ("report", "contact", "stage", "reclassify", "hand_over", "recall", "unmerge")


@dataclass(frozen=True)
class Update:
    """Something that happened to a public case, fit to be told. step: "" for a comment; to_status: as it stood then."""

    id: UUID
    number: str
    step: str
    to_status: str
    at: dt.datetime
    text: str = ""  # words meant for everybody; "" where the status says it all
    result: str = ""
    media: tuple[str, ...] = ()
    class_id: UUID | None = None


def updates(
    campaign: Campaign,
    *,
    start: dt.datetime | None = None,
    end: dt.datetime | None = None,
    numbers: Sequence[str] = (),
    most: int = 1000,
) -> list[Update]:
    """What happened to public cases within a span, the first thing first: steps, and comments meant for everybody.

    The notes of steps are words among colleagues and never told; what people outside are told is the case's public note.
    Two queries.
    """
    seen = public_cases(campaign)
    if numbers:
        seen = seen.filter(number__in=list(numbers))
    return _updates(Q(case__in=seen.order_by().values("pk")), start, end, most)


def updates_of(ids: Iterable[UUID]) -> dict[UUID, list[Update]]:
    """The same of given cases, which the caller has from `public_cases`: case id → updates. Two queries."""
    wanted = list(ids)
    found: dict[UUID, list[Update]] = defaultdict(list)
    names = dict(Case.objects.filter(pk__in=wanted).values_list("number", "pk"))
    for each in _updates(Q(case__in=wanted), None, None, None):
        found[names[each.number]].append(each)
    return found


def _updates(of: Q, start: dt.datetime | None, end: dt.datetime | None, most: int | None) -> list[Update]:
    span = Q()
    if start is not None:
        span &= Q(at__gte=start)
    if end is not None:
        span &= Q(at__lte=end)
    steps = Step.objects.filter(of & span).exclude(step__in=_INWARD).exclude(to_status__in=NEVER)
    standing = Step.objects.filter(case=OuterRef("case"), at__lte=OuterRef("at")).order_by("-at", "-id")
    comments = Comment.objects.filter(of & span, public=True, withdrawn=False).annotate(
        standing=Subquery(standing.values("to_status")[:1])
    )
    found = [_of_step(row) for row in steps.select_related("case").order_by("at", "id")[:most]]
    found += [
        Update(
            row.id, row.case.number, "", row.standing or "reported", row.at, row.text,
            media=tuple(row.peer_update.media) if hasattr(row, "peer_update") else (),
            class_id=row.case.case_class_id,
        )
        for row in comments.select_related("case", "peer_update").order_by("at", "id")[:most]
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.at, str(each.id)))[:most]


def _of_step(row: Step) -> Update:
    case = row.case
    ends = row.to_status in SETTLED and row.to_status == case.status
    return Update(
        row.id, case.number, row.step, row.to_status, row.at, case.public_note if ends else "",
        case.result if ends else "", class_id=case.case_class_id,
    )  # fmt: skip


# --- for the desk ------------------------------------------------------------------------------------------------


def answers_of(case: Case, *, english: bool = False) -> list[tuple[str, str]]:
    """(question, answer) of a case the caller may see, in the order asked; answers nobody asked for follow, by code."""
    asked = read_questions(case.case_class.questions) if case.case_class is not None else ()
    found: list[tuple[str, str]] = []
    for question in asked:
        answer = case.answers.get(question.code)
        if answer is None:
            continue
        keys = answer if isinstance(answer, list) else [answer]
        label = (question.description_en if english else "") or question.description or question.code
        found.append((label, "、".join(question.name_of(str(key), english=english) for key in keys)))
    known = {question.code for question in asked} | {"media_url"}
    found += [(code, str(answer)) for code, answer in case.answers.items() if code not in known]
    return found
