"""Forms, their versions and drafts."""

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from django.http import HttpResponse

from guatu.central.frame import VIA, Asked, campaign_of, moment, success
from guatu.fieldwork import acts, numbers, reads
from guatu.fieldwork.models import Form, FormMedia, FormVersion
from guatu.kernel.access import require
from guatu.kernel.problems import Problem

_SUFFIXES = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/xml": ".xml",
    "text/xml": ".xml",
}
_KINDS = {"image": "image", "audio": "audio", "video": "video"}
STATES = ("open", "closing", "closed")


def form_of(asked: Asked, project_id: int, form_code: str) -> Form:
    """A form of a campaign, where the caller may see both. Raises access.not_found."""
    rows = reads.forms(asked.scope, campaign_of(asked, project_id))
    found = rows.filter(code=form_code).first() if "\x00" not in form_code else None
    if found is None:
        raise Problem("access.not_found")
    return found


def draft_of(asked: Asked, project_id: int, form_code: str) -> FormVersion:
    """The draft of a form. Whoever may publish may see it."""
    form = form_of(asked, project_id, form_code)
    require(asked.scope, "form.publish", area=form.area)
    found = reads.draft_of(form)
    if found is None:
        raise Problem("form.no_draft", name=form.name)
    return found


def described(form: Form, version: FormVersion | None, project_id: int) -> dict[str, Any]:
    """A form as Central describes it, in one of its versions (None: it has nothing at all)."""
    return {
        "projectId": project_id, "xmlFormId": form.code, "name": version.name if version else form.name,
        "version": version.version if version else "", "hash": version.hash.removeprefix("md5:") if version else "",
        "state": form.status if form.status in STATES else "open", "keyId": None, "enketoId": None, "enketoOnceId": None,
        "webformsEnabled": False, "createdAt": moment(form.made_at), "updatedAt": moment(version.made_at) if version else None,
        "publishedAt": moment(version.published_at) if version else None, "draftToken": None,
    }  # fmt: skip


def _described_draft(version: FormVersion, project_id: int) -> dict[str, Any]:
    return {**described(version.form, version, project_id), "draftToken": numbers.draft_token(version)}


def listed(asked: Asked, project_id: int) -> list[dict[str, Any]]:
    rows = list(reads.forms(asked.scope, campaign_of(asked, project_id)).order_by("name", "code"))
    drafts = _only_drafts([row for row in rows if row.current is None])
    return [described(row, row.current or drafts.get(row.id), project_id) for row in rows]


def _only_drafts(forms: list[Form]) -> dict[Any, FormVersion]:
    """The newest version of forms that were never published. One query for all of them."""
    if not forms:
        return {}
    rows = FormVersion.objects.filter(form__in=forms).defer("xml", "source", "questions", "warnings")
    return {row.form_id: row for row in rows.order_by("made_at", "id")}


def one(asked: Asked, project_id: int, form_code: str) -> dict[str, Any]:
    form = form_of(asked, project_id, form_code)
    return described(form, form.current or reads.draft_of(form), project_id)


def xml(asked: Asked, project_id: int, form_code: str) -> HttpResponse:
    """The XForm phones have now."""
    form = form_of(asked, project_id, form_code)
    if form.current is None:
        raise Problem("access.not_found")
    return _xml(form.current)


def _xml(version: FormVersion) -> HttpResponse:
    return HttpResponse(version.xml.encode(), content_type="application/xml; charset=utf-8")


