"""Receiving: envelopes in, receipts out. One transaction for all that came together; a bad one hurts nobody else."""

import io
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError

from guatu.campaigns.models import Campaign
from guatu.fieldwork import problems as problems
from guatu.fieldwork.acts.letters import (
    PUBLIC,
    EnvelopeIn,
    FileIn,
    Letter,
    Outcome,
    Understood,
    find_areas,
    find_forms,
    open_envelope,
    sealed_texts,
    understand,
)
from guatu.fieldwork.models import Aside, Envelope, Receipt, Submission
from guatu.fieldwork.reads_returns import may_mend
from guatu.fieldwork.rules.lifecycle import WITHDRAWN
from guatu.files.acts import attach
from guatu.files.models import Attachment
from guatu.kernel import clock, ids, secrets
from guatu.kernel.acts import Actor, Deed, deed, in_deed
from guatu.kernel.db import problem_of
from guatu.kernel.problems import Problem
from guatu.places.rules import home_of

__all__ = ["PUBLIC", "EnvelopeIn", "FileIn", "Outcome", "receive_many"]


def receive_many(*, envelopes: Sequence[EnvelopeIn]) -> list[Outcome]:
    """Take what came together, in one transaction; answers one outcome for each envelope, in their order.

    New: envelope, submission, files, facts, readings and act are written, a receipt is given. Same id and same bytes:
    the same receipt again, files that were missing are added. Same id, other bytes: refused (409), the copy is kept in
    Aside. An edit (deprecatedID) must replace the current version. If the transaction breaks, each is tried alone.
    Inside a deed of the caller's nothing is tried again: what breaks, breaks the caller's transaction.
    """
    letters = [open_envelope(envelope) for envelope in envelopes]
    fresh = {letter.header.instance_id for letter in letters}
    # an edit of something that is in the same batch waits until that is written
    first = [letter for letter in letters if letter.header.deprecated_id not in fresh]
    then = [letter for letter in letters if letter.header.deprecated_id in fresh]
    for group in (first, then):
        if group:
            _take_or_split(group)
    return [letter.outcome for letter in letters]


def _take_or_split(letters: list[Letter]) -> None:
    if in_deed():
        _take(letters)
        return
    try:
        _take(letters)
    except (Problem, DatabaseError) as broken:
        if len(letters) == 1 and not isinstance(broken, IntegrityError):
            letters[0].refuse(_reason(broken))
            return
        for letter in letters:
            _take_alone(letter)


def _take_alone(letter: Letter) -> None:
    """One by one, twice: a twin that came in through another process breaks the first try and is found by the second."""
    if letter.root is None or letter.header.problem:
        return  # refused when it was opened
    for attempt in (1, 2):
        letter.outcome.status, letter.outcome.problem = "refused", None
        try:
            _take([letter])
            return
        except IntegrityError as broken:
            if attempt == 2:
                letter.refuse(_reason(broken))
        except (Problem, DatabaseError) as broken:
            letter.refuse(_reason(broken))
            return


def _reason(broken: Exception) -> Problem:
    if isinstance(broken, Problem):
        return broken
    return problem_of(broken) if isinstance(broken, IntegrityError) else Problem("submission.busy")


def _take(letters: list[Letter]) -> None:
    """All letters in one transaction. 1 forms; 2 who was here before; 3 answers and areas; 4 rows, acts, receipts."""
    readable = [letter for letter in letters if letter.root is not None and not letter.header.problem]
    for letter in readable:
        letter.outcome.problem = None
    with deed(by=PUBLIC, via="intake") as d:
        find_forms(readable)
        here = _receipts(readable)
        new, twins = _sort_out(d, readable, here)
        understood = [(letter, found) for letter in new if (found := understand(letter)) is not None]
        find_areas((found, _campaign(letter), letter.envelope.by) for letter, found in understood)
        acts: dict[UUID, tuple[Letter, UUID, str]] = {}
        made = [(letter, found) for letter, found in understood if not letter.header.deprecated_id]
        _write_new(made, acts)
        for letter, found in understood:
            if letter.header.deprecated_id:
                _replace(letter, found, here, acts)
        for letter, first in twins:
            _repeat_in_batch(letter, first)
        if acts:
            d.batch.finally_(lambda positions: _write_receipts(acts, twins, positions))


