"""What a message from another platform does here. Everything is an act of the lifecycle, done in the platform's name."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from guatu.cases.acts.approvals import ask
from guatu.cases.acts.joint import answer_offer
from guatu.cases.acts.moving import add_photos, locked, minute, take_step, write_step
from guatu.cases.acts.opening import Draft, ReporterDraft, import_cases, report_case
from guatu.cases.acts.stages import handling
from guatu.cases.acts.steps import accept_case, handle_case, recall_case
from guatu.cases.acts.turns import reopen_case, resume_case, withdraw_case
from guatu.cases.models import Case, HandOver, Message, Peer, Request
from guatu.cases.rules import LIFECYCLE, OPEN, Limit, LimitError, is_late, limit_of
from guatu.cases.rules.exchange import APPLY, CONFLICT, Unknown, Words, judge, read_mapping, same_moment
from guatu.cases.rules.joint import WORKED
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM, Deed
from guatu.kernel.problems import Problem

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Outcome:
    """status: applied or conflict; ours: how the case stood when the conflict was found."""

    status: str
    case: Case | None
    ours: dict[str, Any] = field(default_factory=dict)


class Photo:
    """A photo that came with a message, as uploads are."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self._content = name, content

    def read(self) -> bytes:
        return self._content


def apply(d: Deed, peer: Peer, said: Mapping[str, Any], files: Files) -> Outcome:
    """Do what a message says. Raises `peer.unknown_word`, `peer.unknown_case` and what the acts refuse."""
    words = read_mapping(peer.mapping)
    does: dict[str, Callable[..., Outcome]] = {
        "case": _case, "offer": _offer, "change": _change, "update": _update, "answer": _answer
    }  # fmt: skip
    try:
        return does[said["kind"]](d, peer, words, said, files)
    except Unknown as unknown:
        raise Problem(
            "peer.unknown_word", what=_WHAT.get(unknown.what, unknown.what), word=unknown.word
        ) from unknown


_WHAT = {"state": "状态", "class": "类别", "area": "区域", "unit": "单位"}


def _photos(said: Mapping[str, Any], files: Files) -> list[Photo]:
    return [
        Photo(str(each.get("name") or each["sha256"][:12]), files[each["sha256"]])
        for each in said.get("files") or []
        if str(each.get("type", "image/")).startswith(("image/", "video/"))
    ]


def moment_of(text: object, where: str) -> dt.datetime | None:
    """A moment as ISO 8601 with its zone; without one it is ours. Raises `peer.bad_content`."""
    if not text:
        return None
    try:
        found = dt.datetime.fromisoformat(str(text))
    except ValueError as wrong:
        raise Problem("peer.bad_content", where=where, why="ISO 8601") from wrong
    return clock.local(found if found.tzinfo else found.replace(tzinfo=clock.ZONE))


def _limit(given: object) -> Limit | None:
    if not isinstance(given, Mapping):
        return None
    try:
        return limit_of(str(Decimal(str(given.get("amount")))), str(given.get("unit", "")))
    except (LimitError, InvalidOperation) as wrong:
        raise Problem("peer.bad_content", where="case.limit", why="amount, unit") from wrong


def upper_number_of(peer: Peer, number: str) -> str:
    """Under which number a case of theirs stands here; several districts share a source, so theirs carry their code."""
    return f"{peer.code}/{number}"[:60] if peer.kind == "district" else number


