"""People outside: an outsider answers by a one-time link; the reporter follows by a private one and says what came of it.

A key is shown once, when it is made, and kept as a fingerprint. Whoever holds it acts as nobody of the house (SYSTEM); the
ledger says `via="link"`.
"""

import datetime as dt
import secrets as random_bytes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from guatu.campaigns.models import Campaign
from guatu.cases.acts.moving import add_photos, locked, person_of
from guatu.cases.acts.opening import Draft, ReporterDraft, report_case
from guatu.cases.acts.stages import book_of
from guatu.cases.acts.turns import reopen_case
from guatu.cases.models import STATUS_WORDS, Case, Feedback, Link, Reporter
from guatu.cases.reads.outside import judged
from guatu.cases.rules import OPEN, RECTIFIED
from guatu.cases.rules.outside import SATISFACTION, fingerprint, may_reopen
from guatu.kernel import clock, secrets
from guatu.kernel.access import require
from guatu.kernel.acts import SYSTEM, Actor, Deed, deed
from guatu.kernel.models import SightLog
from guatu.kernel.problems import Problem

MOST_TEXT = 4000


def _new_link(d: Deed, case: Case, kind: str, **more: Any) -> tuple[Link, str]:
    key = random_bytes.token_urlsafe(24)
    row = Link(home=case.home, case=case, kind=kind, sha256=fingerprint(key), made_at=d.effective_at, **more)
    row.save(force_insert=True)
    return row, key


# --- somebody without an account is asked ------------------------------------------------------------------------


def ask_outside(
    *, by: Actor, case: Case, for_whom: str, question: str, days: int | None = None, via: str = "web"
) -> tuple[Link, str]:
    """Make a one-time link for somebody without an account to answer with text and photos; answers the row and the key,
    which is shown once. for_whom: an office or a role. days: how long it is good (default: the campaign's)."""
    with deed(by=by, via=via) as d:
        row = locked(case)
        require(by.scope, "case.contact", area=row.area, units=(row.unit_path,))
        if row.status not in OPEN:
            raise Problem("case.settled", number=row.number, status=str(STATUS_WORDS[row.status]))
        if not question.strip() or not for_whom.strip():
            raise Problem("case.link_question")
        good = d.effective_at + dt.timedelta(days=days or book_of(row).answer_days)
        link, key = _new_link(
            d, row, "answer", for_whom=for_whom.strip()[:120], question=question.strip()[:MOST_TEXT],
            made_by=person_of(by), good_until=good,
        )  # fmt: skip
        said = {"number": row.number, "link": str(link.id), "for_whom": link.for_whom}
        d.record("case.outsider_asked", row, details=said)
    return link, key


def withdraw_link(*, by: Actor, link: Link, via: str = "web") -> Link:
    """The link is good no longer; what was answered stays."""
    with deed(by=by, via=via) as d:
        case = locked(link.case_id)
        require(by.scope, "case.contact", area=case.area, units=(case.unit_path,))
        row = Link.objects.select_for_update(no_key=True).get(pk=link.pk)
        if row.withdrawn or row.answered_at is not None:
            raise Problem("case.link_over")
        row.withdrawn = True
        row.version += 1
        row.save()
        d.record("case.link_withdrawn", case, details={"number": case.number, "link": str(row.id)})
    return row


