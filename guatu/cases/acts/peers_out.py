"""What other platforms are told: every step of a case they gave us or we gave them is one message, written by the very
transaction of the step, in the order of commits, and never twice (its key is the act's id)."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guatu.cases.acts.moving import minute
from guatu.cases.models import Case, Feedback, HandOver, Message, Peer, Step
from guatu.cases.rules import LIFECYCLE, RECTIFIED
from guatu.cases.rules.exchange import MOST_FILE_BYTES, MOST_FILES, fingerprint, read_mapping
from guatu.files.models import Attachment
from guatu.kernel import clock
from guatu.kernel.acts import Batch, PendingAct

TOLD = (
    {move.verb for move in LIFECYCLE.values()} - {"case.reported"}
    | {"case.contacted", "case.feedback_given", "case.offered", "case.hand_over_taken_back", "case.corrected",
       "case.conflict_settled", "case.reclassified", "case.pressed"}
)  # fmt: skip
_GONE = ("case.recalled", "case.voided", "case.withdrawn", "case.rejected", "case.merged", "case.returned")


@dataclass(frozen=True)
class Tie:
    """How a case hangs together with a platform. given: they gave it to us by this message; passed: we gave it to them."""

    peer: Peer
    given: Message | None
    passed: Message | None

    @property
    def offered(self) -> bool:
        """Whether what they gave us was an offer between districts."""
        return self.given is not None and self.given.kind == "offer"


def via_of(peer: Peer) -> str:
    """How the ledger names what a platform made us do."""
    return f"peer:{peer.code}"


def tell_peers(batch: Batch) -> None:
    """CLOSING: write the messages that follow from the acts of one transaction. One question where there is no peer."""
    acts = [
        act
        for act in batch.acts
        if act.verb in TOLD and act.campaign_id is not None and act.subject_type == "case"
    ]
    if not acts:
        return
    peers = list(
        Peer.objects.select_related("unit")
        .filter(campaign_id__in={act.campaign_id for act in acts}, active=True)
        .order_by("pk")
    )
    if not peers:
        return
    ids = sorted({UUID(act.subject_id) for act in acts})
    cases: dict[UUID, Case] = {}
    for start in range(0, len(ids), 400):
        rows = Case.objects.select_related("unit", "case_class").filter(pk__in=ids[start : start + 400])
        cases |= {row.pk: row for row in rows}
    ties = _ties(peers, ids)
    notes = _notes(acts)
    for peer in peers:
        wanted: list[tuple[PendingAct, Case, dict[str, Any]]] = []
        known = {case_id: tie for (peer_id, case_id), tie in ties.items() if peer_id == peer.pk}
        for act in acts:
            case = cases.get(UUID(act.subject_id))
            if case is None or case.campaign_id != peer.campaign_id or act.via == via_of(peer):
                continue
            tie = known.get(case.pk) or Tie(peer, None, None)
            what = _what(act, case, tie)
            if what is not None:
                wanted.append((act, case, what))
                if what["kind"] in ("case", "offer"):  # what follows in the same transaction knows of it
                    known[case.pk] = Tie(peer, tie.given, Message(peer=peer, kind=what["kind"], case=case))
        if wanted:
            _write(peer, known, wanted, notes)


def _ties(peers: Sequence[Peer], ids: Sequence[UUID]) -> dict[tuple[UUID, UUID], Tie]:
    found: dict[tuple[UUID, UUID], Tie] = {}
    by_id = {peer.pk: peer for peer in peers}
    for start in range(0, len(ids), 400):
        rows = Message.objects.filter(
            peer__in=peers, case__in=ids[start : start + 400], kind__in=("case", "offer")
        )
        for row in rows.exclude(status="given_up").order_by("made_at", "pk"):
            assert row.case_id is not None
            key = (row.peer_id, row.case_id)
            before = found.get(key) or Tie(by_id[row.peer_id], None, None)
            found[key] = Tie(
                before.peer,
                row if row.direction == "in" else before.given,
                row if row.direction == "out" else before.passed,
            )
    return found


def _notes(acts: Iterable[PendingAct]) -> dict[UUID, str]:
    ids = [act.id for act in acts]
    found: dict[UUID, str] = {}
    for start in range(0, len(ids), 400):
        found |= dict(Step.objects.filter(act_id__in=ids[start : start + 400]).values_list("act_id", "note"))
    return found


def _what(act: PendingAct, case: Case, tie: Tie) -> dict[str, Any] | None:
    """What this platform is told of this act; None: nothing."""
    peer = tie.peer
    if act.verb in ("case.offered", "case.hand_over_taken_back"):
        return _of_offer(act, peer)
    if tie.given is not None or (
        peer.source == case.source and case.upper_number and peer.kind != "district"
    ):
        if tie.offered and act.verb == "case.filed":
            return {"kind": "answer", "answer": "accept"}
        if tie.offered and act.verb in ("case.rejected", "case.withdrawn", "case.voided"):
            return {"kind": "answer", "answer": "return"}
        return {"kind": "update"} if act.verb != "case.corrected" else None
    if act.verb == "case.dispatched" and peer.unit_id is not None and case.unit_id == peer.unit_id:
        return {"kind": "case"}
    if tie.passed is None:
        return None
    if tie.passed.kind == "case" and act.verb in _GONE:
        return {"kind": "change", "demand": "recall"}
    if tie.passed.kind == "offer" and act.verb in ("case.voided", "case.merged"):
        return {"kind": "change", "demand": "recall"}
    if act.verb == "case.sent_back":
        return {"kind": "change", "demand": "rework"}
    if act.verb == "case.pressed":
        return {"kind": "change", "demand": "hurry"}
    if act.verb == "case.closed":
        return {"kind": "change", "demand": "close"}
    if act.verb == "case.extended" or (
        act.verb == "case.corrected" and "limit" in act.details.get("new", {})
    ):
        return {"kind": "change", "demand": "due"}
    return None


def _of_offer(act: PendingAct, peer: Peer) -> dict[str, Any] | None:
    if not HandOver.objects.filter(pk=str(act.details["offer"]), peer=peer).exists():
        return None
    return {"kind": "offer"} if act.verb == "case.offered" else {"kind": "change", "demand": "recall"}


def _write(
    peer: Peer,
    ties: Mapping[UUID, Tie],
    wanted: Sequence[tuple[PendingAct, Case, dict[str, Any]]],
    notes: Mapping[UUID, str],
) -> None:
    """The rows, numbered under the peer's lock, which is held until the commit: so their order is that of the commits."""
    row = Peer.objects.select_for_update(no_key=True).get(pk=peer.pk)
    now, messages = clock.now(), []
    for act, case, what in wanted:
        content = content_of(peer, act, case, ties.get(case.pk), what, notes.get(act.id, ""))
        row.position += 1
        messages.append(Message(
            home=case.home, peer=row, direction="out", key=content["key"], kind=what["kind"], case=case,
            content=content, sha256=fingerprint(content), position=row.position, status="waiting",
            next_at=now if row.way == "http" and row.base_url else None, made_at=now,
        ))  # fmt: skip
    Message.objects.bulk_create(messages, batch_size=200)
    Peer.objects.filter(pk=row.pk).update(position=row.position)


