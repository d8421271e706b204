"""Words about a submission, by a reviewer or by whoever collected it."""

from guatu.fieldwork import problems as problems
from guatu.fieldwork import reads
from guatu.fieldwork.models import Submission, SubmissionComment
from guatu.kernel import clock
from guatu.kernel.acts import Actor, deed
from guatu.kernel.problems import Problem

LONGEST = 5_000


def add_comment(*, by: Actor, submission: Submission, body: str, via: str = "web") -> SubmissionComment:
    """Say something about a submission. Whoever may see it may. Raises access.not_found, submission.empty_comment."""
    if not reads.submissions(by.scope).filter(home=submission.home, id=submission.id).exists():
        raise Problem("access.not_found")
    words = body.replace("\x00", "").strip()
    if not words or len(words) > LONGEST:
        raise Problem("submission.empty_comment")
    comment = SubmissionComment(
        home=submission.home, submission_id=submission.id, body=words, at=clock.now(), by_id=by.id
    )
    with deed(by=by, via=via) as d:
        comment.save(force_insert=True)
        d.record("submission.commented", submission, details={"body": words[:200]})
    return comment
