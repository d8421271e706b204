"""The intake door: OpenRosa for phones and for the browser's form filler, as one plain ASGI application.

/openrosa/<campaign>/…                  with a password, a session, or nothing (public forms)
/openrosa/key/<token>/<campaign>/…      with a phone's key
/v1/projects/<n>/…                      the same, for phones that were set up for ODK Central
/v1/key/<token>/projects/<n>/…
/v1/test/<token>/projects/<n>/forms/<code>/draft/…      trying a draft: drafts.py

HEAD|GET formList[?formID=]             GET forms/<code>/<version>/form.xml | manifest | media/<name>[/integrity]
HEAD|POST submission[?deviceID=]
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.db import DatabaseError, connection, connections

from guatu.campaigns import reads as campaign_reads
from guatu.campaigns.models import Campaign
from guatu.fieldwork import numbers, reads
from guatu.fieldwork.acts import EnvelopeIn, Outcome
from guatu.fieldwork.models import FormVersion
from guatu.intake import drafts, lists
from guatu.intake.bodies import read_body
from guatu.intake.committer import COMMITTER
from guatu.intake.http import Answer, Receive, Request, Send, acceptance, refusal, xml
from guatu.intake.people import ANYBODY, Caller, caller_of, challenge
from guatu.kernel import clock
from guatu.kernel.problems import Problem

PREFIX = "/openrosa/"
# what phones ask of ODK Central; everything else below /v1/ is the door for programs
_AS_CENTRAL = re.compile(r"/v1/(?:(?:key|test)/|projects/[0-9]+/(?:formList|submission)$)")
_log = logging.getLogger("guatu.intake")
_readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="guatu-intake")
_T = TypeVar("_T")


def takes(path: str) -> bool:
    """Whether this door answers here."""
    return path.startswith(PREFIX) or _AS_CENTRAL.match(path) is not None


async def application(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Answer one request of a phone."""
    request = Request.of(scope, receive)
    try:
        answer = await _answer(request)
    except Problem as problem:
        answer = refusal(problem, request.language)
        answer.challenges = challenge(request, problem) if problem.status == 401 else []
    except Exception:
        _log.exception("%s %s", request.method, scope["path"])
        answer = refusal(Problem("submission.busy"), request.language)
    await answer.send(send, language=request.language, head=request.method == "HEAD", threaded=_threaded)


async def _answer(request: Request) -> Answer:
    if request.headers.get("x-openrosa-version", "1.0") != "1.0":
        raise Problem("intake.wrong_version", version=request.headers["x-openrosa-version"][:10])
    place, rest = _where(request)
    if isinstance(place, drafts.DraftPlace):
        return await _draft(place, rest)
    match rest:
        case ["formList"]:
            return await _read(request, lambda: _form_list(place))
        case ["submission"]:
            return await _submission(place)
        case ["forms", code, version, "form.xml"]:
            return await _read(request, lambda: _form_xml(place, code, version))
        case ["forms", code, version, "manifest"]:
            return await _read(request, lambda: _manifest(place, code, version))
        case ["forms", code, version, "media", name]:
            return await _read(request, lambda: _media(place, code, version, name))
        case ["forms", code, version, "media", name, "integrity"]:
            return await _read(request, lambda: _integrity(place, code, version, name))
    raise Problem("intake.not_found", path=request.scope["path"][:120])


def _where(request: Request) -> "tuple[_Place | drafts.DraftPlace, list[str]]":
    """Where in the door the address points, and what it asks there."""
    match request.path:
        case ["openrosa", "key", token, code, *rest]:
            return _Place(request, code, token), rest
        case ["openrosa", code, *rest]:
            return _Place(request, code, ""), rest
        case ["v1", "key", token, "projects", number, *rest] if number.isdecimal():
            return _Place(request, "", token, int(number)), rest
        case ["v1", "test", token, "projects", number, "forms", code, "draft", *rest] if number.isdecimal():
            return drafts.DraftPlace(request, token, int(number), code), rest
        case ["v1", "projects", number, *rest] if number.isdecimal():
            return _Place(request, "", "", int(number)), rest
    raise Problem("intake.not_found", path=request.scope["path"][:120])


# A phone that sends a form and its photos is looked up once; a key that is ended, or a post, holds this much longer.
_KNOWN_SECONDS = 3.0
_entered: dict[tuple[str, str], tuple[float, tuple[Campaign, Caller]]] = {}