def _campaign(letter: Letter) -> Campaign:
    assert letter.form is not None
    return letter.form.campaign


def _receipts(letters: Sequence[Letter]) -> dict[str, Receipt]:
    wanted = {letter.header.instance_id for letter in letters}
    wanted |= {letter.header.deprecated_id for letter in letters if letter.header.deprecated_id}
    return {row.instance_id: row for row in Receipt.objects.filter(instance_id__in=wanted)}


def _sort_out(
    d: Deed, letters: list[Letter], here: Mapping[str, Receipt]
) -> tuple[list[Letter], list[tuple[Letter, Letter]]]:
    """(new ones, twins within the batch with the one they repeat). Repetitions and conflicts are settled on the way."""
    new: dict[str, Letter] = {}
    twins: list[tuple[Letter, Letter]] = []
    for letter in letters:
        receipt = here.get(letter.header.instance_id)
        if receipt is not None and receipt.sha256 == letter.sha256:
            _repeat(letter, receipt)
        elif letter.outcome.problem is not None:
            continue
        elif receipt is not None:
            _set_aside(d, letter, receipt)
        elif (first := new.get(letter.header.instance_id)) is None:
            new[letter.header.instance_id] = letter
        elif first.sha256 == letter.sha256:
            twins.append((letter, first))
        else:
            # its home is not known before the first one is written: it is asked to come again
            letter.refuse(Problem("submission.busy"))
    return list(new.values()), twins


def _repeat(letter: Letter, receipt: Receipt) -> None:
    """The same receipt again, even when the form was closed meanwhile; files that were missing are added."""
    outcome = letter.outcome
    outcome.status, outcome.problem = "repeated", None
    outcome.submission_id, outcome.home, outcome.position = (
        receipt.submission_id,
        receipt.home,
        receipt.position,
    )
    if letter.envelope.files:
        row = Submission.objects.get(home=receipt.home, id=receipt.submission_id)
        _attach(letter, row)


def _repeat_in_batch(letter: Letter, first: Letter) -> None:
    letter.outcome.problem = first.outcome.problem
    letter.outcome.status = "repeated" if first.outcome.problem is None else "refused"
    if first.outcome.problem is None and letter.envelope.files and first.outcome.submission_id is not None:
        _attach(letter, Submission.objects.get(home=first.outcome.home, id=first.outcome.submission_id))


def _set_aside(d: Deed, letter: Letter, receipt: Receipt) -> None:
    """Keep the second copy for review and refuse it. The same second copy sent again is not kept twice."""
    assert letter.form is not None
    received = clock.local(receipt.received_at).strftime("%Y-%m-%d %H:%M")
    keep_aside(letter, receipt)
    letter.refuse(
        Problem("submission.conflict", instance_id=letter.header.instance_id, received=received, aside=True)
    )


def keep_aside(letter: Letter, receipt: Receipt) -> None:
    assert letter.form is not None
    if Aside.objects.filter(instance_id=letter.header.instance_id, sha256=letter.sha256).exists():
        return
    row = Submission.objects.get(home=receipt.home, id=receipt.submission_id)
    kept = Envelope.objects.filter(home=receipt.home, submission_id=receipt.submission_id).first()
    seals = kept is not None and kept.sealed
    aside = Aside(
        home=receipt.home,
        campaign=letter.form.campaign,
        form=letter.form,
        form_version=letter.version,
        submission_id=receipt.submission_id,
        instance_id=letter.header.instance_id,
        area=row.area,
        xml=_sealed_bytes(receipt.submission_id, letter, None) if seals else letter.envelope.xml,
        sealed=seals,
        sha256=letter.sha256,
        received_at=letter.received_at,
        device_id=letter.envelope.device_id[:100],
        by_id=letter.envelope.by.id,
    )
    with deed(by=letter.envelope.by, via=letter.envelope.via) as d:
        aside.save(force_insert=True)
        d.record(
            "submission.set_aside", row, details={"aside": str(aside.id), "instance_id": aside.instance_id}
        )


