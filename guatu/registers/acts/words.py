"""What submissions say of entities, and what becomes of it. Called by the table of reactions, in the transaction that
receives the submission; so it happens exactly once for each.

Who publishes a form gives its senders leave to write to its lists: creating needs no further right, changing needs the
entity to be in what the sender may have on the phone. What cannot be entered is kept and shown; a submission is never
refused for it, since the phone that sent it has forgotten it.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from guatu.fieldwork import reads as fieldwork_reads
from guatu.fieldwork.acts import PUBLIC
from guatu.fieldwork.acts.letters import sheet_of
from guatu.fieldwork.models import Envelope, FormVersion, Submission
from guatu.fieldwork.rules import entities
from guatu.fieldwork.rules.entities import Said
from guatu.fieldwork.rules.sheet import WritesTo
from guatu.kernel import clock, secrets, xml
from guatu.kernel.access import require
from guatu.kernel.acts import SYSTEM, Actor, Deed, PendingAct, deed
from guatu.kernel.problems import Problem
from guatu.registers import lists
from guatu.registers.acts.putting import (
    columns_said,
    history,
    locked_entity,
    put_change,
    put_new,
    values_now,
)
from guatu.registers.listing import may_change, register_of
from guatu.registers.models import WORD_STATUS_WORDS, EntityWord, Entry
from guatu.registers.rules import read_columns
from guatu.units.models import Person

_OPEN = ("waiting", "approval", "failed")
_writes: dict[tuple[str, str], bool] = {}


def hear(act: PendingAct) -> None:
    """submission.received, submission.corrected: enter what the submission says of entities."""
    key = (str(act.details.get("form", "")), str(act.details.get("version", "")))
    if all(key) and _writes.get(key) is False:
        return  # nearly every submission: its form writes to no list
    row = Submission.objects.select_related("campaign").get(home=act.home, id=act.subject_id)
    version = FormVersion.objects.defer("xml", "source", "warnings").get(pk=row.form_version_id)
    writes = sheet_of(version).writes
    if len(_writes) > 2_000:
        _writes.clear()
    _writes[key] = bool(writes)
    if writes:
        _hear(act, row, writes)


def _hear(act: PendingAct, row: Submission, writes: list[WritesTo]) -> None:
    envelope = Envelope.objects.filter(
        home=row.home, submission_id=row.id, instance_id=row.instance_id
    ).latest("received_at")
    root = xml.parse(fieldwork_reads.xml_of(envelope), "envelope")
    by = sender(act.by_id, act.via)
    with deed(by=by, via=act.via, cause=act.id) as d:
        for said in entities.said(writes, root):
            _hear_one(d, row, said)


def sender(person_id: UUID | None, via: str) -> Actor:
    """Who said it, from the ledger's line."""
    if person_id is None:
        return PUBLIC if via == "public" else SYSTEM
    return Person.objects.select_related("unit").get(pk=person_id)


def _hear_one(d: Deed, row: Submission, said: Said) -> None:
    register = register_of(row.campaign, said.dataset)
    known = EntityWord.objects.filter(submission_id=row.id, entity_id=said.id).first() if said.id else None
    word = known or EntityWord(
        home=row.campaign.home, submission_id=row.id, entity_id=said.id, list_name=said.dataset[:60], register=register,
        area=row.area, by_id=row.by_id, via=d.via[:80], heard_at=clock.now(), said_at=row.happened_at,
    )  # fmt: skip
    before = _opened(word) if known is not None and known.status == "taken" else None
    word.create, word.update, word.base, word.trunk, word.branch = (
        said.create, said.update, said.base, said.trunk, said.branch,
    )  # fmt: skip
    try:
        if register is None:
            raise Problem("entity.no_such_list", list=said.dataset)
        if said.id is None:
            raise Problem("entity.bad_id", id="")
        if said.create and not (said.label or "").strip() and before is None:
            raise Problem("entity.no_label")
        columns = columns_said(register, said.label, said.values)
        _keep_said(word, columns)
    except Problem as problem:
        _keep(d, word, "failed", problem)
        return
    if before is not None:
        _corrected(d, word, before, columns)
    else:
        settle(d, word, columns, approved=row.status == "approved")


