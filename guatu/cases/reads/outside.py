"""What people outside are shown, and what the desk sees of them. A key opens one case and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from guatu.campaigns.models import Campaign
from guatu.cases.models import Case, CaseClass, Comment, Feedback, Link, Reporter
from guatu.cases.reads.joint import family, public_comments
from guatu.cases.reads.lists import case as case_seen
from guatu.cases.rules.outside import STANDS, fingerprint
from guatu.files.models import Attachment
from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem


def campaigns_open() -> list[Campaign]:
    """The campaigns that take reports from outside: those with a public class."""
    public = CaseClass.objects.filter(public=True, active=True)
    return list(Campaign.objects.filter(id__in=public.values("campaign")).order_by("-opens_on", "code"))


def campaign_open(code: str) -> Campaign:
    """One of them by its code. Raises `access.not_found`."""
    found = next((row for row in campaigns_open() if row.code == code), None)
    if found is None:
        raise Problem("access.not_found")
    return found


def public_classes(campaign: Campaign) -> list[CaseClass]:
    return list(
        CaseClass.objects.filter(campaign=campaign, public=True, active=True).order_by("order", "code")
    )


def link(key: str, kind: str) -> Link:
    """The link of a key, with its case. Raises `case.link_unknown`, `case.link_over` (withdrawn)."""
    rows = Link.objects.select_related(
        "case__unit",
        "case__campaign",
        "case__case_class",
        "case__merged_into__unit",
        "reporter",
        "made_by__unit",
    )
    found = rows.filter(sha256=fingerprint(key), kind=kind).first()
    if found is None:
        raise Problem("case.link_unknown")
    if found.withdrawn:
        raise Problem("case.link_over")
    return found


@dataclass(frozen=True)
class Followed:
    """What a reporter sees: their own report, where the matter stands (of the master when it was merged), what came of it."""

    report: Case
    master: Case
    stands: str  # rules.outside.STANDS
    photos: Sequence[Attachment]
    after: Sequence[Attachment]
    comments: Sequence[Comment]
    feedback: Sequence[Feedback]
    judged: bool  # this outcome has been judged by this reporter already


def followed(found: Link) -> Followed:
    """The page behind a reporter's link. Never shows who works on it, nor anything another reporter said."""
    report = found.case
    master = family(report).master
    stands = STANDS[report.status if report.merged_into_id is None else master.status]
    photos = Attachment.objects.filter(
        subject_type="case", subject_id=str(report.id), purpose="before", withdrawn=False
    ).order_by("made_at", "id")
    after = Attachment.objects.filter(
        subject_type="case", subject_id=str(master.id), purpose="after", withdrawn=False
    ).order_by("made_at", "id")
    done = stands == "done"
    return Followed(
        report=report,
        master=master,
        stands=stands,
        photos=list(photos),
        after=list(after) if done else [],
        comments=public_comments(master),
        feedback=list(Feedback.objects.filter(reporter=found.reporter).order_by("-at")),
        judged=found.reporter is not None and judged(found.reporter, master),
    )


def judged(reporter: Reporter, master: Case) -> bool:
    """Whether the reporter has said what they think of the outcome as it stands now (taken up again, it is another one)."""
    settled = master.verified_at or master.closed_at or master.last_step_at
    return Feedback.objects.filter(reporter=reporter, case=master, at__gte=settled).exists()


def photo_behind(found: Link, attachment_id: UUID) -> Attachment:
    """A photo shown on the page behind a link. Raises `access.not_found`."""
    seen = followed(found)
    for row in (*seen.photos, *seen.after):
        if row.id == attachment_id:
            return row
    raise Problem("access.not_found")


# --- the desk ----------------------------------------------------------------------------------------------------


def reporter(scope: Scope, reporter_id: UUID) -> Reporter:
    """One reporter of a case the reader may see. Raises `access.not_found`."""
    found = Reporter.objects.select_related("case__unit").filter(pk=reporter_id).first()
    if found is None:
        raise Problem("access.not_found")
    case_seen(scope, found.case_id)
    return found


def outside_link(scope: Scope, link_id: UUID) -> Link:
    """One link of a case the reader may see. Raises `access.not_found`."""
    found = Link.objects.select_related("case").filter(pk=link_id).first()
    if found is None:
        raise Problem("access.not_found")
    case_seen(scope, found.case_id)
    return found


def links(row: Case) -> list[Link]:
    """One-time links of a case the caller may see, newest first."""
    return list(row.links.filter(kind="answer").select_related("made_by__unit").order_by("-made_at"))


def feedback(row: Case) -> list[Feedback]:
    return list(row.feedback.select_related("reporter").order_by("-at"))