def _draft(peer: Peer, words: Words, said: Mapping[str, Any]) -> Draft:
    case = said["case"]
    number = {}
    for name in ("lon", "lat"):
        value = case.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise Problem("peer.bad_content", where=f"case.{name}", why="number")
        number[name] = value
    area = words.ours("area", str(case.get("area") or ""))
    if not area.startswith(peer.campaign.area):
        area = "" if number["lon"] is not None else peer.campaign.area
    limit, due = _limit(case.get("limit")), moment_of(said.get("due_at"), "due_at")
    opened = moment_of(case.get("opened_at"), "case.opened_at")
    return Draft(
        title=str(case.get("title") or ""), source=peer.source, class_code=words.ours("class", str(case.get("class") or "")),
        description=str(case.get("description") or ""), area=area, address=str(case.get("address") or ""),
        lon=number["lon"], lat=number["lat"], crs=str(case.get("crs") or "wgs84"),
        upper_number=upper_number_of(peer, said["number"]), opened_at=opened if opened is None or opened <= clock.now() else None,
        limit=None if due is not None else limit, due_at=due,
    )  # fmt: skip


def _known(peer: Peer, said: Mapping[str, Any]) -> Case | None:
    """The case a message speaks of: one that was exchanged with this very platform, or came from it by a table."""
    rows = Case.objects.filter(campaign_id=peer.campaign_id)
    if number := str(said.get("your_number") or ""):
        found = rows.filter(number=number).first()
        if found is not None and (
            Message.objects.filter(peer=peer, case=found).exists()
            or (found.source == peer.source and peer.kind != "district" and found.upper_number)
        ):
            return found
    if number := str(said.get("number") or ""):
        if peer.kind == "district":  # the newest, since a case may be offered again after it was given back
            sent = Message.objects.filter(
                peer=peer, direction="in", kind__in=("case", "offer"), content__number=number
            )
            last = sent.exclude(case=None).select_related("case").order_by("-made_at", "-pk").first()
            return last.case if last is not None else None
        given = rows.filter(source=peer.source, upper_number=upper_number_of(peer, number)).exclude(
            status="void"
        )
        return given.first()
    return None


def _must_know(peer: Peer, said: Mapping[str, Any]) -> Case:
    found = _known(peer, said)
    if found is None:
        raise Problem("peer.unknown_case", number=said.get("your_number") or said.get("number"))
    return locked(found)


# --- given to us -----------------------------------------------------------------------------------------------------


def _case(d: Deed, peer: Peer, words: Words, said: Mapping[str, Any], files: Files) -> Outcome:
    """A case from above becomes ours, filed; one of the hotline is reported and waits for filing. Known ones are not
    doubled: sent again after it was settled, it is to be done again."""
    known = _known(peer, said)
    if known is not None:
        again = "due" if known.status in OPEN else "rework"
        return _change(d, peer, words, {**said, "demand": again}, files)
    draft, photos = _draft(peer, words, said), _photos(said, files)
    if peer.kind == "hotline":
        return Outcome("applied", _told(d, peer, draft, said, photos))
    case = import_cases(by=SYSTEM, campaign=peer.campaign, drafts=[draft], via=d.via).created[0]
    add_photos(SYSTEM, case, photos, "before", d.via)
    return Outcome("applied", case)


def _told(d: Deed, peer: Peer, draft: Draft, said: Mapping[str, Any], photos: list[Photo]) -> Case:
    given = said["case"].get("reporter")
    reporter = None
    if isinstance(given, Mapping):
        reporter = ReporterDraft(
            name=str(given.get("name") or "")[:60], phone=str(given.get("phone") or "")[:40],
            email=str(given.get("email") or "")[:120], via="hotline", client=peer.code,
            wants_contact=bool(given.get("wants_contact", True)),
        )  # fmt: skip
    case = report_case(
        by=SYSTEM, campaign=peer.campaign, draft=draft, photos=photos, reporter=reporter, via=d.via
    )
    row = locked(case)
    if draft.due_at is not None or draft.limit is not None:
        row.upper_due_at = draft.due_at
        row.save(update_fields=["upper_due_at"])
    return row