def workbook(asked: Asked, project_id: int, form_code: str, suffix: str) -> HttpResponse:
    """The workbook the form was made from. Raises access.not_found when it was made otherwise."""
    form = form_of(asked, project_id, form_code)
    version = FormVersion.objects.filter(id=form.current_id).first() if form.current_id else None
    if version is None or PurePosixPath(version.source_name).suffix.lower() != suffix:
        raise Problem("access.not_found")
    kind = next(kind for kind, known in _SUFFIXES.items() if known == suffix)
    answer = HttpResponse(bytes(version.source), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="form{suffix}"'
    return answer


def versions(asked: Asked, project_id: int, form_code: str) -> list[dict[str, Any]]:
    """Published versions, newest first."""
    form = form_of(asked, project_id, form_code)
    rows = form.versions.exclude(published_at=None).defer("xml", "source", "questions", "warnings")
    return [described(form, row, project_id) for row in rows.order_by("-published_at", "-id")]


def _version(asked: Asked, project_id: int, form_code: str, version: str) -> FormVersion:
    form = form_of(asked, project_id, form_code)
    found = form.versions.exclude(published_at=None).filter(version=version.removeprefix("___")).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def version(asked: Asked, project_id: int, form_code: str, version: str) -> dict[str, Any]:
    found = _version(asked, project_id, form_code, version)
    return described(found.form, found, project_id)


def version_xml(asked: Asked, project_id: int, form_code: str, version: str) -> HttpResponse:
    return _xml(_version(asked, project_id, form_code, version))


def make(asked: Asked, project_id: int) -> dict[str, Any]:
    """POST a workbook or an XForm: a new form, as a draft, or published at once with ?publish=true."""
    campaign = campaign_of(asked, project_id)
    source, file_name, fallback = _upload(asked)
    made = acts.draft_form(
        by=asked.by, campaign=campaign, source=source, file_name=file_name, fallback_id=fallback,
        refuse_warnings=not asked.flag("ignoreWarnings"), via=VIA,
    )  # fmt: skip
    if asked.flag("publish"):
        acts.publish_draft_as(by=asked.by, form_version=made, via=VIA)
    return described(made.form, made, project_id)


def _upload(asked: Asked) -> tuple[bytes, str, str]:
    """(bytes, name of the file, form id when the workbook names none)."""
    kind = asked.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    suffix = _SUFFIXES.get(kind)
    if suffix is None:
        raise Problem("central.bad_value", field="Content-Type", value=kind[:80], known="、".join(_SUFFIXES))
    fallback = unquote(asked.request.headers.get("X-XlsForm-FormId-Fallback", ""))[:64]
    plain = "".join(each for each in fallback if each.isalnum() or each in "._-")
    return asked.body(), f"{plain or 'form'}{suffix}", fallback


def change(asked: Asked, project_id: int, form_code: str) -> dict[str, Any]:
    """PATCH {state}: open, closing, closed."""
    form = form_of(asked, project_id, form_code)
    state = asked.json().get("state", form.status)
    if state not in STATES:
        raise Problem("central.bad_value", field="state", value=str(state)[:40], known="、".join(STATES))
    if state != form.status:
        acts.move_form(by=asked.by, form=form, to=state, via=VIA)
    return described(form, form.current, project_id)


def close(asked: Asked, project_id: int, form_code: str) -> dict[str, bool]:
    """DELETE: the form is closed. What came in stays, and so does the form."""
    form = form_of(asked, project_id, form_code)
    require(asked.scope, "form.publish", area=form.area)
    if form.status != "closed":
        acts.move_form(by=asked.by, form=form, to="closed", via=VIA)
    return success()


# ------------------------------------------------------------------------------------------------ drafts


def draft(asked: Asked, project_id: int, form_code: str) -> dict[str, Any]:
    return _described_draft(draft_of(asked, project_id, form_code), project_id)


def draft_xml(asked: Asked, project_id: int, form_code: str) -> HttpResponse:
    return _xml(draft_of(asked, project_id, form_code))


def start_draft(asked: Asked, project_id: int, form_code: str) -> dict[str, bool]:
    """POST a definition, or nothing for a copy of what phones have."""
    form = form_of(asked, project_id, form_code)
    require(asked.scope, "form.publish", area=form.area)
    if not asked.request.headers.get("Content-Type") or asked.request.headers.get("Content-Length") == "0":
        acts.copy_to_draft(by=asked.by, form=form, via=VIA)
        return success()
    source, file_name, _fallback = _upload(asked)
    acts.draft_form(
        by=asked.by, campaign=form.campaign, source=source, file_name=file_name, form=form,
        refuse_warnings=not asked.flag("ignoreWarnings"), via=VIA,
    )  # fmt: skip
    return success()


def drop_draft(asked: Asked, project_id: int, form_code: str) -> dict[str, bool]:
    acts.drop_draft(by=asked.by, form_version=draft_of(asked, project_id, form_code), via=VIA)
    return success()


def publish(asked: Asked, project_id: int, form_code: str) -> dict[str, bool]:
    """POST ?version=: hand the draft to phones, under another version when one is named."""
    found = draft_of(asked, project_id, form_code)
    acts.publish_draft_as(by=asked.by, form_version=found, version=asked.query.get("version", ""), via=VIA)
    return success()


# ------------------------------------------------------------------------------------------- attachments


def _files(version: FormVersion) -> list[dict[str, Any]]:
    """Every file the version speaks of, and whether it is here."""
    kept = {media.name: media for media in reads.media_of(version)}
    wanted = {each.file for each in reads.sheet(version).externals if each.file != "last-saved"} | set(kept)
    return [_file(name, kept.get(name), version) for name in sorted(wanted)]


def _file(name: str, media: FormMedia | None, version: FormVersion) -> dict[str, Any]:
    kind = media.content_type.partition("/")[0] if media is not None else ""
    return {
        "name": name, "type": _KINDS.get(kind, "file"), "hash": media.hash.removeprefix("md5:") if media else None,
        "exists": media is not None, "blobExists": media is not None, "datasetExists": False,
        "updatedAt": moment(version.made_at),
    }  # fmt: skip


def _sent(version: FormVersion, name: str) -> HttpResponse:
    media = reads.media(version, name)
    answer = HttpResponse(bytes(media.content), content_type=media.content_type)
    answer["Content-Disposition"] = "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _current(asked: Asked, project_id: int, form_code: str) -> FormVersion:
    form = form_of(asked, project_id, form_code)
    if form.current_id is None:
        raise Problem("access.not_found")
    return FormVersion.objects.select_related("form").get(id=form.current_id)


def attachments(asked: Asked, project_id: int, form_code: str) -> list[dict[str, Any]]:
    return _files(_current(asked, project_id, form_code))


def attachment(asked: Asked, project_id: int, form_code: str, name: str) -> HttpResponse:
    return _sent(_current(asked, project_id, form_code), name)


def draft_attachments(asked: Asked, project_id: int, form_code: str) -> list[dict[str, Any]]:
    return _files(draft_of(asked, project_id, form_code))


def draft_attachment(asked: Asked, project_id: int, form_code: str, name: str) -> HttpResponse:
    return _sent(draft_of(asked, project_id, form_code), name)


def add_draft_attachment(asked: Asked, project_id: int, form_code: str, name: str) -> dict[str, bool]:
    """POST the bytes of one of the files the draft speaks of."""
    found = draft_of(asked, project_id, form_code)
    acts.add_draft_media(by=asked.by, form_version=found, name=name, content=asked.body(), via=VIA)
    return success()


def drop_draft_attachment(asked: Asked, project_id: int, form_code: str, name: str) -> dict[str, bool]:
    found = draft_of(asked, project_id, form_code)
    acts.remove_draft_media(by=asked.by, form_version=found, name=name, via=VIA)
    return success()
