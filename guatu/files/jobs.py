"""Long imports go on in the background; a room of its own because the queue imports it by name."""

from django.contrib.auth import get_user_model

from guatu.files.acts.importing import apply_import, resume
from guatu.kernel.acts import SYSTEM, Actor
from guatu.kernel.jobs import job


@job
def apply_in_background(run_id: str, by_id: str | None) -> None:
    """Apply a checked run on behalf of the person who started it. Begun again after a crash, it goes on where it stopped."""
    by: Actor = SYSTEM if by_id is None else get_user_model().objects.get(id=by_id)
    run = resume(run_id)
    if run.status == "applying":
        apply_import(by=by, run=run)