def content_of(
    peer: Peer, act: PendingAct, case: Case, tie: Tie | None, what: Mapping[str, Any], note: str
) -> dict[str, Any]:
    """One message as it goes out (docs/case-exchange.md). Times with their zone; names of people never."""
    words = read_mapping(peer.mapping)
    status = str((act.details.get("new") or {}).get("status") or case.status)
    kind = what["kind"]
    files = "before" if kind in ("case", "offer") else "after" if status in RECTIFIED else ""
    content: dict[str, Any] = {
        "key": str(act.id), **what, "at": clock.local(act.effective_at).isoformat(), "number": case.number,
        "your_number": _their_number(peer, case, tie), "state": words.state(status),
        "note": (note or str(act.details.get("note", "")))[:2000], "unit": str(case.unit or ""),
        "due_at": _moment(case.due_at), "files": _files(case, files) if files else [],
    }  # fmt: skip
    if kind in ("case", "offer"):
        content["case"] = _described(words, case)
    elif kind == "update":
        content |= _outcome(case)
    return content


def _their_number(peer: Peer, case: Case, tie: Tie | None) -> str:
    if tie is not None and tie.given is not None:
        return str(tie.given.content.get("number", ""))
    return case.upper_number if case.source == peer.source else ""


def _moment(moment: dt.datetime | None) -> str | None:
    return clock.local(moment).isoformat() if moment is not None else None


def _described(words: Any, case: Case) -> dict[str, Any]:
    found: dict[str, Any] = {
        "title": case.title, "description": case.description, "class": words.theirs("class", case.class_code),
        "class_name": case.case_class.name if case.case_class is not None else "", "area": words.theirs("area", case.area),
        "address": case.address, "lon": case.lon, "lat": case.lat, "opened_at": _moment(case.opened_at),
    }  # fmt: skip
    if case.limit_amount is not None:
        found["limit"] = {"amount": f"{case.limit_amount.normalize():f}", "unit": case.limit_unit}
    return found


def _outcome(case: Case) -> dict[str, Any]:
    """What a hotline wants to hear: when the reporter was called, what came of it, how satisfied they are."""
    found: dict[str, Any] = {
        "contacted_at": _moment(case.contacted_at),
        "result": case.result,
        "rectified_at": None,
    }
    if case.status in RECTIFIED:
        found["rectified_at"] = _moment(case.handled_at)
    said = Feedback.objects.filter(case=case).order_by("-at").first()
    if said is not None:
        found |= {"solved": said.solved, "satisfaction": said.satisfaction}
    return found


def _files(case: Case, purpose: str) -> list[dict[str, Any]]:
    rows = Attachment.objects.filter(
        subject_type="case",
        subject_id=str(case.pk),
        purpose=purpose,
        withdrawn=False,
        size__lte=MOST_FILE_BYTES,
    ).exclude(stored="")
    return [
        {
            "sha256": row.sha256,
            "name": row.name,
            "size": row.size,
            "type": row.content_type,
            "purpose": purpose,
        }
        for row in rows.order_by("-made_at", "-id")[:MOST_FILES]
    ]


def waiting_words(message: Message) -> str:
    """When it is tried next, for a log or a cell."""
    return minute(message.next_at) if message.next_at is not None else ""
