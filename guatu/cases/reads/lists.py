"""Every question doors ask about cases. All take the reader's scope first; nothing here writes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from guatu.campaigns.models import Campaign
from guatu.cases.models import Case, CaseClass, Exchange, ExchangeLine, Step
from guatu.cases.reads.sight import RIGHT, sight
from guatu.cases.rules import upper_line
from guatu.files.models import Attachment
from guatu.kernel import clock
from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem
from guatu.units.models import Unit


def cases(
    scope: Scope, campaign: Campaign | None = None, *, right: str = RIGHT, units: Sequence[Unit] | None = None
) -> QuerySet[Case]:
    """The cases this reader may see, with what a list shows of them. units: all there are, if read already."""
    rows = Case.objects.select_related("unit", "taker", "handler", "finder")
    if campaign is not None:
        rows = rows.filter(campaign=campaign)
    return rows.filter(sight(scope, right, units))


def case(scope: Scope, case_id: UUID, *, right: str = RIGHT) -> Case:
    """One case. Raises `access.not_found`, also for what lies out of scope."""
    rows = Case.objects.select_related(
        "campaign",
        "unit",
        "place",
        "case_class",
        "standard",
        "finder__unit",
        "taker__unit",
        "handler__unit",
        "checker__unit",
    )
    found = rows.filter(sight(scope, right)).filter(pk=case_id).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def titles(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    """{id: title} of those the reader may see (the subject table asks)."""
    rows = Case.objects.filter(pk__in=list(ids)).filter(sight(scope))
    return {str(row.id): str(row) for row in rows}


def rows_for_facts(ids: Iterable[str]) -> QuerySet[Case]:
    """Rows as `facts.facts_of` reads them."""
    return Case.objects.filter(pk__in=list(ids)).select_related("unit")


# --- what forms offer --------------------------------------------------------------------------------------------


def classes(campaign: Campaign) -> list[CaseClass]:
    return list(CaseClass.objects.filter(campaign=campaign).order_by("order", "code"))


def class_names(campaign: Campaign, language: str = "zh") -> dict[str, str]:
    """{code: name} in the reader's language; a code that two numberings or kinds use names both."""
    return names_by_code(classes(campaign), language)


def names_by_code(rows: Iterable[CaseClass], language: str = "zh") -> dict[str, str]:
    """The same of classes that are there already."""
    found: dict[str, list[str]] = {}
    for row in rows:
        said, name = (
            found.setdefault(row.code, []),
            row.name if language.startswith("zh") else row.name_en or row.name,
        )
        if name not in said:
            said.append(name)
    return {code: " / ".join(names) for code, names in found.items()}


def units_for_dispatch() -> list[Unit]:
    return list(Unit.objects.filter(active=True).order_by("path"))


def all_units() -> list[Unit]:
    """Every unit, closed ones too, in the order of their paths: what one page asks of units, asked once."""
    return list(Unit.objects.order_by("path"))


# --- the record page ---------------------------------------------------------------------------------------------


def steps(row: Case) -> list[Step]:
    """The steps of a case the caller may see, newest first."""
    return list(row.steps.select_related("by__unit", "unit").order_by("-at", "-id"))


def photos(row: Case) -> dict[str, list[Attachment]]:
    """Attachments of a case the caller may see, by purpose: before, after, check, and the rest."""
    found: dict[str, list[Attachment]] = defaultdict(list)
    rows = Attachment.objects.filter(subject_type="case", subject_id=str(row.id), withdrawn=False)
    for each in rows.order_by("made_at", "id"):
        found[each.purpose].append(each)
    return found


# --- the platform above ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UpperLine:
    """One line of the next file, and whether it was sent before with other contents."""

    case_id: UUID
    number: str
    title: str
    content: dict[str, str]
    sent_before: bool
    changed: tuple[str, ...] = field(default=())


def waiting_to_send(
    scope: Scope, campaign: Campaign, source: str, *, everything: bool = False
) -> list[UpperLine]:
    """What the next file for the platform above would say: cases with an upper number whose line differs from the one
    last sent. Four queries, however many cases."""
    rows = list(
        cases(scope, campaign, right="case.export")
        .filter(source=source)
        .exclude(upper_number="")
        .order_by("number")
    )
    ids = [row.id for row in rows]
    sent = _last_sent(campaign, source)
    notes, pictures = _last_notes(ids), _after_names(ids)
    lines = []
    for row in rows:
        steps_said = notes.get(row.id, {})
        content = upper_line(
            upper_number=row.upper_number,
            number=row.number,
            status=row.status,
            handled_at=clock.local(row.handled_at) if row.handled_at else None,
            unit=str(row.unit or ""),
            note=steps_said.get("handle", ""),
            photos=pictures.get(row.id, []),
            reason=steps_said.get("reject", "") or steps_said.get("void", ""),
        )
        before = sent.get(row.id)
        if before is None and row.status == "void":
            continue  # never told above, so there is nothing to take back
        changed = tuple(name for name in content if before is not None and before.get(name) != content[name])
        if everything or before is None or changed:
            lines.append(UpperLine(row.id, row.number, row.title, content, before is not None, changed))
    return lines


def _last_sent(campaign: Campaign, source: str) -> dict[UUID, Mapping[str, str]]:
    newest = ExchangeLine.objects.filter(
        case=OuterRef("case"), exchange__campaign=campaign, exchange__source=source
    ).order_by("-exchange__sent_at", "-exchange__id")
    lines = ExchangeLine.objects.filter(
        exchange__campaign=campaign, exchange__source=source, id=Subquery(newest.values("id")[:1])
    )
    return dict(lines.values_list("case_id", "content"))


def _last_notes(ids: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    found: dict[UUID, dict[str, str]] = defaultdict(dict)
    wanted = Step.objects.filter(case_id__in=ids, step__in=("handle", "reject", "void")).order_by("at", "id")
    for case_id, step, note in wanted.values_list("case_id", "step", "note"):
        found[case_id][step] = note
    return found


def _after_names(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = Attachment.objects.filter(
        subject_type="case", subject_id__in=[str(each) for each in ids], purpose="after", withdrawn=False
    )
    for subject_id, name in rows.order_by("made_at", "id").values_list("subject_id", "name"):
        found[UUID(subject_id)].append(name)
    return found


def exchanges(scope: Scope, campaign: Campaign) -> QuerySet[Exchange]:
    """Files made for the platform above, newest first."""
    rows = Exchange.objects.filter(campaign=campaign).select_related("by__unit").order_by("-sent_at", "-id")
    return rows if scope.allows("case.export", area=campaign.area) else rows.none()


def exchange(scope: Scope, exchange_id: UUID) -> Exchange:
    """One file with its lines. Raises `access.not_found`."""
    found = (
        Exchange.objects.select_related("campaign", "by__unit")
        .prefetch_related(
            Prefetch("lines", ExchangeLine.objects.select_related("case").order_by("case__number"))
        )
        .filter(pk=exchange_id)
        .first()
    )
    if found is None or not scope.allows("case.export", area=found.campaign.area):
        raise Problem("access.not_found")
    return found
