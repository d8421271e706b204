"""POST requests: a report from outside. Everything that is wrong is told at once."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest

from guatu.campaigns.models import Campaign
from guatu.cases.acts import Draft, ReporterDraft
from guatu.cases.acts.open311 import VIA, report_from_outside
from guatu.cases.reads import open311 as reads
from guatu.cases.reads.open311 import Service
from guatu.cases.rules.questions import AnswerFault, check_answers
from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem
from guatu.places import reads as places
from guatu.places.models import Place
from guatu.public.open311.frame import Refused, english, jurisdiction
from guatu.public.open311.keys import key_of
from guatu.public.open311.reading import Form, read_degrees, read_form
from guatu.public.open311.wire import Answer

LONGEST = {
    "description": 4000, "address_string": 300, "email": 200, "first_name": 100, "last_name": 100, "phone": 60,
    "device_id": 200, "account_id": 200,
}  # fmt: skip
LONGEST_URL = 1000
_PICTURE_TYPES = {"image/jpeg": "jpg", "image/jpg": "jpg", "image/png": "png", "image/webp": "webp"}


@dataclass(frozen=True)
class Spot:
    """Where it is, as far as was said."""

    lat: float | None = None
    lon: float | None = None
    address: str = ""
    place: Place | None = None


def post(request: HttpRequest) -> Answer:
    """POST requests."""
    form = read_form(request)
    key = key_of(request, form)
    campaign = jurisdiction(request, form["jurisdiction_id"])
    wrong: list[Problem] = []
    service = _service(campaign, form, wrong)
    spot = _spot(campaign, form, wrong)
    wrong += too_long(form, LONGEST)
    answers = _answers(service, form, wrong) if service is not None else {}
    urls, photos = read_media(form, wrong)
    if wrong:
        raise Refused(wrong)
    assert service is not None and campaign is not None
    if urls:
        answers["media_url"] = urls[0]
    case = report_from_outside(
        by=key.person,
        campaign=campaign,
        draft=_draft(campaign, service, form, spot, answers, key.person.scope),
        reporter=_reporter(form, key.name),
        more={name: form[name] for name in ("device_id", "account_id")},
        photos=photos,
    )
    return Answer(
        "service_requests", [{"service_request_id": case.number, "service_notice": None, "account_id": None}]
    )


def _service(campaign: Campaign | None, form: Form, wrong: list[Problem]) -> Service | None:
    code = form["service_code"].strip()
    if not code:
        wrong.append(Problem("georeport.service_missing"))
        return None
    for service in reads.services(campaign) if campaign is not None else []:
        if service.code == code and service.row.active:
            return service
    wrong.append(Problem("georeport.service_unknown", service_code=code[:60]))
    return None


def _spot(campaign: Campaign | None, form: Form, wrong: list[Problem]) -> Spot:
    given = {name: form[name].strip() for name in ("lat", "long", "address_string", "address_id")}
    place = None
    if given["address_id"] and campaign is not None:
        place = reads.place_of(campaign, given["address_id"])
        # who also says it otherwise may use numbers of their own
        if place is None and not (given["lat"] or given["address_string"]):
            wrong.append(Problem("georeport.address_unknown", address_id=given["address_id"][:60]))
    lat = lon = None
    if given["lat"] and given["long"]:
        lat, lon = _point(campaign, given["lat"], given["long"], wrong)
    elif given["lat"] or given["long"]:
        wrong.append(Problem("georeport.location_half", missing="long" if given["lat"] else "lat"))
    elif not (given["address_string"] or given["address_id"]):
        wrong.append(Problem("georeport.location_missing"))
    return Spot(lat, lon, given["address_string"], place)


def _point(
    campaign: Campaign | None, lat: str, lon: str, wrong: list[Problem]
) -> tuple[float | None, float | None]:
    found: list[float | None] = []
    for name, text, most in (("lat", lat, 90.0), ("long", lon, 180.0)):
        try:
            found.append(read_degrees(name, text, most))
        except Problem as problem:
            wrong.append(problem)
            found.append(None)
    y, x = found
    if x is not None and y is not None and campaign is not None:
        known = [code for code in places.areas_at(x, y) if len(code) >= len(campaign.area)]
        if known and not any(code.startswith(campaign.area) for code in known):
            name = campaign.name_en if english() and campaign.name_en else campaign.name
            wrong.append(Problem("georeport.location_outside", lat=y, long=x, name=name))
    return y, x


def too_long(form: Form, longest: dict[str, int]) -> list[Problem]:
    """A refusal for every text that is longer than its name allows."""
    return [
        Problem("georeport.text_long", name=name, count=len(form[name]), most=most)
        for name, most in longest.items()
        if len(form[name]) > most
    ]


_ANSWER_PROBLEMS = {
    "required": "case.answer_missing",
    "not_a_choice": "case.answer_not_a_choice",
    "one_only": "case.answer_one_only",
}


def _answers(service: Service, form: Form, wrong: list[Problem]) -> dict[str, Any]:
    answers, faults = check_answers(service.questions, form.attributes)
    names = {
        question.code: (question.description_en if english() else "") or question.description or question.code
        for question in service.questions
    }
    wrong += [_fault(fault, names[fault.code]) for fault in faults]
    return answers


def _fault(fault: AnswerFault, name: str) -> Problem:
    code = _ANSWER_PROBLEMS.get(fault.why, "case.answer_wrong")
    return Problem(code, code=fault.code, name=name, said=fault.said, allowed=fault.allowed, why=fault.why)


def read_media(form: Form, wrong: list[Problem]) -> tuple[list[str], list[Any]]:
    """Addresses as given (never fetched), and pictures that came in the post itself, also as data: addresses."""
    urls: list[str] = []
    photos: list[Any] = list(form.files)
    for text in form.media[:10]:
        if text.startswith("data:"):
            picture = _picture(text, len(photos))
            if picture is None:
                wrong.append(Problem("georeport.choice_wrong", name="media_url", said=text[:40], allowed=", ".join(_PICTURE_TYPES)))  # fmt: skip
            else:
                photos.append(picture)
        elif len(text) > LONGEST_URL:
            wrong.append(Problem("georeport.text_long", name="media_url", count=len(text), most=LONGEST_URL))
        else:
            urls.append(text)
    return urls, photos


def _picture(text: str, count: int) -> SimpleUploadedFile | None:
    head, _, body = text[len("data:") :].partition(",")
    kind, *marks = head.split(";")
    ending = _PICTURE_TYPES.get(kind.strip().lower())
    if ending is None or "base64" not in marks:
        return None
    try:
        content = base64.b64decode("".join(body.split()).replace(" ", "+"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return SimpleUploadedFile(f"media{count + 1}.{ending}", content, kind)


def _draft(
    campaign: Campaign, service: Service, form: Form, spot: Spot, answers: dict[str, Any], scope: Scope
) -> Draft:
    row = service.row
    text = form["description"]
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    pointless = spot.lat is None and spot.place is None
    return Draft(
        title=f"{row.name}：{line[:60]}" if line else row.name,
        source=VIA,
        class_code=f"{row.scheme}|{row.kind}|{row.code}",
        description=text,
        area=_area(campaign, scope) if pointless else "",
        address=spot.address,
        lon=spot.lon,
        lat=spot.lat,
        place=spot.place,
        answers=answers,
    )


def _area(campaign: Campaign, scope: Scope) -> str:
    """An address without a point lies in the campaign's area; for a key of one street, in that street."""
    if scope.allows("case.open", area=campaign.area):
        return campaign.area
    return next((area for area in scope.areas("case.open") if area.startswith(campaign.area)), campaign.area)


def _reporter(form: Form, client: str) -> ReporterDraft:
    first, last = form["first_name"].strip(), form["last_name"].strip()
    chinese = any("\u4e00" <= sign <= "\u9fff" for sign in first + last)
    name = f"{last}{first}" if chinese else f"{first} {last}".strip()
    return ReporterDraft(name=name, phone=form["phone"], email=form["email"], via=VIA, client=client)