def _keep_said(word: EntityWord, columns: Mapping[str, str]) -> None:
    assert word.register is not None
    assert word.entity_id is not None
    personal = {column.key for column in read_columns(word.register.columns) if column.personal}
    word.said = {key: text for key, text in columns.items() if key not in personal}
    hidden = {key: text for key, text in columns.items() if key in personal and text}
    word.sealed = secrets.seal_fields(word.entity_id, hidden) if hidden else {}


def _opened(word: EntityWord) -> dict[str, str]:
    """All it said, personal columns opened."""
    assert word.entity_id is not None
    return {**word.said, **secrets.open_many({word.entity_id: word.sealed}).get(word.entity_id, {})}


def settle(
    d: Deed, word: EntityWord, columns: Mapping[str, str], *, approved: bool = False, forced: bool = False
) -> None:
    """Enter a word if it can be entered now, and what waited for it; else keep it, with why."""
    _enter(d, word, columns, approved, forced)
    if word.made is not None:
        _wake(d, word)


def _enter(d: Deed, word: EntityWord, columns: Mapping[str, str], approved: bool, forced: bool) -> None:
    assert word.register is not None
    assert word.entity_id is not None
    entry = locked_entity(word.register, word.entity_id)
    status, problem, version = "taken", None, None
    try:
        with transaction.atomic():
            if entry is None and (word.create or forced):
                if word.register.entity_approval and not approved and not forced:
                    status = "approval"
                else:
                    entry = put_new(d, word.register, (word.entity_id, columns), word.area, _more(word))
                    version = 1
            elif entry is None:
                status = "waiting"
            elif not word.update:
                raise Problem("entity.known", id=str(word.entity_id))
            else:
                version = _change(d, word, entry, columns, forced)
                status = "taken" if version is not None else "waiting"
    except Problem as refused:
        status, problem, version = "failed", refused, None
    word.made = version
    _keep(d, word, status, problem)


def _more(word: EntityWord) -> dict[str, Any]:
    said: dict[str, Any] = {"submission": str(word.submission_id), "said_at": word.said_at.isoformat()}
    if word.base is not None:
        said["base"] = word.base
    if word.branch:
        said |= {"branch": word.branch, "local": (word.base or 0) + 1}
    return said


def _change(d: Deed, word: EntityWord, entry: Entry, columns: Mapping[str, str], forced: bool) -> int | None:
    """Bring a change onto what stands there; answers the version it made (the present one when it changed nothing), or
    None when its predecessor has not come in yet."""
    if not may_change(d.by.scope, entry):
        raise Problem("entity.out_of_reach")
    told = history(d, entry)
    seen, missing = lists.seen_version(told, word.base, word.trunk, word.branch)
    if missing and not forced:
        return None
    base = seen if seen is not None else min(word.trunk or 1, entry.version)
    return _merge(d, word, entry, columns, told, base)


def _merge(
    d: Deed, word: EntityWord, entry: Entry, columns: Mapping[str, str], told: list[lists.Version], base: int
) -> int:
    after = lists.since(told, base)
    found = lists.merged(values_now(entry), columns, word.said_at, after, behind=base < entry.version)
    word.conflict, word.kept = found.conflict, list(found.kept)
    entry.conflict = lists.graver(entry.conflict, found.conflict)
    more = (
        {**_more(word), "conflict": found.conflict, "kept": list(found.kept)}
        if found.conflict
        else _more(word)
    )
    return put_change(d, entry, found.take, more).version


def _corrected(d: Deed, word: EntityWord, before: Mapping[str, str], columns: Mapping[str, str]) -> None:
    """The submission was corrected after it had been entered: what it now says otherwise is a change upon its own version."""
    assert word.register is not None
    assert word.entity_id is not None
    entry = locked_entity(word.register, word.entity_id)
    differing = {key: text for key, text in columns.items() if before.get(key, "") != text}
    if entry is None or not differing:
        word.save()
        return
    word.said_at = clock.now()
    status, problem = "taken", None
    try:
        with transaction.atomic():
            if not may_change(d.by.scope, entry):
                raise Problem("entity.out_of_reach")
            word.made = _merge(d, word, entry, differing, history(d, entry), word.made or entry.version)
    except Problem as refused:
        status, problem = "failed", refused
    _keep(d, word, status, problem)


