"""Writing about briefs: templates, drafts, freezing, issuing, correcting."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from django.db.models import Max

from guatu.briefs import problems as problems
from guatu.briefs import reads
from guatu.briefs import verbs as verbs
from guatu.briefs.document import Marks, Slot, blocks_of, fill, slots_of
from guatu.briefs.models import Brief, BriefDocument, BriefFigure, BriefTemplate
from guatu.briefs.rules import KINDS, TemplateError, clean_title, may_become, read_dress
from guatu.campaigns.models import Campaign
from guatu.figures.acts import freeze
from guatu.figures.models import Indicator
from guatu.figures.reads import AsOf
from guatu.figures.rules import Definition, read_definition
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed, heads
from guatu.kernel.problems import Problem


def set_template(
    *,
    by: Actor,
    campaign: Campaign,
    code: str,
    name: str,
    kind: str,
    document: bytes,
    settings: Mapping[str, Any],
    via: str = "web",
) -> str:
    """Enter or change a template of the campaign; answers added, changed or same. Briefs already frozen stay as they are."""
    require(by.scope, "brief.template", area=campaign.area)
    if kind not in KINDS:
        raise Problem("brief.bad_template", name=name, why=f"kind {kind!r} is not one of {', '.join(KINDS)}")
    try:
        read_dress(settings)
        slots_of(document)
    except TemplateError as wrong:
        raise Problem("brief.bad_template", name=name, why=str(wrong)) from wrong
    stated = {
        "name": name,
        "kind": kind,
        "settings": dict(settings),
        "sha256": hashlib.sha256(document).hexdigest(),
    }
    with deed(by=by, via=via) as d:
        row = (
            BriefTemplate.objects.select_for_update(no_key=True).filter(campaign=campaign, code=code).first()
        )
        if row is not None and all(getattr(row, field) == value for field, value in stated.items()):
            return "same"
        if row is None:
            row = BriefTemplate(
                home=campaign.home, campaign=campaign, code=code, area=campaign.area, document=document
            )
            verb, outcome = "brieftemplate.entered", "added"
        else:
            row.template_version += 1
            row.version += 1
            verb, outcome = "brieftemplate.changed", "changed"
        for field, value in stated.items():
            setattr(row, field, value)
        row.document = document
        row.save()
        d.record(verb, row, details={"code": code, "template_version": row.template_version})
    return outcome


def next_number(campaign: Campaign, kind: str) -> int:
    """The number (第×期) the next brief of this kind will have."""
    last = Brief.objects.filter(campaign=campaign, kind=kind).aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1


def draft_brief(
    *,
    by: Actor,
    template: BriefTemplate,
    title: str = "",
    number: int | None = None,
    as_of: dt.datetime | None = None,
    replaces: Brief | None = None,
    reason: str = "",
    via: str = "web",
) -> Brief:
    """A draft; its figures are live until it is frozen. No title: the template's own, filled."""
    campaign = template.campaign
    require(by.scope, "brief.make", area=campaign.area)
    moment = _moment(as_of)
    with deed(by=by, via=via) as d:
        brief = Brief(
            home=campaign.home, campaign=campaign, template=template, kind=template.kind, area=campaign.area,
            as_of=moment, replaces=replaces, reason=reason.strip()[:300], made_by_id=by.id,
            number=_free_number(campaign, template.kind, number),
            title=_title(title or reads.proposed_title(template, moment)),
        )  # fmt: skip
        brief.save(force_insert=True)
        details: dict[str, Any] = {"number": brief.number, "title": brief.title, "as_of": moment.isoformat()}
        if replaces is not None:
            details |= {"replaces": str(replaces.id), "reason": brief.reason}
        d.record("brief.drafted", brief, details=details)
    return brief


def _moment(as_of: dt.datetime | None) -> dt.datetime:
    moment = clock.local(as_of) if as_of else clock.now()
    if moment > clock.now():
        raise Problem("kernel.future", effective_at=moment.strftime("%Y-%m-%d %H:%M"))
    return moment


def _title(title: str) -> str:
    cleaned = clean_title(title)
    if cleaned is None:
        raise Problem("brief.bad_title")
    return cleaned


def _free_number(campaign: Campaign, kind: str, number: int | None, *, own: Brief | None = None) -> int:
    following = next_number(campaign, kind)
    if number is None:
        return following
    taken = Brief.objects.filter(campaign=campaign, kind=kind, number=number)
    if number < 1 or (taken.exclude(id=own.id) if own else taken).exists():
        raise Problem("brief.number_taken", kind=KINDS[kind][0], number=number, next=following)
    return number


def _held(brief: Brief, right: str, by: Actor, version: int | None) -> Brief:
    """The row as it now stands, held until the deed ends; the right and the version checked."""
    require(by.scope, right, area=brief.area)
    row = (
        Brief.objects.select_for_update(of=("self",), no_key=True)
        .select_related("campaign", "template")
        .get(id=brief.id)
    )
    check_version(row, version)
    return row


def edit_brief(
    *,
    by: Actor,
    brief: Brief,
    title: str,
    number: int,
    as_of: dt.datetime,
    version: int | None = None,
    via: str = "web",
) -> Brief:
    """Change a draft's title, number or the moment its figures are of."""
    with deed(by=by, via=via) as d:
        row = _held(brief, "brief.make", by, version)
        if row.status != "draft":
            raise Problem("brief.not_draft", number=row.number)
        fresh = {
            "title": _title(title),
            "number": _free_number(row.campaign, row.kind, number, own=row),
            "as_of": _moment(as_of),
        }
        old = {name: getattr(row, name) for name, value in fresh.items() if getattr(row, name) != value}
        if not old:
            return row
        for name, value in fresh.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
        new = {name: fresh[name] for name in old}
        d.record("brief.edited", row, details={"old": _texts(old), "new": _texts(new)})
    return row


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value.isoformat() if isinstance(value, dt.datetime) else str(value)
        for name, value in values.items()
    }