def answer_link(*, key: str, text: str, photos: Sequence[Any] = ()) -> Link:
    """The outsider's answer: once, while the link is good. Photos are kept with the case as “outside”.

    Raises `case.link_unknown`, `case.link_over`, `case.link_empty`, `case.not_a_picture`.
    """
    with deed(by=SYSTEM, via="link") as d:
        found = Link.objects.filter(sha256=fingerprint(key), kind="answer").values("pk", "case_id").first()
        if found is None:
            raise Problem("case.link_unknown")
        # the case first, as everywhere: nobody waits in a ring with who withdraws the link
        case = locked(found["case_id"])
        row = Link.objects.select_for_update(no_key=True).get(pk=found["pk"])
        check_good(row, d.effective_at)
        if not text.strip() and not photos:
            raise Problem("case.link_empty")
        if case.status not in OPEN:
            raise Problem("case.link_over")
        add_photos(SYSTEM, case, photos, "outside", "link")
        row.answered_at, row.answer = d.effective_at, text.strip()[:MOST_TEXT]
        row.version += 1
        row.save()
        said = {"number": case.number, "link": str(row.id), "for_whom": row.for_whom, "photos": len(photos)}
        d.record("case.outsider_answered", case, details=said)
    return row


def check_good(link: Link, now: dt.datetime) -> None:
    """Raises `case.link_over` unless the link may still be used."""
    over = link.good_until is not None and link.good_until < now
    if link.withdrawn or over or (link.kind == "answer" and link.answered_at is not None):
        raise Problem("case.link_over")


# --- the reporter ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reported:
    """A report from outside, and the key by which its reporter follows it."""

    case: Case
    key: str


def report_from_outside(
    *,
    campaign: Campaign,
    draft: Draft,
    reporter: ReporterDraft,
    photos: Sequence[Any] = (),
) -> Reported:
    """A report from the public page. Only classes that people outside may report. Raises what `report_case` raises."""
    with deed(by=SYSTEM, via="public") as d:
        case = report_case(
            by=SYSTEM, campaign=campaign, draft=draft, photos=photos, reporter=reporter, via="public"
        )
        if case.case_class is None or not (case.case_class.public and case.case_class.active):
            raise Problem("case.class_not_public")
        row = Reporter.objects.get(case=case)
        _, key = _new_link(d, case, "follow", reporter=row)
    return Reported(case, key)


def new_follow_link(*, by: Actor, reporter: Reporter, via: str = "web") -> str:
    """A fresh private link for a reporter (who lost theirs, or called the hotline); earlier ones are good no longer."""
    with deed(by=by, via=via) as d:
        case = locked(reporter.case_id)
        require(by.scope, "case.contact", area=case.area, units=(case.unit_path,))
        Link.objects.filter(reporter=reporter, kind="follow", withdrawn=False).update(withdrawn=True)
        link, key = _new_link(d, case, "follow", reporter=reporter, made_by=person_of(by))
        d.record("case.follow_link_made", case, details={"number": case.number, "link": str(link.id)})
    return key


def note_opened(*, link: Link) -> None:
    """Remember when the page behind a link was first opened; a reporter who opens it after the end has been told."""
    now = clock.now()
    if link.opened_at is None:
        Link.objects.filter(pk=link.pk, opened_at=None).update(opened_at=now)
    master = link.case.merged_into or link.case
    if link.reporter_id is not None and master.status in RECTIFIED:
        told = Reporter.objects.filter(pk=link.reporter_id, told_at=None)
        if told.exists():
            with deed(by=SYSTEM, via="link") as d:
                told.update(told_at=now)
                d.record("case.reporter_told", link.case, details={"number": link.case.number, "how": "link"})


def tell_reporter(*, by: Actor, reporter: Reporter, via: str = "web") -> Reporter:
    """Somebody told the reporter the outcome by telephone (告知结果)."""
    with deed(by=by, via=via) as d:
        case = locked(reporter.case_id)
        require(by.scope, "case.contact", area=case.area, units=(case.unit_path,))
        row = Reporter.objects.select_for_update(no_key=True).get(pk=reporter.pk)
        row.told_at = row.told_at or d.effective_at
        row.version += 1
        row.save()
        d.record("case.reporter_told", case, details={"number": case.number, "how": "phone"})
    return row