def _sealed_bytes(submission_id: UUID, letter: Letter, key: bytes | None) -> bytes:
    # bound to the bytes' fingerprint: an aside and the original share the instance id
    name = f"envelope:{letter.sha256}"
    text = letter.envelope.xml.decode("latin-1")
    return bytes.fromhex(secrets.seal_fields(submission_id, {name: text}, key=key)[name])


def _write_new(made: list[tuple[Letter, Understood]], acts: dict[UUID, tuple[Letter, UUID, str]]) -> None:
    row_ids = [ids.new() for _ in made]
    wanted = [row_id for row_id, (_, found) in zip(row_ids, made, strict=True) if found.seals]
    keys = secrets.fresh_keys(wanted) if wanted else {}
    rows = [
        (letter, found, _submission(row_id, letter, found, keys.get(row_id)))
        for row_id, (letter, found) in zip(row_ids, made, strict=True)
    ]
    Submission.objects.bulk_create([row for _, _, row in rows])
    Envelope.objects.bulk_create(
        [_envelope(letter, row, found.seals, keys.get(row.id)) for letter, found, row in rows]
    )
    for letter, _, row in rows:
        with deed(by=letter.envelope.by, effective_at=row.happened_at, via=letter.envelope.via) as d:
            act_id = d.record(
                "submission.received",
                row,
                details={
                    "form": row.form_id.hex,
                    "version": letter.header.version,
                    "instance_id": row.instance_id,
                },
            )
            _attach(letter, row)
        _taken(letter, row, "received")
        acts[act_id] = (letter, row.id, row.home)


def _submission(row_id: UUID, letter: Letter, found: Understood, key: bytes | None) -> Submission:
    row = Submission(
        id=row_id, home=home_of(found.area), campaign=_campaign(letter), form=letter.form, by_id=letter.envelope.by.id,
        received_at=letter.received_at, unit=_unit_of(letter), device_id=letter.envelope.device_id[:100],
    )  # fmt: skip
    fill(row, letter, found, key)
    return row


def _unit_of(letter: Letter) -> str:
    unit = getattr(letter.envelope.by, "unit", None)
    return str(getattr(unit, "path", "") or "")


def fill(row: Submission, letter: Letter, found: Understood, key: bytes | None = None) -> None:
    """Write what a letter says into a row (new or corrected); home, sender and time of reception stay."""
    row.form_version = letter.version  # type: ignore[assignment]
    row.instance_id = letter.header.instance_id
    row.title = found.meaning.title
    row.answers = found.clear
    row.sealed = secrets.seal_fields(row.id, sealed_texts(found.personal), key=key) if found.personal else {}
    row.meaning = found.meaning.kept()
    row.files = found.files
    row.notes = found.notes
    row.area = found.area
    row.lon, row.lat = found.meaning.point or (None, None)
    row.happened_at, row.happened_on = found.happened_at, found.happened_on
    row.activity_id = letter.envelope.activity_id or _uuid(found.meaning.activity) or row.activity_id


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _envelope(letter: Letter, row: Submission, seals: bool, key: bytes | None = None) -> Envelope:
    return Envelope(
        home=row.home,
        submission_id=row.id,
        instance_id=letter.header.instance_id,
        form_version=letter.version,
        xml=_sealed_bytes(row.id, letter, key) if seals else letter.envelope.xml,
        sealed=seals,
        sha256=letter.sha256,
        received_at=letter.received_at,
        device_id=letter.envelope.device_id[:100],
        by_id=letter.envelope.by.id,
    )


