"""What doors ask about briefs."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from guatu.briefs.document import Marks, Slot, blocks_of, context_of, fill, slots_of
from guatu.briefs.models import Brief, BriefDocument, BriefFigure, BriefTemplate
from guatu.briefs.rules import TemplateError, read_dress
from guatu.campaigns.models import Campaign
from guatu.figures.models import Figure
from guatu.figures.reads import AsOf, indicators, values
from guatu.figures.rules import Definition, read_definition
from guatu.kernel import clock
from guatu.kernel.access import EVERYTHING, Scope, predicate, visible_to
from guatu.kernel.problems import Problem

RIGHT = "brief.read"


def briefs(scope: Scope, campaign: Campaign | None = None) -> QuerySet[Brief]:
    """The briefs this reader may open: those of their areas, and every issued one."""
    rows = Brief.objects.select_related("campaign", "made_by", "made_by__unit", "template").defer(
        "content", "template__document"
    )
    seen = predicate(scope, RIGHT)
    if scope.may(RIGHT):
        seen |= Q(status="issued")
    rows = rows.filter(seen)
    return rows.filter(campaign=campaign) if campaign is not None else rows


def brief(scope: Scope, brief_id: str) -> Brief:
    """One brief. Raises access.not_found."""
    row = briefs(scope).defer(None).defer("template__document").filter(id=brief_id).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def briefs_seen(scope: Scope, brief_ids: Iterable[str]) -> dict[str, str]:
    """Titles of the briefs this reader may open."""
    return {str(row.id): row.title for row in briefs(scope).filter(id__in=list(brief_ids))}


def by_number(scope: Scope, campaign: Campaign, number: int) -> Brief:
    """A campaign's brief by its number. Raises access.not_found."""
    row = briefs(scope, campaign).defer(None).filter(number=number).exclude(status="discarded").first()
    if row is None:
        raise Problem("access.not_found")
    return row


def templates(scope: Scope, campaign: Campaign | None = None) -> QuerySet[BriefTemplate]:
    """The templates a brief may be made from."""
    rows = visible_to(BriefTemplate.objects.select_related("campaign").defer("document"), scope, "brief.make")
    return rows.filter(campaign=campaign) if campaign is not None else rows


def document(brief: Brief) -> BriefDocument:
    """The Word document of a frozen brief the reader may open. Raises brief.not_frozen."""
    row = BriefDocument.objects.filter(brief=brief).first()
    if row is None:
        raise Problem("brief.not_frozen", number=brief.number)
    return row


def moment_text(moment: dt.datetime) -> str:
    local = clock.local(moment)
    return f"{day_text(local.date())}{local.hour}时" + (f"{local.minute:02d}分" if local.minute else "")


