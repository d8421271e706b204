"""Trying a draft on a phone before anybody else gets it: its form and files, and a check of what is sent.

The token in the address is worked out of the draft itself, so it ends with the draft. Nothing that is sent is kept: the
answer says so.
"""

from urllib.parse import quote
from xml.sax.saxutils import escape

from guatu.fieldwork import numbers, reads
from guatu.fieldwork.acts import PUBLIC, EnvelopeIn, try_draft
from guatu.fieldwork.models import Form, FormVersion
from guatu.intake.bodies import Body
from guatu.intake.http import Answer, Request, acceptance, xml
from guatu.kernel import clock
from guatu.kernel.problems import Problem, declare

declare(
    "intake.no_draft",
    status=404,
    zh="这份草稿已经不在了，或者地址不对。",
    en="This draft is no longer here, or the address is wrong.",
    next_zh="如果表单已经发布，请用正式的二维码；否则请重新扫描草稿的二维码。",
    next_en="If the form was published use its own QR code; else scan the draft's code again.",
)


class DraftPlace:
    """A draft, by project, form and token."""

    def __init__(self, request: Request, token: str, number: int, code: str) -> None:
        self.request, self.token, self.number, self.code = request, token, number, code

    def version(self) -> FormVersion:
        """The draft. Says the same whether the form, the draft or the token is wrong."""
        clock.refresh()
        target = numbers.target(numbers.PROJECT, self.number)
        rows = Form.objects.filter(campaign_id=target, code=self.code) if target else Form.objects.none()
        form = rows.select_related("current").first()
        draft = reads.draft_of(form) if form is not None else None
        if draft is None or not numbers.is_draft_token(draft, self.token):
            raise Problem("intake.no_draft")
        return draft

    @property
    def base(self) -> str:
        path = f"/v1/test/{self.token}/projects/{self.number}/forms/{quote(self.code, safe='')}/draft/"
        return f"{self.request.base}{path}"


def asked(place: DraftPlace, rest: list[str]) -> Answer:
    """formList, form.xml, manifest, attachments/<name> of the draft."""
    version = place.version()
    match rest:
        case ["formList"]:
            return _listed(place, version)
        case ["form.xml"]:
            return Answer(200, version.xml.encode())
        case ["manifest"]:
            return _manifest(place, version)
        case ["attachments", name]:
            media = reads.media(version, name)
            return Answer(200, bytes(media.content), media.content_type)
    raise Problem("intake.not_found", path=place.request.scope["path"][:120])


def _listed(place: DraftPlace, version: FormVersion) -> Answer:
    manifest = f"<manifestUrl>{escape(place.base)}manifest</manifestUrl>" if version.media.exists() else ""
    entry = (
        f"<xform><formID>{escape(version.form.code)}</formID><name>{escape(version.name)}</name>"
        f"<version>{escape(version.version)}</version><hash>{version.hash}</hash>"
        f"<downloadUrl>{escape(place.base)}form.xml</downloadUrl>{manifest}</xform>"
    )
    return Answer(200, xml(f'<xforms xmlns="http://openrosa.org/xforms/xformsList">{entry}</xforms>'))


def _manifest(place: DraftPlace, version: FormVersion) -> Answer:
    files = "".join(
        f"<mediaFile><filename>{escape(media.name)}</filename><hash>{media.hash}</hash>"
        f"<downloadUrl>{escape(place.base + 'attachments/' + quote(media.name, safe=''))}</downloadUrl></mediaFile>"
        for media in reads.media_of(version)
    )
    return Answer(200, xml(f'<manifest xmlns="http://openrosa.org/xforms/xformsManifest">{files}</manifest>'))


def tried(place: DraftPlace, body: Body) -> Answer:
    """Check what was sent against the draft; nothing is written."""
    version, language = place.version(), place.request.language
    try_draft(version, EnvelopeIn(xml=body.xml, by=PUBLIC, language=language))
    chinese = language.startswith("zh")
    words = (
        "草稿试填通过；只作检查，没有登记。"
        if chinese
        else "The draft was tried; this was checked and not entered."
    )
    return acceptance(
        words=words,
        form=version.form.code,
        version=version.version,
        instance_id="",
        receipt="",
        complete=not body.incomplete,
        received=clock.now().isoformat(timespec="seconds"),
    )
