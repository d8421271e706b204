"""One step on many cases: begun once, done a chunk a transaction, every outcome kept, taken back as a whole.

Inside a chunk the single acts are nested in one deed, so that facts are posted and positions given once for a hundred
cases. Rows are locked in the order of their ids: two bulk actions that meet wait for each other in a line, never a ring.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from guatu.campaigns.models import Campaign
from guatu.cases.acts import bulksteps
from guatu.cases.acts.chunk import Chunk, chunked
from guatu.cases.acts.moving import person_of
from guatu.cases.models import STEP_WORDS, Bulk, BulkLine
from guatu.cases.rules.bulk import AT_ONCE, BULK, CHUNK, MOST, UNDO_MINUTES, undoable
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import SYSTEM, Actor, Deed, deed
from guatu.kernel.jobs import job
from guatu.kernel.problems import Problem

_One = Callable[[Actor, BulkLine], UUID | None]


def start_bulk(
    *,
    by: Actor,
    campaign: Campaign,
    step: str,
    cases: Iterable[tuple[UUID, int | None]],
    arguments: Mapping[str, Any] | None = None,
    chosen_by: str = "",
    via: str = "web",
) -> Bulk:
    """Begin a bulk action on (case id, version it was seen at). Up to `AT_ONCE` are done before this returns, more by the
    worker. arguments: {"unit", "limit": [amount, unit], "note", "reason", "class", "new_limit", "text"}, as the step asks.

    Raises `bulk.nothing`, `bulk.too_many`, `bulk.unknown_step`, `bulk.argument_needed`, and what a wrong argument raises.
    """
    if step not in BULK:
        raise Problem("bulk.unknown_step", step=str(step)[:20])
    wanted = dict(cases)
    if not wanted:
        raise Problem("bulk.nothing")
    if len(wanted) > MOST:
        raise Problem("bulk.too_many", count=len(wanted), most=MOST)
    given = bulksteps.checked(campaign, step, arguments or {})
    with deed(by=by, via=via) as d:
        require(by.scope, BULK[step].right)
        bulk = Bulk(
            home=campaign.home, campaign=campaign, step=step, arguments=given, chosen_by=chosen_by[:4000],
            by=person_of(by), at=d.effective_at, wanted=len(wanted),
        )  # fmt: skip
        said = {"step": step, "step_word": str(bulksteps.word_of(step)), "wanted": len(wanted)}
        bulk.cause_id = d.record("case.bulk_begun", bulk, details=said)
        bulk.save(force_insert=True)
        BulkLine.objects.bulk_create(
            [
                BulkLine(home=campaign.home, bulk=bulk, case_id=case_id, seen_version=version)
                for case_id, version in sorted(wanted.items())
            ],
            batch_size=500,
        )
        if len(wanted) > AT_ONCE:
            work_on_bulk.enqueue(bulk_id=str(bulk.id))
    if len(wanted) <= AT_ONCE:
        run_bulk(bulk=bulk, by=by)
        bulk.refresh_from_db()
    return bulk


def run_bulk(*, bulk: Bulk, by: Actor | None = None) -> Bulk:
    """Work through what waits, chunk by chunk. Doing it again goes on where it stopped and repeats nothing."""
    actor: Actor = by or bulk.by or SYSTEM
    while _chunk(bulk, actor):
        pass
    return bulk


@job
def work_on_bulk(bulk_id: str) -> None:
    """The worker's part of a bulk action, or of its undoing."""
    run_bulk(bulk=Bulk.objects.select_related("by__unit", "campaign").get(pk=bulk_id))


def undo_bulk(*, by: Actor, bulk: Bulk, via: str = "web") -> Bulk:
    """Take the whole back, as far as cases stand as it left them; what has moved on stays, and is said.

    Raises `bulk.not_yours`, `bulk.not_undoable`.
    """
    with deed(by=by, via=via) as d:
        row = Bulk.objects.select_for_update(no_key=True).get(pk=bulk.pk)
        if by.id is not None and row.by_id != by.id:
            raise Problem("bulk.not_yours", who=str(row.by or "—"))
        _check_undoable(row, d.effective_at)
        row.status, row.undone_at, row.version = "undoing", d.effective_at, row.version + 1
        row.save(update_fields=["status", "undone_at", "version"])
        if row.done > AT_ONCE:
            work_on_bulk.enqueue(bulk_id=str(row.id))
    if row.done <= AT_ONCE:
        run_bulk(bulk=row, by=by)
    row.refresh_from_db()
    return row