def _taken(letter: Letter, row: Submission, status: str) -> None:
    outcome = letter.outcome
    outcome.status, outcome.problem = status, None
    outcome.submission_id, outcome.home = row.id, row.home


def _replace(
    letter: Letter, found: Understood, here: Mapping[str, Receipt], acts: dict[UUID, tuple[Letter, UUID, str]]
) -> None:
    """An edit: the new version supersedes the current one, in the same row and stream."""
    deprecated = letter.header.deprecated_id
    receipt = here.get(deprecated)
    if receipt is None:
        letter.refuse(Problem("submission.edit_unknown", deprecated_id=deprecated))
        return
    row = Submission.objects.select_for_update(no_key=True).get(home=receipt.home, id=receipt.submission_id)
    by = letter.envelope.by
    own = by.id is not None and row.by_id == by.id or may_mend(by.id, row, _unit_of(letter))
    if not own and not by.scope.allows("submission.correct", area=row.area, units=[row.unit]):
        letter.refuse(Problem("access.denied", right="submission.correct"))
    elif row.status == WITHDRAWN:
        letter.refuse(Problem("submission.withdrawn"))
    elif row.instance_id != deprecated:
        keep_aside(letter, receipt)
        letter.refuse(Problem("submission.edit_outdated", deprecated_id=deprecated, aside=True))
    else:
        before = row.answers
        fill(row, letter, found)
        row.edits += 1
        row.version += 1
        row.status = "received"
        row.save(force_update=True)
        Envelope.objects.bulk_create([_envelope(letter, row, found.seals)])
        with deed(by=by, via=letter.envelope.via) as d:
            details = {
                "form": row.form_id.hex,
                "version": letter.header.version,
                "instance_id": row.instance_id,
                "replaces": deprecated,
                "changed": changed_paths(before, found.clear),
                "reason": letter.envelope.reason,
            }
            act_id = d.record("submission.corrected", row, details=details, correction=True)
            _attach(letter, row)
        _taken(letter, row, "corrected")
        acts[act_id] = (letter, row.id, row.home)


def changed_paths(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return sorted(path for path in {*before, *after} if before.get(path) != after.get(path))


class _Opened(io.BytesIO):
    """Bytes in memory with a name, as `attach` wants them."""

    def __init__(self, file: FileIn) -> None:
        super().__init__(file.content)
        self.name = file.name


def _attach(letter: Letter, row: Submission) -> None:
    attach_missing(by=letter.envelope.by, row=row, files=letter.envelope.files, via=letter.envelope.via)


def attach_missing(*, by: Actor, row: Submission, files: Sequence[FileIn], via: str) -> None:
    """Attach the files that are not there yet; the caller has made sure that `by` may write to the row."""
    if not files:
        return
    kept = Attachment.objects.filter(subject_type="submission", subject_id=str(row.id))
    there = set(kept.values_list("name", flat=True))
    for file in files:
        if file.name not in there:
            there.add(file.name)
            attach(by=by, subject=row, upload=_Opened(file), purpose="answer", seen=False, via=via)


def _write_receipts(
    acts: Mapping[UUID, tuple[Letter, UUID, str]],
    twins: list[tuple[Letter, Letter]],
    positions: Mapping[UUID, int],
) -> None:
    """The promises, written last: their keys are what stops a twin in another process."""
    rows = []
    for act_id, (letter, submission_id, home) in acts.items():
        letter.outcome.position = positions[act_id]
        rows.append(
            Receipt(
                instance_id=letter.header.instance_id,
                home=home,
                sha256=letter.sha256,
                submission_id=submission_id,
                position=positions[act_id],
                received_at=letter.received_at,
            )
        )
    Receipt.objects.bulk_create(rows)
    for letter, first in twins:
        outcome = letter.outcome
        outcome.submission_id, outcome.home, outcome.position = (
            first.outcome.submission_id, first.outcome.home, first.outcome.position,
        )  # fmt: skip