def freeze_brief(*, by: Actor, brief: Brief, version: int | None = None, via: str = "web") -> Brief:
    """Give every figure of the text its value and its code, and keep the document as it then reads."""
    with deed(by=by, via=via) as d:
        row = _held(brief, "brief.make", by, version)
        if not may_become(row.status, "frozen"):
            raise Problem("brief.not_draft", number=row.number)
        template, content = row.template, bytes(row.template.document)
        as_of = AsOf(heads(), row.as_of)
        frozen = freeze(
            by=by, campaign=row.campaign, meanings=_meanings(template, content), as_of=as_of, via=via
        )
        moment = reads.moment_text(row.as_of)
        slots = [
            Slot(one.figure.key, one.value.text, one.figure.code, meaning.unit[0], meaning.title[0], moment)
            for one in frozen
            for meaning in (read_definition(one.figure.definition),)
        ]
        document = _document(row, content, slots, {slot.key: slot for slot in slots})
        row.content = blocks_of(_document(row, content, slots, Marks()))
        row.status, row.frozen_at, row.template_version = "frozen", clock.now(), template.template_version
        row.version += 1
        row.save()
        BriefFigure.objects.bulk_create(
            [BriefFigure(brief=row, figure=one.figure, order=order) for order, one in enumerate(frozen)]
        )
        digest = hashlib.sha256(document).hexdigest()
        BriefDocument(brief=row, content=document, sha256=digest, made_at=clock.now()).save(force_insert=True)
        codes = {one.figure.key: one.figure.code for one in frozen}
        d.record("brief.frozen", row, details={"number": row.number, "figures": codes, "sha256": digest})
    return row


def _meanings(template: BriefTemplate, content: bytes) -> list[tuple[Indicator, Definition]]:
    """The indicators the template asks for, in the order of its text."""
    rows = {row.key: row for row in Indicator.objects.filter(campaign=template.campaign, active=True)}
    meanings = []
    for key in slots_of(content):
        if key not in rows:
            raise Problem("brief.unknown_figure", name=template.name, key=key)
        meanings.append((rows[key], read_definition(rows[key].definition)))
    return meanings


def _document(brief: Brief, content: bytes, slots: list[Slot], figures: Mapping[str, Slot]) -> bytes:
    try:
        return fill(content, reads.context(brief, slots, figures))
    except TemplateError as wrong:
        raise Problem("brief.bad_template", name=brief.template.name, why=str(wrong)) from wrong


def make_brief(
    *,
    by: Actor,
    template: BriefTemplate,
    title: str = "",
    number: int | None = None,
    as_of: dt.datetime | None = None,
    via: str = "web",
) -> Brief:
    """Draft and freeze in one step."""
    with deed(by=by, via=via):
        brief = draft_brief(by=by, template=template, title=title, number=number, as_of=as_of, via=via)
        return freeze_brief(by=by, brief=brief, via=via)


def issue_brief(*, by: Actor, brief: Brief, version: int | None = None, via: str = "web") -> Brief:
    """Sign it off (签发): it leaves the house, everybody of the campaign may read it."""
    with deed(by=by, via=via) as d:
        row = _held(brief, "brief.approve", by, version)
        if not may_become(row.status, "issued"):
            raise Problem("brief.not_frozen", number=row.number)
        row.status, row.issued_at, row.issued_by_id = "issued", clock.now(), by.id
        row.version += 1
        row.save()
        d.record("brief.issued", row, details={"number": row.number})
    return row


def correct_brief(
    *, by: Actor, brief: Brief, reason: str, version: int | None = None, via: str = "web"
) -> Brief:
    """A draft that replaces a brief already frozen, with the reason; the old one stays as it is."""
    if not reason.strip():
        raise Problem("brief.no_reason")
    with deed(by=by, via=via):
        row = _held(brief, "brief.make", by, version)
        if row.status not in ("frozen", "issued"):
            raise Problem("brief.not_out", number=row.number)
        return draft_brief(
            by=by,
            template=row.template,
            title=row.title,
            as_of=clock.now(),
            replaces=row,
            reason=reason,
            via=via,
        )


def discard_brief(*, by: Actor, brief: Brief, version: int | None = None, via: str = "web") -> Brief:
    """Put a draft away; its number becomes a gap that the story explains."""
    return _change_draft(by, brief, version, via, "draft", "discarded")


def restore_brief(*, by: Actor, brief: Brief, version: int | None = None, via: str = "web") -> Brief:
    """Take a discarded draft back."""
    return _change_draft(by, brief, version, via, "discarded", "draft")


def _change_draft(by: Actor, brief: Brief, version: int | None, via: str, wanted: str, status: str) -> Brief:
    with deed(by=by, via=via) as d:
        row = _held(brief, "brief.make", by, version)
        if row.status != wanted:
            raise Problem("brief.not_draft", number=row.number)
        row.status = status
        row.version += 1
        row.save()
        d.record(
            "brief.discarded" if status == "discarded" else "brief.restored",
            row,
            details={"number": row.number},
        )
    return row