def day_text(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def context(brief: Brief, slots: Sequence[Slot], figures: Mapping[str, Slot]) -> dict[str, Any]:
    """What the template of this brief may name."""
    return context_of(
        number=brief.number,
        title=brief.title,
        dress=read_dress(brief.template.settings),
        campaign=brief.campaign.name,
        day=day_text(clock.local(brief.as_of).date()),
        as_of=moment_text(brief.as_of),
        slots=slots,
        figures=figures,
    )


def proposed_title(template: BriefTemplate, as_of: dt.datetime) -> str:
    """The template's title; `{days_to_opening}` is filled with the days left on the day of the figures."""
    days = (template.campaign.opens_on - clock.local(as_of).date()).days
    title: str = template.settings.get("title", template.name)
    return title.replace("{days_to_opening}", str(days))


@dataclass(frozen=True)
class Line:
    """A figure standing in a brief: its value then, its code, and its value now (None: the reader may not count it)."""

    key: str
    title: str
    title_en: str
    unit: str
    unit_en: str
    text: str
    code: str
    now: str = ""

    @property
    def changed(self) -> bool:
        return bool(self.now) and self.now != self.text


@dataclass(frozen=True)
class Reading:
    """A brief as the page shows it: blocks of text in which figures are links, and the figures in their order."""

    brief: Brief
    blocks: list[dict[str, Any]]
    lines: dict[str, Line]


def reading(brief: Brief) -> Reading:
    """The brief's text and figures: frozen ones with code and the value now, live ones for a draft.

    The values are the office's, as in the document; the caller has checked that the reader may open the brief.
    """
    frozen = [
        row.figure
        for row in BriefFigure.objects.filter(brief=brief).select_related("figure").order_by("order")
    ]
    if frozen:
        return Reading(brief, brief.content, _frozen_lines(brief, frozen))
    keys, blocks = _draft_blocks(brief)
    meanings = {row.key: meaning for row, meaning in indicators(brief.campaign) if row.key in keys}
    found = values(EVERYTHING, brief.campaign, list(meanings.values()), as_of=AsOf(None, brief.as_of))
    lines = {key: _line(meanings[key], found[key].text) for key in keys if key in meanings}
    return Reading(brief, blocks, lines)


def _draft_blocks(brief: Brief) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    content = bytes(BriefTemplate.objects.values_list("document", flat=True).get(id=brief.template_id))
    try:
        return slots_of(content), blocks_of(fill(content, context(brief, [], Marks())))
    except TemplateError as wrong:
        raise Problem("brief.bad_template", name=brief.template.name, why=str(wrong)) from wrong


def _frozen_lines(brief: Brief, frozen: Iterable[Figure]) -> dict[str, Line]:
    texts = {figure.key: figure for figure in frozen}
    meanings = {key: read_definition(figure.definition) for key, figure in texts.items()}
    now = _present(brief, meanings.values())
    return {
        key: _line(meaning, texts[key].text, texts[key].code, now[key]) for key, meaning in meanings.items()
    }


def _present(brief: Brief, meanings: Iterable[Definition]) -> dict[str, str]:
    """The figures as they stand now; a countdown stays on the brief's own day, or it would always differ."""
    found: dict[str, str] = {}
    for fixed in (True, False):
        chosen = [meaning for meaning in meanings if (meaning.kind == "countdown") is fixed]
        moment = brief.as_of if fixed else max(clock.now(), brief.as_of)
        taken = values(EVERYTHING, brief.campaign, chosen, as_of=AsOf(None, moment)) if chosen else {}
        found |= {key: value.text for key, value in taken.items()}
    return found


def _line(meaning: Definition, text: str, code: str = "", now: str = "") -> Line:
    return Line(
        key=meaning.key, title=meaning.title[0], title_en=meaning.title[1], unit=meaning.unit[0],
        unit_en=meaning.unit[1], text=text, code=code, now=now,
    )  # fmt: skip


def latest_codes(campaign: Campaign) -> dict[str, str]:
    """{indicator key: figure code} of the campaign's latest brief that is frozen or issued."""
    last = (
        Brief.objects.filter(campaign=campaign, status__in=("frozen", "issued"))
        .order_by("-as_of", "-number")
        .first()
    )
    if last is None:
        return {}
    return dict(BriefFigure.objects.filter(brief=last).values_list("figure__key", "figure__code"))


def briefs_of_figures(scope: Scope, codes: Iterable[str]) -> dict[str, Brief]:
    """{figure code: the brief it stands in} as far as the reader may open it."""
    rows = BriefFigure.objects.filter(figure__code__in=list(codes)).select_related("figure")
    seen = {row.id: row for row in briefs(scope).filter(figures__in=rows)}
    return {row.figure.code: seen[row.brief_id] for row in rows if row.brief_id in seen}


def as_data(brief: Brief) -> dict[str, Any]:
    """A brief as one JSON document (command, api)."""
    found = reading(brief)
    return {
        "id": str(brief.id),
        "campaign": brief.campaign.code,
        "kind": brief.kind,
        "number": brief.number,
        "title": brief.title,
        "status": brief.status,
        "as_of": clock.local(brief.as_of).isoformat(),
        "frozen_at": clock.local(brief.frozen_at).isoformat() if brief.frozen_at else None,
        "issued_at": clock.local(brief.issued_at).isoformat() if brief.issued_at else None,
        "figures": [
            {"key": line.key, "title": line.title, "text": line.text, "unit": line.unit, "code": line.code or None,
             "now": line.now or None}
            for line in found.lines.values()
        ],
    }  # fmt: skip
