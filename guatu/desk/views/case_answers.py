"""What came in with a case from outside: answers to its class's questions, an address of a picture, updates of peers."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from guatu.cases.models import Case, PeerUpdate
from guatu.cases.reads.open311 import answers_of
from guatu.desk.case_panels import Panel


def panel(request: HttpRequest, case: Case) -> Panel | None:
    """Nothing where nothing was answered and no peer has said anything."""
    english = not (get_language() or "zh").startswith("zh")
    lines = answers_of(case, english=english) if case.answers else []
    media = str(case.answers.get("media_url", ""))
    updates = (
        list(PeerUpdate.objects.filter(case=case).order_by("-updated_at", "-id")[:20])
        if case.source == "open311"
        else []
    )
    if not lines and not media and not updates:
        return None
    shown: dict[str, Any] = {
        "lines": lines,
        "media": media,
        "linked": media.startswith(("https://", "http://")),
        "updates": updates,
    }
    return Panel("answers", "desk/cases/panels/answers.html", shown, order=25)