def _check_undoable(row: Bulk, now: dt.datetime) -> None:
    since = (now - row.finished_at).total_seconds() / 60 if row.finished_at is not None else None
    if undoable(row.step, row.status, since):
        return
    if not BULK[row.step].back:
        why = _("这一步没有退路")
    elif row.status != "done":
        why = _("还没有办完，或者已经撤销过")
    else:
        why = _("已超过 %(minutes)s 分钟") % {"minutes": UNDO_MINUTES}
    raise Problem("bulk.not_undoable", step=str(bulksteps.word_of(row.step)), why=why)


def _chunk(bulk: Bulk, by: Actor) -> bool:
    """One transaction; whether there is more to do."""
    with chunked() as chunk, deed(by=by, via="web") as d:
        row = Bulk.objects.select_for_update(no_key=True).get(pk=bulk.pk)
        if row.status not in ("waiting", "running", "undoing"):
            return False
        row.by, row.campaign = bulk.by, bulk.campaign
        undoing = row.status == "undoing"
        lines = list(row.lines.filter(state="done" if undoing else "waiting").order_by("case_id")[:CHUNK])
        chunk.take([line.case_id for line in lines])
        act = bulksteps.undoing(row, chunk.rows) if undoing else bulksteps.doing(row, chunk.rows)
        for line in lines:
            _one(d, chunk, row, line, act, undoing=undoing)
        chunk.flush()
        d.batch.finally_(lambda _positions: chunk.flush())  # what the reactions wrote
        _keep_lines(lines)
        if not undoing:
            row.status = "running"
        if len(lines) < CHUNK:
            _finish(d, row, undoing=undoing)
        _count(row)
        return len(lines) == CHUNK


def _keep_lines(lines: list[BulkLine]) -> None:
    said = [name for name in ("before", "refused", "made_id") if any(getattr(line, name) for line in lines)]
    if lines:
        BulkLine.objects.bulk_update(lines, ["state", "after_version", *said])


def _one(d: Deed, chunk: Chunk, bulk: Bulk, line: BulkLine, act: _One, *, undoing: bool) -> None:
    """One case in a savepoint of its own; a refusal leaves no trace but the line."""
    acts, finishers = d.batch.acts, d.batch.finishers
    begun, ends = len(acts), len(finishers)
    try:
        with transaction.atomic():
            line.made_id = act(d.by, line) or line.made_id
    except Problem as refusal:
        del acts[begun:], finishers[ends:]
        chunk.forget(line.case_id)
        line.state = "kept" if undoing else "refused"
        line.refused = {
            "code": refusal.code,
            "details": {key: str(each) for key, each in refusal.details.items()},
        }
    else:
        line.state = "undone" if undoing else "done"
        for each in acts[begun:]:
            each.cause_id = each.cause_id or bulk.cause_id


def _finish(d: Deed, row: Bulk, *, undoing: bool) -> None:
    said: dict[str, Any] = {"step": row.step, **_counts(row)}
    if undoing:
        row.status = "undone"
        d.record("case.bulk_undone", row, details=said, cause=row.cause_id)
        return
    row.status, row.finished_at = "done", d.effective_at
    row.undo_until = d.effective_at + dt.timedelta(minutes=UNDO_MINUTES) if BULK[row.step].back else None
    d.record("case.bulk_done", row, details=said, cause=row.cause_id)


def _counts(row: Bulk) -> dict[str, int]:
    states = ("done", "refused", "undone", "kept")
    found = row.lines.aggregate(**{name: Count("id", filter=Q(state=name)) for name in states})
    return {
        "wanted": row.wanted, "done": found["done"] + found["undone"] + found["kept"], "refused": found["refused"],
        "back": found["undone"], "kept": found["kept"],
    }  # fmt: skip


def _count(row: Bulk) -> None:
    counts = _counts(row)
    row.done, row.refused, row.back = counts["done"], counts["refused"], counts["back"]
    row.version += 1
    row.save(update_fields=["status", "done", "refused", "back", "finished_at", "undo_until", "version"])


def step_word(step: str) -> str:
    """What a step is called on pages."""
    return str(bulksteps.word_of(step)) if step in BULK else str(STEP_WORDS.get(step, step))


def seconds_so_far(row: Bulk, now: dt.datetime | None = None) -> float:
    """How long a bulk action has been running."""
    return ((now or clock.now()) - row.at).total_seconds()