def _both(reporter: Reporter) -> tuple[Case, Case]:
    """The reporter's case and the one it was merged into (or itself), locked: masters before their children, as in merging."""
    root = Case.objects.filter(pk=reporter.case_id).values_list("merged_into_id", flat=True).first()
    master = locked(root) if root is not None else None
    child = locked(reporter.case_id)
    if child.merged_into_id != root:
        raise Problem("case.merge_moved", number=child.number)
    return child, master or child


def give_feedback(
    *,
    by: Actor = SYSTEM,
    reporter: Reporter,
    solved: bool | None,
    satisfaction: str = "",
    text: str = "",
    via: str = "link",
) -> Feedback:
    """What the reporter says of the outcome, by their link or told to somebody on the telephone (回访).

    Not solved, said within the window of a settled case: the case is taken up again, once; later it stands as it was said.
    An outcome is judged once by each reporter, so that nobody weighs more than once in the rates.
    Raises `case.feedback_early`, `case.feedback_empty`, `case.feedback_given`.
    """
    with deed(by=by, via=via) as d:
        child, master = _both(reporter)
        if via != "link":
            require(by.scope, "case.contact", area=child.area, units=(child.unit_path,))
        if master.status not in (*RECTIFIED, "rejected"):
            raise Problem(
                "case.feedback_early", number=master.number, status=str(STATUS_WORDS[master.status])
            )
        if solved is None and not satisfaction:
            raise Problem("case.feedback_empty")
        if satisfaction and satisfaction not in SATISFACTION:
            raise Problem("case.feedback_empty")
        if judged(reporter, master):
            raise Problem("case.feedback_given", number=master.number)
        row = Feedback(
            home=master.home, case=master, reporter=reporter, solved=solved, satisfaction=satisfaction,
            text=text.strip()[:MOST_TEXT], at=d.effective_at, via="link" if via == "link" else "phone",
        )  # fmt: skip
        row.save(force_insert=True)
        cause = d.record(
            "case.feedback_given",
            master,
            details={"number": master.number, "feedback": str(row.id), "solved": solved},
        )
        settled = master.closed_at or master.last_step_at
        if may_reopen(
            solved, master.status, master.reopens, settled, d.effective_at, book_of(master).reopen_days
        ):
            with deed(by=by, effective_at=d.effective_at, via=via, cause=cause):
                reopen_case(
                    by=by if via != "link" else SYSTEM, case=master, reason="反映人表示没有解决", via=via
                )
    return row


def reveal_reporter(*, by: Actor, reporter: Reporter, reason: str) -> dict[str, str]:
    """The reporter's name, telephone and e-mail in the clear: with a reason, logged before anything is opened."""
    case = Case.objects.select_related("unit").get(pk=reporter.case_id)
    require(by.scope, "case.contact", area=case.area, units=(case.unit_path,))
    if by.id is None:
        raise Problem("access.denied", right="case.contact")
    if not reason.strip():
        raise Problem("case.reveal_reason")
    now = clock.now()
    SightLog.objects.bulk_create(
        SightLog(
            at=now,
            by_id=by.id,
            subject_type="reporter",
            subject_id=str(reporter.id),
            field=name,
            reason=reason.strip()[:200],
        )
        for name in reporter.sealed
    )
    return secrets.open_many({reporter.id: reporter.sealed}).get(reporter.id, {})


def forget_reporter(*, by: Actor, reporter: Reporter, via: str = "web") -> None:
    """Destroy what we know of the person; the case and the counts stand."""
    with deed(by=by, via=via) as d:
        case = locked(reporter.case_id)
        require(by.scope, "case.contact", area=case.area, units=(case.unit_path,))
        secrets.forget(reporter.id)
        row = Reporter.objects.select_for_update(no_key=True).get(pk=reporter.pk)
        row.sealed, row.phone_blind, row.wants_contact = {}, "", False
        row.version += 1
        row.save()
        Link.objects.filter(reporter=row).update(withdrawn=True)
        d.record("case.reporter_forgotten", case, details={"number": case.number})
