"""GET requests, one request, and tokens: what anybody may know of a case."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from guatu.campaigns.models import Campaign
from guatu.cases.models import STATUS_WORDS, Case
from guatu.cases.reads import open311 as reads
from guatu.cases.reads.open311 import WRITTEN_FOR_ALL, Service, Update, Wanted
from guatu.cases.rules import SETTLED
from guatu.kernel.problems import Problem
from guatu.places import reads as places
from guatu.public.open311 import reading
from guatu.public.open311.frame import english, jurisdiction
from guatu.public.open311.reading import told
from guatu.public.open311.wire import Answer
from guatu.public.open311.words import note_of, sentence_of, status_of

_NO_FREE_TEXT = ("string", "text")  # what was typed may name people
_MOST_NUMBERS = 200


def listed(request: HttpRequest) -> Answer:
    """GET requests: the public cases within a window, newest first."""
    given = request.GET
    campaign = jurisdiction(request)
    numbers = reading.words_of(given, "service_request_id")[:_MOST_NUMBERS]
    if campaign is None:
        return Answer("service_requests", [])
    offered = {service.row.id: service for service in reads.services(campaign)}
    wanted = Wanted(numbers=numbers) if numbers else _wanted(request, offered)
    first, most = reading.page_of(given)
    rows = list(reads.requests(campaign, wanted)[first : first + most])
    return Answer("service_requests", shown(rows, offered, extended=reading.flag_of(given, "extensions")))


def _wanted(request: HttpRequest, offered: Mapping[UUID, Service]) -> Wanted:
    given = request.GET
    codes = reading.words_of(given, "service_code")
    start, end = reading.moment_of(given, "start_date"), reading.moment_of(given, "end_date", end=True)
    after, before = (
        reading.moment_of(given, "updated_after"),
        reading.moment_of(given, "updated_before", end=True),
    )
    if after is not None and before is not None and before < after:
        raise Problem("georeport.span_backwards", first="updated_after", last="updated_before")
    # who asks for what changed wants old cases too
    if start is not None or end is not None or (after is None and before is None):
        start, end = reading.read_span(start, end)
    return Wanted(
        classes=[key for key, service in offered.items() if service.code in codes] if codes else None,
        statuses=reading.choices_of(given, "status", ("open", "closed")),
        start=start,
        end=end,
        updated_after=after,
        updated_before=before,
        bbox=reading.box_of(given),
    )


def one(request: HttpRequest, number: str) -> Answer:
    """GET requests/{service_request_id}: a list of one."""
    campaign, row = find(request, number)
    offered = {service.row.id: service for service in reads.services(campaign)}
    extended = reading.flag_of(request.GET, "extensions")
    return Answer("service_requests", shown([row], offered, extended=extended))


def token(request: HttpRequest, token: str) -> Answer:
    """GET tokens/{token}: numbers are given at once, so the number itself is the token of a request."""
    _campaign, row = find(request, token)
    return Answer("service_requests", [{"service_request_id": row.number, "token": token}])


def find(request: HttpRequest, number: str, given: str = "") -> tuple[Campaign, Case]:
    """A public case of the jurisdiction. Raises `georeport.not_found`."""
    campaign = jurisdiction(request, given)
    row = reads.request(campaign, number) if campaign is not None else None
    if campaign is None or row is None:
        raise Problem("georeport.not_found", what=number[:60])
    return campaign, row


def shown(
    rows: Sequence[Case], offered: Mapping[UUID, Service], *, extended: bool = False
) -> list[dict[str, Any]]:
    """Cases as GeoReport v2 tells them; `extended` with what else is public."""
    foreign = english()
    areas = places.names()
    notes = reads.updates_of(row.id for row in rows) if extended else {}
    found = []
    for row in rows:
        assert row.case_class_id is not None
        service = offered[row.case_class_id]
        item = _request(row, service, areas, foreign)
        if extended:
            item |= _extensions(row, service, areas, notes.get(row.id, []), foreign)
        found.append(item)
    return found


def _request(row: Case, service: Service, areas: Mapping[str, str], foreign: bool) -> dict[str, Any]:
    for_all = row.source in WRITTEN_FOR_ALL
    media = str(row.answers.get("media_url", "")) if for_all else ""
    settled = row.status in SETTLED
    return {
        "service_request_id": row.number,
        "status": status_of(row.status),
        "status_notes": row.public_note or (sentence_of(row.status) if settled else None),
        "service_name": service.name(foreign),
        "service_code": service.code,
        "description": (row.description or row.title) if for_all else service.name(foreign),
        "agency_responsible": str(row.unit) if row.unit is not None else None,
        "service_notice": None,
        "requested_datetime": told(row.opened_at),
        "updated_datetime": told(
            row.closed_at if row.status == "closed" and row.closed_at else row.last_step_at
        ),
        "expected_datetime": told(row.due_at),
        "address": (row.address if for_all else "") or areas.get(row.area) or None,
        "address_id": row.place.number if row.place is not None else None,
        "zipcode": None,
        "lat": row.lat,
        "long": row.lon,
        "media_url": media if media.startswith(("https://", "http://")) else None,
    }


def _extensions(
    row: Case, service: Service, areas: Mapping[str, str], notes: Sequence[Update], foreign: bool
) -> dict[str, Any]:
    attributes = []
    for question in service.questions:
        answer = row.answers.get(question.code)
        if answer is None or question.datatype in _NO_FREE_TEXT:
            continue
        keys = answer if isinstance(answer, list) else [answer]
        attributes.append(
            {
                "code": question.code,
                "label": (question.description_en if foreign else "")
                or question.description
                or question.code,
                "value": [str(key) for key in keys],
                "value_name": ", ".join(question.name_of(str(key), english=foreign) for key in keys),
            }
        )
    return {
        "extended_attributes": {
            "status_code": row.status,
            "status_name": str(STATUS_WORDS[row.status]),
            "group": service.row.major_name or None,
            "area_code": row.area or None,
            "area_name": areas.get(row.area),
        },
        "attributes": attributes,
        "notes": [
            {"datetime": told(note.at), "description": said["text"], "type": said["state"]}
            for note in notes
            for said in [note_of(note)]
        ],
    }