def _offer(d: Deed, peer: Peer, words: Words, said: Mapping[str, Any], files: Files) -> Outcome:
    """A case another district wants us to take: reported here, to be filed (taken) or rejected (given back)."""
    known = _known(peer, said)
    if known is not None and known.status in OPEN:
        return Outcome("applied", known)
    draft = _draft(peer, words, said)
    if known is not None:  # offered anew after it was given back
        again = Message.objects.filter(
            peer=peer, direction="in", kind="offer", case__upper_number__startswith=draft.upper_number
        )
        draft = _renumbered(draft, again.count() + 1)
    case = report_case(by=SYSTEM, campaign=peer.campaign, draft=draft, photos=_photos(said, files), via=d.via)
    return Outcome("applied", case)


def _renumbered(draft: Draft, times: int) -> Draft:
    from dataclasses import replace

    return replace(draft, upper_number=f"{draft.upper_number}#{times}"[:60])


# --- changes from who gave it to us ------------------------------------------------------------------------------------


def _change(d: Deed, peer: Peer, words: Words, said: Mapping[str, Any], files: Files) -> Outcome:
    case = _must_know(peer, said)
    demand, due = said["demand"], moment_of(said.get("due_at"), "due_at")
    if demand == "due" and (due is None or same_moment(due, case.upper_due_at or case.due_at)):
        return Outcome("applied", case)
    found = judge(demand, case.status, has_clock=case.due_at is not None)
    if found == CONFLICT:
        return Outcome("conflict", case, stands(case))
    if found == APPLY:
        note = str(said.get("note") or "").strip()
        try:
            demanded(d, peer, case, demand, note, due)
        except Problem as refusal:
            if refusal.code != "case.window_over":
                raise
            return Outcome("conflict", case, stands(case))
        add_photos(SYSTEM, case, _photos(said, files), "before", d.via)
    return Outcome("applied", case)


def stands(case: Case) -> dict[str, Any]:
    """How the case stands, to be kept beside what they say."""
    due = case.due_at
    return {
        "status": case.status, "unit": str(case.unit or ""), "version": case.version,
        "due_at": clock.local(due).isoformat() if due is not None else None, "rework": case.rework,
    }  # fmt: skip


def demanded(d: Deed, peer: Peer, case: Case, demand: str, note: str, due: dt.datetime | None) -> None:
    """Do what they demand of a case they gave us; the caller has judged that it may be done."""
    said = {"number": case.number, "peer": peer.name}
    if demand == "recall":
        if case.status == "dispatched":
            recall_case(by=d.by, case=case, note=note, via=d.via)
        withdraw_case(by=d.by, case=case, reason=note or f"{peer.name}撤回", via=d.via)
    elif demand == "due" and due is not None:
        set_due(d, peer, case, due)
    elif demand == "rework":
        reopen_case(by=d.by, case=case, reason=note or f"{peer.name}退回整改", via=d.via)
        if due is not None:
            set_due(d, peer, locked(case), due)
    else:
        verb = "case.hurried" if demand == "hurry" else "case.peer_noted"
        write_step(d, case, demand, case.status, d.record(verb, case, details=said), note)


def set_due(d: Deed, peer: Peer, case: Case, due: dt.datetime) -> None:
    """The deadline they name holds from now on, in the open stage too."""
    case.upper_due_at = case.due_at = due
    case.clock_started_at = case.clock_started_at or case.opened_at
    case.due_lines, case.due_provisional = [], False
    case.late = case.late and is_late(due, clock.now())
    case.version += 1
    case.save(force_update=True)
    for stage in handling(case)[-1:]:
        stage.due_at, stage.lines, stage.late = due, [], case.late
        stage.why, stage.version = [*stage.why, {"what": "upper"}], stage.version + 1
        stage.save()
    details = {
        "number": case.number,
        "peer": peer.name,
        "due": minute(due),
        "due_at": clock.local(due).isoformat(),
    }
    write_step(
        d, case, "note", case.status, d.record("case.upper_due_set", case, details=details), minute(due)
    )


# --- what becomes of what we gave away ---------------------------------------------------------------------------------