class _Place:
    """Where in the door we stand: the campaign (by its code, or as a project's number), the key in the address."""

    def __init__(self, request: Request, code: str, token: str, number: int | None = None) -> None:
        self.request, self.code, self.token, self.number = request, code, token, number
        self.mark = code if number is None else f"#{number}"

    def base(self, campaign: Campaign) -> str:
        """The address below which forms are fetched, as the client called us."""
        prefix = f"{PREFIX}key/{self.token}/" if self.token else PREFIX
        return f"{self.request.base}{prefix}{quote(campaign.code)}/"

    def enter(self) -> tuple[Campaign, Caller]:
        """The campaign and who asks; runs in a reader's thread. Says the same to strangers whether a campaign exists."""
        clock.refresh()
        kept = self.known()
        if kept is not None:
            return kept  # its time is not prolonged: an ended key must not live on because it is used
        found = self._enter()
        if self.token:
            if len(_entered) > 2_000:
                _entered.clear()
            _entered[self.token, self.mark] = (time.monotonic() + _KNOWN_SECONDS, found)
        return found

    def known(self) -> tuple[Campaign, Caller] | None:
        """What was found a moment ago for the same key; asks no store and needs no thread."""
        kept = _entered.get((self.token, self.mark)) if self.token else None
        return kept[1] if kept is not None and kept[0] > time.monotonic() else None

    def _enter(self) -> tuple[Campaign, Caller]:
        if self.number is None:
            campaign = Campaign.objects.filter(code=self.code).first()
        else:
            target = numbers.target(numbers.PROJECT, self.number)
            campaign = Campaign.objects.filter(id=target).first() if target is not None else None
        if campaign is None:
            raise Problem("device_key.bad" if self.token else "intake.sign_in")
        return campaign, caller_of(self.request, campaign, self.token)

    def version(self, code: str, version: str) -> FormVersion:
        campaign, caller = self.enter()
        found = reads.version_of(campaign, code, version)
        found.form.campaign = campaign  # known already
        if caller.forms is not None and code not in caller.forms:
            raise Problem("device_key.other_form", name=found.form.name)
        if not found.form.settings.get("public"):
            _require_reader(caller, campaign)
        return found


def _require_reader(caller: Caller, campaign: Campaign) -> None:
    if caller is ANYBODY:
        raise Problem("intake.sign_in")
    if not caller.by.scope.may(reads.FORM_RIGHT) or not campaign_reads.sees_campaign(
        caller.by.scope, campaign
    ):
        raise Problem("access.denied", right=reads.FORM_RIGHT)


async def _threaded(work: Callable[[], _T]) -> _T:
    def safely() -> _T:
        try:
            return work()
        except DatabaseError:
            connections.close_all()
            raise
        finally:
            if connection.vendor == "postgresql":
                connection.close()  # back into the pool; a file stays open, that is cheaper

    return await asyncio.get_running_loop().run_in_executor(_readers, safely)


async def _read(request: Request, work: Callable[[], Answer]) -> Answer:
    if request.method not in ("GET", "HEAD"):
        raise Problem("intake.wrong_method", method=request.method[:10])
    return await _threaded(work)


def _form_list(place: _Place) -> Answer:
    campaign, caller = place.enter()
    _require_reader(caller, campaign)
    entries = []
    for version in reads.listed_forms(campaign, place.request.query.get("formID", "")):
        if caller.forms is not None and version.form.code not in caller.forms:
            continue
        address = f"{place.base(campaign)}forms/{quote(version.form.code, safe='')}/{quote(version.version, safe='')}/"
        files = version.files or lists.has_lists(version, campaign)  # type: ignore[attr-defined]
        manifest = f"<manifestUrl>{escape(address)}manifest</manifestUrl>" if files else ""
        entries.append(
            f"<xform><formID>{escape(version.form.code)}</formID><name>{escape(version.name)}</name>"
            f"<version>{escape(version.version)}</version><hash>{version.hash}</hash>"
            f"<downloadUrl>{escape(address)}form.xml</downloadUrl>{manifest}</xform>"
        )
    return Answer(
        200, xml(f'<xforms xmlns="http://openrosa.org/xforms/xformsList">{"".join(entries)}</xforms>')
    )


