"""Which act each step of the lifecycle is, so that every door offers the same ones."""

from collections.abc import Callable
from typing import Any

from guatu.cases.acts.approvals import ask
from guatu.cases.acts.steps import (
    accept_case,
    close_case,
    confirm_case,
    dispatch_case,
    feed_back_case,
    file_case,
    handle_case,
    recall_case,
    reject_case,
    report_stage,
    verify_case,
)
from guatu.cases.acts.turns import contact_reporter, reclassify_case, reopen_case, resume_case, withdraw_case
from guatu.cases.models import Case


def _asking(kind: str) -> Callable[..., Case]:
    def asked(*, by: Any, case: Case, **said: Any) -> Case:
        return ask(by=by, case=case, kind=kind, **said).case

    return asked


# step → act(by=, case=, version=, via=, …). Hold, extension, return and void ask for approval.
STEPS: dict[str, Callable[..., Case]] = {
    "confirm": confirm_case, "file": file_case, "reject": reject_case, "dispatch": dispatch_case,
    "recall": recall_case, "accept": accept_case, "return": _asking("return"), "hold": _asking("hold"),
    "extend": _asking("extend"), "resume": resume_case, "stage": report_stage, "handle": handle_case,
    "feed_back": feed_back_case, "pass": verify_case, "rework": verify_case, "close": close_case,
    "void": _asking("void"), "withdraw": withdraw_case, "reopen": reopen_case, "contact": contact_reporter,
    "reclassify": reclassify_case,
}  # fmt: skip
REASONED = frozenset({"reject", "return", "hold", "extend", "void", "withdraw", "reopen", "reclassify"})
LIMITED = frozenset({"file", "dispatch", "rework", "extend"})
TIMELESS = frozenset({"recall", "reclassify"})  # they happen now