def _keep(d: Deed, word: EntityWord, status: str, problem: Problem | None = None) -> None:
    word.status = status
    word.problem = (
        {"code": problem.code, "details": {k: str(v) for k, v in problem.details.items()}} if problem else {}
    )
    word.version += 0 if word._state.adding else 1
    word.save()
    if status != "taken" and word.register is not None:
        said = {
            "list": word.list_name,
            "entity": str(word.entity_id or ""),
            "why": word.problem.get("code", status),
        }
        d.record(
            "register.word_kept",
            word.register,
            details={**said, "submission": str(word.submission_id)},
            area=word.area,
        )


def _wake(d: Deed, word: EntityWord) -> None:
    """Whatever waited for this one, in the order it came in, again and again until nothing more can be entered."""
    entered = True
    while entered:
        entered = False
        rows = EntityWord.objects.filter(entity_id=word.entity_id, register=word.register, status="waiting")
        for each in rows.select_related("register").order_by("heard_at", "id"):
            with deed(by=sender(each.by_id, each.via), via=each.via, cause=d.cause) as own:
                entered = _again(own, each) or entered


def _again(d: Deed, word: EntityWord) -> bool:
    assert word.register is not None
    entry = locked_entity(word.register, word.entity_id) if word.entity_id else None
    if entry is None or lists.seen_version(history(d, entry), word.base, word.trunk, word.branch)[1]:
        return False  # still too early; nothing new to tell
    _enter(d, word, _opened(word), False, False)
    return word.status != "waiting"


def approve(act: PendingAct) -> None:
    """submission.reviewed: what waited for the approval of this submission is entered."""
    if act.details.get("new") != "approved":
        return
    rows = EntityWord.objects.filter(submission_id=act.subject_id, status="approval").select_related(
        "register"
    )
    for word in rows.order_by("heard_at", "id"):
        with deed(by=sender(word.by_id, word.via), via=word.via, cause=act.id) as d:
            settle(d, word, _opened(word), approved=True)


def enter_word(*, by: Actor, word: EntityWord, via: str = "web") -> EntityWord:
    """仍然写入: a colleague enters what could not be entered by itself (it waited, or lay out of the sender's reach)."""
    with deed(by=by, via=via) as d:
        row = _open_word(by, word)
        settle(d, row, _opened(row), approved=True, forced=True)
        if row.problem:
            raise Problem(row.problem["code"], **row.problem["details"])
    return row


def drop_word(*, by: Actor, word: EntityWord, via: str = "web") -> EntityWord:
    """放弃: it shall not be entered; the submission stays as it is."""
    with deed(by=by, via=via) as d:
        row = _open_word(by, word)
        row.status = "dropped"
        row.version += 1
        row.save(update_fields=["status", "version"])
        assert row.register is not None
        d.record(
            "register.word_dropped",
            row.register,
            details={"list": row.list_name, "entity": str(row.entity_id or "")},
            area=row.area,
        )
    return row


def _open_word(by: Actor, word: EntityWord) -> EntityWord:
    row = (
        EntityWord.objects.select_for_update(of=("self",), no_key=True)
        .select_related("register")
        .get(pk=word.pk)
    )
    require(by.scope, "register.edit", area=row.area)
    if row.status not in _OPEN or row.register is None or row.entity_id is None:
        raise Problem("entity.word_settled", status=str(WORD_STATUS_WORDS[row.status]))
    return row


def enter_late() -> int:
    """What has waited for five days for its predecessor is entered all the same; answers how many were tried."""
    rows = EntityWord.objects.filter(status="waiting", heard_at__lt=clock.now() - lists.LONGEST_HOLD)
    found = list(rows.select_related("register").order_by("heard_at", "id")[:200])
    for word in found:
        with deed(by=sender(word.by_id, word.via), via=word.via) as d:
            settle(d, word, _opened(word), forced=True)
    return len(found)
