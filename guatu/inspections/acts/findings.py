"""What comes with a finished visit, checked and kept: who went, a verdict for every item, photos, what follows from them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guatu.files.acts import attach
from guatu.files.models import Attachment
from guatu.inspections import words
from guatu.inspections.acts.shared import contracted, settings_for
from guatu.inspections.models import Finding, NormItem, Order, TeamMember, Visit
from guatu.inspections.rules import visits as rules
from guatu.inspections.rules.rounds import shift_of
from guatu.inspections.rules.visits import photo_purpose as photo_purpose
from guatu.inspections.words import word
from guatu.kernel import clock
from guatu.kernel.acts import Actor
from guatu.kernel.problems import Problem
from guatu.units.models import Person


@dataclass(frozen=True)
class FindingDraft:
    """What was found for one item. verdict: rules.visits.VERDICTS."""

    item_id: UUID | str
    verdict: str
    note: str = ""


@dataclass(frozen=True)
class FileIn:
    """A picture that comes with a visit. item_id: the item it shows ("": the place as a whole); signature: who signed."""

    upload: Any
    item_id: UUID | str = ""
    signature: bool = False
    taken_at: dt.datetime | None = None
    lon: float | None = None
    lat: float | None = None


def went(by: Actor, row: Visit, people: Sequence[Person] = ()) -> list[str]:
    """Ids of those who were there: the people named, else the team, else whoever writes it down."""
    named = [person.pk for person in people]
    if not named and row.team_id is not None:
        named = list(TeamMember.objects.filter(team=row.team_id).values_list("person_id", flat=True))
    if not named and by.id is not None:
        named = [by.id]
    return sorted({str(key) for key in named})


def who_went(by: Actor, row: Visit, people: Sequence[Person]) -> list[str]:
    """As `went`, when they are enough and not only those who answer for the place themselves."""
    who = went(by, row, people)
    wanted = settings_for(row.campaign)
    if len(who) < wanted.least_inspectors:
        raise Problem("visit.too_few", least=wanted.least_inspectors, count=len(who))
    if wanted.not_own_place and rules.alone_and_contracted(who, contracted(row.place)):
        raise Problem("visit.own_place", place=row.place.name)
    return who


def items(row: Visit) -> list[NormItem]:
    """The items asked, as they were frozen and in that order."""
    found = {
        str(item.id): item
        for item in NormItem.objects.filter(pk__in=row.asked).select_related("norm_version__norm")
    }
    return [found[key] for key in row.asked if key in found]


def check_findings(row: Visit, items: Sequence[NormItem], findings: Sequence[FindingDraft]) -> dict[str, str]:
    """{item id: verdict}, when every item has one and every photo demanded is there."""
    purposes = Attachment.objects.filter(subject_type="visit", subject_id=str(row.id), withdrawn=False)
    taken = list(purposes.values_list("purpose", flat=True))
    asked = [rules.Asked(str(item.id), item.number, item.consequence, item.photo) for item in items]
    said = [
        rules.Said(
            str(each.item_id),
            each.verdict,
            each.note,
            taken.count(photo_purpose(each.item_id)) if _known(each, asked) else 0,
        )
        for each in findings
    ]
    wrong = rules.faults(asked, said)
    for fault in wrong:
        if fault.what != "photo":
            raise Problem(
                "visit.findings",
                what=fault.what,
                word=word(words.FAULTS, fault.what),
                items="、".join(fault.items[:10]),
                count=len(fault.items),
            )
    for fault in wrong:
        raise Problem("visit.photo_needed", items="、".join(fault.items[:10]), count=len(fault.items))
    return {each.id: each.verdict for each in said}


def _known(each: FindingDraft, asked: Sequence[rules.Asked]) -> bool:
    return any(item.id == str(each.item_id) for item in asked)


def proposed(row: Visit, items: Sequence[NormItem], verdicts: Mapping[str, str]) -> str:
    asked = [rules.Asked(str(item.id), item.number, item.consequence, item.photo) for item in items]
    proposed = rules.propose(asked, verdicts)
    before = Order.objects.filter(visit=row.after_id).first() if row.kind == "look_back" else None
    if before is None:
        return proposed
    ordered = {line["item"] for line in before.lines}
    unmet = any(verdict == "not_met" for key, verdict in verdicts.items() if key in ordered)
    return rules.escalated(proposed, before.kind, before.repeat) if unmet else proposed


def decided(outcome: str, proposed: str, note: str) -> str:
    if not outcome:
        return proposed
    if outcome not in rules.JUDGED:
        raise Problem("visit.unknown_outcome", outcome=outcome)
    if not note.strip() and (rules.milder(outcome, proposed) or (outcome != proposed and proposed == "pass")):
        said = {
            "outcome_word": word(words.OUTCOMES, outcome),
            "proposed_word": word(words.OUTCOMES, proposed),
        }
        raise Problem("visit.milder", outcome=outcome, proposed=proposed, **said)
    return outcome


def kept(row: Visit, who: Sequence[str], verdicts: Mapping[str, str]) -> dict[str, Any]:
    """What figures ask of this visit later, when the place or the team may have changed."""
    place = row.place
    assert row.started_at is not None
    assert row.done_at is not None
    shift = (
        row.team.shift
        if row.team is not None
        else shift_of(clock.local(row.started_at), clock.local(row.done_at))
    )
    return {
        "kind": place.kind, "industry": place.industry, "risk": place.risk, "shift": shift, "people": list(who),
        **rules.counts(verdicts.values()),
    }  # fmt: skip


def write_findings(row: Visit, findings: Sequence[FindingDraft]) -> None:
    Finding.objects.filter(visit=row).delete()
    Finding.objects.bulk_create(
        [
            Finding(
                visit=row, item_id=UUID(str(each.item_id)), verdict=each.verdict, note=each.note.strip()[:300]
            )
            for each in findings
        ],
        batch_size=200,
    )


def keep_files(by: Actor, row: Visit, files: Sequence[Any], via: str) -> None:
    asked = set(row.asked)
    for each in files:
        if getattr(each, "signature", False):
            continue
        item = str(getattr(each, "item_id", "") or "")
        kept = attach(
            by=by, subject=row, upload=getattr(each, "upload", each), purpose=photo_purpose(item if item in asked else ""),
            taken_at=getattr(each, "taken_at", None), lon=getattr(each, "lon", None), lat=getattr(each, "lat", None),
            seen=False, via=via,
        )  # fmt: skip
        if not kept.content_type.startswith(("image/", "video/", "audio/")):
            raise Problem("visit.not_a_picture", name=kept.name)
