"""Other platforms: who they are, their key, what their words mean; and settling what both sides moved."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.text import slugify

from guatu.campaigns.models import Campaign
from guatu.cases.acts.moving import locked, take_step, write_step
from guatu.cases.acts.peers_apply import demanded, moment_of, stands, wait_for_taker
from guatu.cases.acts.peers_line import PURPOSE, check_url
from guatu.cases.models import Case, Message, Peer
from guatu.cases.rules import LIFECYCLE, SOURCES
from guatu.cases.rules.exchange import KINDS, WAYS, mapping_faults
from guatu.cases.rules.joint import WORKED
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import seal_office
from guatu.units.models import Person, Unit

RIGHT = "case.exchange"  # of the centre: which platforms there are, and with what key
_PLAIN = ("name", "kind", "way", "base_url", "source", "mapping", "active", "person", "unit")
# What is chosen for a conflict, in words for the ledger.
HOW = {"theirs": "照对方办", "ours": "维持本级", "hand": "人工处理"}


def _check(peer: Peer) -> None:
    if not peer.name.strip():
        raise Problem("peer.bad_peer", why="name")
    for word, choices in ((peer.kind, KINDS), (peer.way, WAYS), (peer.source, SOURCES)):
        if word not in choices:
            raise Problem("peer.bad_peer", why=f"{word}: {', '.join(choices)}")
    if peer.base_url:
        check_url(peer.base_url)
    faults = mapping_faults(peer.mapping)
    if faults:
        first = faults[0]
        raise Problem(
            "peer.bad_mapping",
            count=len(faults),
            first=f"{first.part}: {first.word} {first.other} ({first.code})",
        )


def save_peer(
    *,
    by: Actor,
    campaign: Campaign,
    code: str,
    peer: Peer | None = None,
    version: int | None = None,
    via: str = "web",
    **values: Any,
) -> Peer:
    """Add a platform or change one. values: name, kind (upper hotline district), way (http file), base_url, source,
    mapping, active, person (whose key they call us with), unit (stands for them here). The token is set by `set_token`.
    Raises `peer.bad_peer`, `peer.bad_url`, `peer.plain_http`, `peer.bad_mapping`."""
    require(by.scope, RIGHT, area=campaign.area)
    with deed(by=by, via=via) as d:
        row = peer or Peer.objects.filter(campaign=campaign, code=code).first()
        row = Peer.objects.select_for_update(no_key=True).get(pk=row.pk) if row is not None else None
        if row is None:
            if not code or slugify(code) != code.lower():
                raise Problem("peer.bad_peer", why="code")
            row = Peer(
                home=campaign.home, campaign=campaign, code=code.lower(), kind="upper", source="city_platform"
            )
        check_version(row, version)
        before = {name: getattr(row, name) for name in _PLAIN}
        for name in _PLAIN:
            if name in values:
                setattr(row, name, values[name])
        row.base_url = row.base_url.strip().rstrip("/")
        _check(row)
        added = row._state.adding
        if not added and all(before[name] == getattr(row, name) for name in _PLAIN):
            return row
        if not added and before["base_url"] != row.base_url:
            row.token_sealed = ""  # a key is never sent to another address than the one it was entered for
        row.version += 0 if added else 1
        row.save(force_insert=added, force_update=not added)
        changed = [name for name in _PLAIN if before[name] != getattr(row, name)]
        d.record(
            "peer.set",
            row,
            area=campaign.area,
            details={"name": row.name, "new": not added, "changed": changed},
        )
    return row


def set_token(*, by: Actor, peer: Peer, token: str, via: str = "web") -> Peer:
    """Keep the key they gave us, sealed; it is never shown again. Empty: forget it."""
    require(by.scope, RIGHT, area=peer.campaign.area)
    with deed(by=by, via=via) as d:
        row = Peer.objects.select_for_update(no_key=True).get(pk=peer.pk)
        text = token.strip()
        if any(not 32 < ord(sign) < 127 for sign in text):
            raise Problem("peer.bad_peer", why="token")
        row.token_sealed = seal_office(PURPOSE, text) if text else ""
        row.version += 1
        row.save()
        d.record("peer.token_set", row, area=peer.campaign.area, details={"name": row.name})
    return row


def set_peers(
    *, by: Actor, campaign: Campaign, peers: Sequence[Mapping[str, Any]], via: str = "pack"
) -> dict[str, str]:
    """The platforms of a pack: {code: added, changed or same}. What a pack does not say stays as the office set it."""
    found: dict[str, str] = {}
    for each in peers:
        values = dict(each)
        code = values.pop("code")
        if "unit" in values:
            values["unit"] = Unit.objects.filter(code=values["unit"]).first()
        if "person" in values:
            values["person"] = Person.objects.filter(username=values["person"]).first()
        before = Peer.objects.filter(campaign=campaign, code=code).first()
        after = save_peer(by=by, campaign=campaign, code=code, via=via, **values)
        found[code] = "added" if before is None else "same" if before.version == after.version else "changed"
    return found


def press_case(*, by: Actor, case: Case, note: str = "", via: str = "web") -> Case:
    """催办: press whoever has the case on another platform. Raises `peer.unknown_case` when nobody there has it."""
    with deed(by=by, via=via) as d:
        row = locked(case)
        require(by.scope, "case.press", area=row.area, units=(row.unit_path,))
        if not Message.objects.filter(case=row, direction="out", kind__in=("case", "offer")).exists():
            raise Problem("peer.unknown_case", number=row.number)
        act_id = d.record("case.pressed", row, details={"number": row.number})
        write_step(d, row, "hurry", row.status, act_id, note.strip())
    return row


# --- conflicts -------------------------------------------------------------------------------------------------------


def settle(
    *, by: Actor, message: Message, choice: str, note: str = "", version: int | None = None, via: str = "web"
) -> Message:
    """Settle a conflict: theirs (do what they demand), ours (it stays, and they are told), hand (settled otherwise, the
    note says how). Ending a case because they did needs the right to approve (`case.approve`). Raises `peer.settled`."""
    if choice not in HOW:
        raise ValueError(choice)
    with deed(by=by, via=via) as d:
        held = (
            Message.objects.select_for_update(no_key=True)
            .filter(pk=message.pk)
            .values_list("case_id", flat=True)
            .first()
        )
        row = Message.objects.select_related("peer__campaign").get(pk=message.pk)
        if row.status != "conflict" or held is None:
            raise Problem("peer.settled", status=row.status)
        case = locked(held)
        require(by.scope, "case.dispatch", area=case.area, units=(case.unit_path,))
        check_version(row, version)
        if choice == "hand" and not note.strip():
            raise Problem("peer.why_needed")
        if choice == "theirs":
            _take_theirs(d, row, case, note.strip())
        row.status, row.done_at = "settled", d.effective_at
        row.answer = {
            **row.answer,
            "choice": choice,
            "note": note.strip()[:500],
            "after": stands(locked(held)),
        }
        row.version += 1
        row.save()
        details = {
            "number": case.number,
            "peer": row.peer.name,
            "how": HOW[choice],
            "choice": choice,
            "note": note.strip()[:200],
        }
        d.record("case.conflict_settled", locked(held), details=details)
    return row


def _take_theirs(d: Deed, message: Message, case: Case, note: str) -> None:
    peer, said = message.peer, message.content
    what = (
        "accept"
        if said.get("kind") == "answer"
        else str(said.get("demand") or "due" if said.get("kind") == "case" else said.get("demand"))
    )
    words = "；".join(each for each in (str(said.get("note") or "").strip(), note) if each)
    if what in ("recall", "close"):
        if case.status in LIFECYCLE["withdraw"].sources and what == "recall":
            demanded(d, peer, case, "recall", words, None)
            return
        require(d.by.scope, "case.approve", area=case.area, units=(case.unit_path,))
        if case.status in LIFECYCLE["void"].sources:
            take_step(
                d, case, LIFECYCLE["void"], note=words or f"{peer.name}要求", details={"peer": peer.name}
            )
    elif what == "accept":
        if case.status in WORKED:
            wait_for_taker(d, peer, case)
    else:
        demanded(d, peer, case, what, words, moment_of(said.get("due_at"), "due_at"))
