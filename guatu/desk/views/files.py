"""Attachments: shown to whoever may see the subject they belong to, downloaded by everybody else's browser as a file."""

from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guatu.files import acts, reads
from guatu.files.bytes import INLINE, PICTURES, path_of, thumb
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import next_url
from guatu.kit.toasts import say


def _answer(where: Path, content_type: str, name: str, *, inline: bool) -> FileResponse:
    answer = FileResponse(where.open("rb"), content_type=content_type)
    answer["Content-Disposition"] = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # the bytes behind an id never change; who may see them may
    answer["Cache-Control"] = "private, no-cache"
    return answer


@require_GET
@login_required
def file(request: HttpRequest, file_id: UUID) -> HttpResponse | FileResponse:
    """The file itself; with `?preview=1` a small picture. Answers 304 to a browser that has it already."""
    row = reads.attachment(request.user.scope, file_id)  # type: ignore[union-attr]
    small = request.GET.get("preview") == "1" and row.content_type in PICTURES
    tag = f'"{row.sha256[:32]}{"-s" if small else ""}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag, "Cache-Control": "private, no-cache"})
    if small:
        answer = _answer(thumb(row.stored), "image/jpeg", row.name, inline=True)
    else:
        inline = row.content_type in INLINE and request.GET.get("download") != "1"
        answer = _answer(path_of(row.stored), row.content_type, row.name, inline=inline)
    answer["ETag"] = tag
    return answer


@require_GET
@login_required
def file_thumb(request: HttpRequest, file_id: UUID) -> HttpResponse | FileResponse:
    """A small picture of a picture; anything else is not found."""
    row = reads.attachment(request.user.scope, file_id)  # type: ignore[union-attr]
    if row.content_type not in PICTURES:
        raise Problem("access.not_found")
    return _answer(thumb(row.stored), "image/jpeg", row.name, inline=True)


@require_POST
@login_required
def file_withdraw(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Take a file back (its sender, or who may edit the subject)."""
    row = reads.attachment(request.user.scope, file_id)  # type: ignore[union-attr]
    acts.withdraw(by=request.user, attachment=row)  # type: ignore[arg-type]
    say(request, _("已撤回附件“%(name)s”。") % {"name": row.name})
    return redirect(next_url(request, reverse("desk:mine")))


urlpatterns = [
    path("<uuid:file_id>/", file, name="file"),
    path("<uuid:file_id>/thumb/", file_thumb, name="file_thumb"),
    path("<uuid:file_id>/withdraw/", file_withdraw, name="file_withdraw"),
]
