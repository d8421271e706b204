"""Settings: my account and posts; for those who run the store, its clock, calendar and jobs."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from guatu.kernel import calendar
from guatu.kernel.access import Scope, require
from guatu.kernel.jobs import run_again
from guatu.kernel.models import Act
from guatu.kit.toasts import say
from guatu.places.reads import names

_SHOWN = 50


@dataclass(frozen=True)
class DeadJob:
    """A job that failed for good."""

    id: UUID
    task_path: str
    finished_at: Any
    reason: str


@require_GET
@login_required
def settings(request: HttpRequest) -> HttpResponse:
    """What is mine; and the store's state for those with `settings.read`."""
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    context = {
        "area_names": names(),
        "posts": request.user.posts.select_related("unit").order_by("from_day"),  # type: ignore[union-attr]
        "second_factor": Authenticator.objects.filter(
            user=request.user, type=Authenticator.Type.TOTP
        ).exists(),
        "store": _store() if scope.may("settings.read") else None,
    }
    return render(request, "desk/settings/index.html", context)


def _store() -> dict[str, Any]:
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).order_by("-finished_at")
    return {
        "vendor": connection.vendor,
        "acts": Act.objects.count(),
        "calendar_until": calendar.current().coverage_until,
        "waiting": DBTaskResult.objects.filter(status=TaskResultStatus.READY).count(),
        "running": DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).count(),
        "failed": failed.count(),
        "dead": [DeadJob(row.id, row.task_path, row.finished_at, _reason(row)) for row in failed[:_SHOWN]],
    }


def _reason(row: DBTaskResult) -> str:
    """The last line of the traceback: what went wrong, without the way there."""
    lines = (row.traceback or "").strip().splitlines()
    return lines[-1][:300] if lines else row.exception_class_path


@require_POST
@login_required
def job_again(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Put a failed job back into the queue."""
    require(request.user.scope, "settings.edit")  # type: ignore[union-attr]
    moved = run_again(job_id)
    say(request, _("已放回队列。") if moved else _("这个任务已经不在失败列表里。"))
    return redirect("desk:settings")


urlpatterns = [
    path("", settings, name="settings"),
    path("jobs/<uuid:job_id>/again/", job_again, name="job_again"),
]
