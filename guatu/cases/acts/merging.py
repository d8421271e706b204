"""Cases that are one matter: merged into a master, and taken out again.

`Merge` rows are the judgements; they form trees. `Case.merged_into` is always the root, so that there are no chains, and
nothing is moved: reporters, photos and history stay with the case they came with, and the master shows them all.
One merging or unmerging of a campaign at a time (the campaign's row is locked first): who is whose master cannot change
under the others' hands, so their locks — masters before their children, each group by id — never form a ring.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from guatu.campaigns.models import Campaign
from guatu.cases.acts.joint import open_offer
from guatu.cases.acts.moving import check_moment, check_step, locked, person_of, take_step
from guatu.cases.acts.steps import Outcome
from guatu.cases.models import STATUS_WORDS, Case, JointPart, Merge, Request
from guatu.cases.rules.duplicates import below
from guatu.cases.rules.joint import OPEN_PARTS
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, deed
from guatu.kernel.problems import Problem

_DEAD = ("void", "withdrawn", "rejected")
_DONE = ("verified", "closed")


def merge_case(
    *,
    by: Actor,
    case: Case,
    into: Case,
    reason: str,
    evidence: Sequence[Mapping[str, Any]] = (),
    version: int | None = None,
    via: str = "web",
) -> Case:
    """并入主件: the case is the same matter as `into` (or as what that was merged into: always the root). What was merged
    into the case comes along. evidence: as it was shown to who decided. Raises the `case.merge_…` refusals."""
    with deed(by=by, via=via) as d:
        _one_at_a_time(case)
        row, master = _both(case, into)
        move = check_step(row, "merge", version)
        for each in (row, master):
            require(by.scope, move.right, area=each.area, units=(each.unit_path,))
        _check_master(by, row, master)
        _check_free(row)
        check_moment(row, d.effective_at)
        text = reason.strip()
        if not text:
            raise Problem("case.why_needed")
        Merge(
            home=row.home, case=row, into=master, from_status=row.status, reason=text,
            evidence=[dict(each) for each in evidence], by=person_of(by), at=d.effective_at,
        ).save(force_insert=True)  # fmt: skip
        for child in _under(row.id, row.id):
            _follow(d, child, master, row)
        row.merged_into = master
        take_step(d, row, move, note=text, details={"master": master.number, "master_id": str(master.id)})
        d.record("case.took_in", master, details={"child": row.number, "child_id": str(row.id)})
    return row


def _one_at_a_time(case: Case) -> None:
    list(Campaign.objects.select_for_update(no_key=True).filter(pk=case.campaign_id).values_list("pk"))


def _both(case: Case, into: Case) -> tuple[Case, Case]:
    """Both rows locked, `into` as its root. Raises what makes them no pair, seen again under the lock."""
    if case.pk == into.pk:
        raise Problem("case.merge_itself", number=case.number)
    fresh = dict(Case.objects.filter(pk__in=[case.pk, into.pk]).values_list("pk", "merged_into_id"))
    root = fresh.get(into.pk) or into.pk
    if root == case.pk:
        raise Problem("case.merge_circle", number=case.number, into=into.number)
    if fresh.get(case.pk) is not None:  # a duplicate already: refused before anything is locked
        case.refresh_from_db(fields=["status"])
        check_step(case, "merge", None)
    held = {key: locked(key) for key in sorted({case.pk, root})}
    master = held[root]
    if master.merged_into_id == case.pk:
        raise Problem("case.merge_circle", number=case.number, into=into.number)
    moved = Case.objects.filter(pk=into.pk).values_list("merged_into_id", flat=True).first()
    if (moved or into.pk) != root or master.merged_into_id is not None:
        raise Problem("case.merge_moved", number=into.number)
    return held[case.pk], master


def _check_master(by: Actor, case: Case, master: Case) -> None:
    said = {"number": case.number, "into": master.number, "status": str(STATUS_WORDS[master.status])}
    if case.campaign_id != master.campaign_id:
        raise Problem("case.merge_foreign", **said)
    if master.status in _DEAD:
        raise Problem("case.merge_dead", **said)
    if master.status in _DONE and not by.scope.allows(
        "case.close", area=master.area, units=(master.unit_path,)
    ):
        raise Problem("case.merge_settled", **said)


def _check_free(case: Case) -> None:
    """Nothing of the case may wait for somebody else: it would be forgotten with the case."""
    parts = JointPart.objects.filter(case=case, status__in=OPEN_PARTS).count()
    offers = int(open_offer(case) is not None)
    requests = Request.objects.filter(case=case, status="asked").count()
    if parts or offers or requests:
        raise Problem("case.merge_busy", number=case.number, parts=parts, offers=offers, requests=requests)


def _under(case: UUID, root: UUID) -> list[Case]:
    """Everything that came in with a case, locked in the order of ids. root: the master they stand under now."""
    edges = dict(
        Merge.objects.filter(ended_at=None, case__merged_into=root).values_list("case_id", "into_id")
    )
    return [locked(key) for key in sorted(below(case, edges))]


def _follow(d: Deed, child: Case, master: Case, along: Case) -> None:
    """A duplicate whose master changes because its old one was merged or taken out."""
    child.merged_into = master
    child.version += 1
    child.save(force_update=True)
    said = {
        "master": master.number,
        "master_id": str(master.id),
        "with": along.number,
        "number": child.number,
    }
    d.record("case.followed", child, details=said)


def unmerge_case(*, by: Actor, case: Case, reason: str, version: int | None = None, via: str = "web") -> Case:
    """取消合并: the case is its own again, in the status it had, with the deadline it had. What came in with it goes with
    it. Raises `case.wrong_step` for what is no duplicate, `case.merge_moved`, `case.why_needed`."""
    with deed(by=by, via=via) as d:
        _one_at_a_time(case)
        root = Case.objects.filter(pk=case.pk).values_list("merged_into_id", flat=True).first()
        master = locked(root) if root is not None else None
        row = locked(case)
        move = check_step(row, "unmerge", version)
        require(by.scope, move.right, area=row.area, units=(row.unit_path,))
        if master is None or row.merged_into_id != master.pk:
            raise Problem("case.merge_moved", number=row.number)
        text = reason.strip()
        if not text:
            raise Problem("case.why_needed")
        edge = Merge.objects.get(case=row, ended_at=None)
        children = _under(row.id, master.pk)
        edge.ended_at, edge.ended_by, edge.ended_reason = d.effective_at, person_of(by), text
        edge.save(force_update=True)
        row.merged_into = None
        details = {"master": master.number, "master_id": str(master.id)}
        take_step(d, row, move, note=text, target=edge.from_status, details=details)
        for child in children:
            _follow(d, child, row, row)
        d.record("case.gave_back", master, details={"child": row.number, "child_id": str(row.id)})
    return row


def merge_cases(
    *,
    by: Actor,
    cases: Iterable[tuple[Case, int | None]],
    into: Case,
    reason: str,
    via: str = "web",
) -> list[Outcome]:
    """Many into one (with the version each was seen at); what is refused is told and hinders nobody else."""
    outcomes = []
    for case, version in cases:
        try:
            done = merge_case(by=by, case=case, into=into, reason=reason, version=version, via=via)
            outcomes.append(Outcome(case.id, done))
        except Problem as refusal:
            outcomes.append(Outcome(case.id, None, refusal))
    return outcomes