def _form_xml(place: _Place, code: str, version: str) -> Answer:
    return Answer(200, place.version(code, version).xml.encode())


def _manifest(place: _Place, code: str, version: str) -> Answer:
    found = place.version(code, version)
    base = f"{place.base(found.form.campaign)}forms/{quote(code, safe='')}/{quote(version, safe='')}/media/"
    uploaded = reads.media_of(found)
    files = "".join(
        f"<mediaFile><filename>{escape(media.name)}</filename><hash>{media.hash}</hash>"
        f"<downloadUrl>{escape(base + quote(media.name, safe=''))}</downloadUrl></mediaFile>"
        for media in uploaded
    )
    campaign, caller = place.enter()
    files += lists.manifest(caller, campaign, found, base, {media.name for media in uploaded})
    return Answer(200, xml(f'<manifest xmlns="http://openrosa.org/xforms/xformsManifest">{files}</manifest>'))


def _media(place: _Place, code: str, version: str, name: str) -> Answer:
    found = place.version(code, version)
    if not found.media.filter(name=name).exists():
        campaign, caller = place.enter()
        listed = lists.media(place.request, caller, campaign, found, name)
        if listed is not None:
            return listed
    media = reads.media(found, name)
    tag = f'"{media.hash}"'
    if tag in place.request.headers.get("if-none-match", ""):
        return Answer(304, headers={"ETag": tag})
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Content-Disposition": "attachment"}
    return Answer(200, bytes(media.content), media.content_type, headers)


def _integrity(place: _Place, code: str, version: str, name: str) -> Answer:
    found = place.version(code, version)
    campaign, caller = place.enter()
    return lists.integrity(place.request, caller, campaign, found, name)


async def _draft(place: drafts.DraftPlace, rest: list[str]) -> Answer:
    """A try: the draft's form and files are handed out, what is sent is checked and not kept."""
    request = place.request
    if rest == ["submission"] and request.method == "POST":
        body = await read_body(request)
        return await _threaded(lambda: drafts.tried(place, body))
    if rest == ["submission"] and request.method == "HEAD":
        await _threaded(place.version)
        return Answer(204)
    return await _read(request, lambda: drafts.asked(place, rest))


async def _submission(place: _Place) -> Answer:
    request = place.request
    if request.method == "HEAD":
        await _threaded(lambda: _admit(place))
        return Answer(204)
    if request.method != "POST":
        raise Problem("intake.wrong_method", method=request.method[:10])
    entered = place.known()
    campaign, caller = entered if entered is not None else await _threaded(place.enter)
    body = await read_body(request)
    envelope = EnvelopeIn(
        xml=body.xml,
        by=caller.by,
        files=tuple(body.files),
        device_id=request.query.get("deviceID", "")[:100],
        campaign=campaign,
        via=caller.via,
        language=request.language,
        forms=caller.forms,
        checked="org.odk.collect" in request.headers.get("user-agent", ""),
    )
    outcome = await COMMITTER.submit(envelope)
    if outcome.problem is not None:
        if outcome.problem.code == "access.denied" and caller is ANYBODY:
            raise Problem("intake.sign_in")
        raise outcome.problem
    return _accepted(outcome, request.language, complete=not body.incomplete)


def _admit(place: _Place) -> None:
    """The probe before a post: is this an OpenRosa server, and may this caller send?"""
    _, caller = place.enter()
    if caller is ANYBODY:
        raise Problem("intake.sign_in")
    if not caller.by.scope.may("submission.send"):
        raise Problem("access.denied", right="submission.send")


def _accepted(outcome: Outcome, language: str, *, complete: bool) -> Answer:
    receipt = f"{outcome.home}-{outcome.position}"
    chinese = language.startswith("zh")
    words = {
        "received": f"已收到，回执 {receipt}。" if chinese else f"Received; receipt {receipt}.",
        "repeated": f"此前已收到，回执 {receipt}。" if chinese else f"Received before; receipt {receipt}.",
        "corrected": f"修改已收到，回执 {receipt}。" if chinese else f"Edit received; receipt {receipt}.",
    }[outcome.status]
    return acceptance(
        words=words,
        form=outcome.form_code,
        version=outcome.form_version,
        instance_id=outcome.instance_id,
        receipt=f"{outcome.home}:{outcome.position}:{outcome.sha256}",
        complete=complete,
        received=clock.now().isoformat(timespec="seconds"),
    )