def _update(d: Deed, peer: Peer, words: Words, said: Mapping[str, Any], files: Files) -> Outcome:
    case = _must_know(peer, said)
    signal = words.signal(str(said.get("state") or "")) if said.get("state") else "none"
    note, photos = str(said.get("note") or "").strip(), _photos(said, files)
    if peer.unit_id is not None and case.unit_id == peer.unit_id:
        _by_unit(d, case, signal, note, photos, peer)
    elif handed_to(case, peer):
        _by_taker(d, case, signal, note, photos, peer)
    return Outcome("applied", locked(case))


def handed_to(case: Case, peer: Peer) -> bool:
    """Whether that district has the case now: our last offer was to it and taken, and we wait (挂账) for what it does."""
    last = HandOver.objects.filter(case=case).order_by("-offered_at", "-pk").first()
    return (
        last is not None and last.peer_id == peer.pk and last.status == "accepted" and case.status == "held"
    )


def _by_unit(d: Deed, case: Case, signal: str, note: str, photos: list[Photo], peer: Peer) -> None:
    """What we issued to them goes the way of the unit that stands for them."""
    if signal in ("accept", "done") and case.status == "dispatched":
        case = accept_case(by=SYSTEM, case=case, note=note if signal == "accept" else "", via=d.via)
    if signal == "done" and case.status == "accepted":
        handle_case(by=SYSTEM, case=case, note=note, photos=photos, via=d.via)
    if signal == "return" and case.status in WORKED:
        asked = Request.objects.filter(case=case, kind="return", status="asked").exists()
        if not asked:
            ask(by=SYSTEM, case=case, kind="return", reason=note or f"{peer.name}退回", via=d.via)


def _by_taker(d: Deed, case: Case, signal: str, note: str, photos: list[Photo], peer: Peer) -> None:
    """What we handed over: done there, it is reported as handled here and checked by us; given back, it is ours again."""
    if signal == "done":
        case = resume_case(by=SYSTEM, case=case, note=f"{peer.name}已办结", via=d.via)
        if case.status == "dispatched":
            case = accept_case(by=SYSTEM, case=case, via=d.via)
        handle_case(by=SYSTEM, case=case, note=note or f"{peer.name}已办结", photos=photos, via=d.via)
    elif signal == "return":
        resume_case(by=SYSTEM, case=case, note=note or f"{peer.name}退回", via=d.via)


def _answer(d: Deed, peer: Peer, words: Words, said: Mapping[str, Any], files: Files) -> Outcome:
    """They take what we offered, or give it back. Taken after we took the offer back, it is a conflict."""
    case = _must_know(peer, said)
    last = HandOver.objects.filter(case=case, peer=peer).order_by("-offered_at", "-pk").first()
    note = str(said.get("note") or "").strip()
    if last is None:
        raise Problem("peer.unknown_case", number=said.get("your_number") or said.get("number"))
    if last.status == "offered":
        answer_offer(by=SYSTEM, offer=last, answer=said["answer"], note=note or peer.name, via=d.via)
        if said["answer"] == "accept":
            wait_for_taker(d, peer, locked(case))
    elif said["answer"] == "accept" and last.status != "accepted":
        return Outcome("conflict", case, stands(case))
    elif said["answer"] == "return" and handed_to(case, peer):
        resume_case(by=SYSTEM, case=case, note=note or f"{peer.name}退回", via=d.via)
    return Outcome("applied", locked(case))


def wait_for_taker(d: Deed, peer: Peer, case: Case) -> None:
    """Taken over there: here it waits (挂账) without a day, its clocks stand, until what became of it comes back."""
    case.held_from, case.held_until = case.status, None
    note = f"已移交{peer.name}，由对方办理"
    take_step(d, case, LIFECYCLE["hold"], note=note, details={"peer": peer.name})


__all__ = ["Outcome", "apply", "demanded", "set_due", "stands", "wait_for_taker"]
