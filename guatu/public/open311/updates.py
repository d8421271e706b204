"""servicerequestupdates (mySociety's extension): what happened to public cases, and what a peer has to say of one."""

from typing import Any

from django.http import HttpRequest

from guatu.cases.acts.open311 import PeerWord, take_update
from guatu.cases.reads import open311 as reads
from guatu.cases.reads.open311 import Service, Update
from guatu.kernel.problems import Problem
from guatu.public.open311 import reading
from guatu.public.open311.frame import Refused, english, jurisdiction
from guatu.public.open311.keys import key_of
from guatu.public.open311.posting import read_media, too_long
from guatu.public.open311.reading import Form, told
from guatu.public.open311.requests import find
from guatu.public.open311.wire import Answer
from guatu.public.open311.words import STATES, note_of

_NEEDED = ("service_request_id", "update_id", "updated_datetime", "status", "description")
_LONGEST = {"update_id": 120, "description": 4000, "title": 200}
_STATES_OF_OLD = ("confirmed", "fixed_council", "fixed_user")  # what older sites still send


def listed(request: HttpRequest) -> Answer:
    """GET servicerequestupdates: the first thing first, so that a client may follow along."""
    given = request.GET
    campaign = jurisdiction(request)
    if campaign is None:
        return Answer("service_request_updates", [])
    start, end = reading.read_span(
        reading.moment_of(given, "start_date"), reading.moment_of(given, "end_date", end=True)
    )
    first, most = reading.page_of(given)
    numbers = reading.words_of(given, "service_request_id")
    found = reads.updates(campaign, start=start, end=end, numbers=numbers, most=first + most)[first:]
    offered = {service.row.id: service for service in reads.services(campaign)}
    return Answer(
        "service_request_updates",
        [_told(row, offered.get(row.class_id) if row.class_id else None) for row in found],
    )


def _told(row: Update, service: Service | None) -> dict[str, Any]:
    said = note_of(row)
    item: dict[str, Any] = {
        "update_id": str(row.id),
        "service_request_id": row.number,
        "status": said["state"],
        "external_status_code": row.to_status,
        "updated_datetime": told(row.at),
        "description": said["text"],
        "media_url": row.media[0] if row.media else None,
    }
    if service is not None:
        item["extras"] = {"category": service.name(english()), "group": service.row.major_name or None}
    return item


def post(request: HttpRequest) -> Answer:
    """POST servicerequestupdates: a peer's word becomes a comment; the case stays where it is."""
    form = reading.read_form(request)
    key = key_of(request, form)
    wrong: list[Problem] = [
        Problem("georeport.argument_missing", name=name) for name in _NEEDED if not form[name].strip()
    ]
    wrong += too_long(form, _LONGEST)
    state = _state(form, wrong)
    at = _moment(form, wrong)
    urls, photos = read_media(form, wrong)
    if wrong:
        raise Refused(wrong)
    assert at is not None
    _campaign, case = find(request, form["service_request_id"].strip(), form["jurisdiction_id"])
    word = PeerWord(
        update_id=form["update_id"].strip(),
        status=state,
        updated_at=at,
        description=form["description"],
        media=[url for url in urls if url.startswith(("https://", "http://"))],
        photos=photos,
    )
    kept = take_update(by=key.person, case=case, word=word, client=key.name)
    return Answer("service_request_updates", [{"update_id": str(kept.comment_id)}])


def _state(form: Form, wrong: list[Problem]) -> str:
    state = form["status"].strip().lower().replace(" ", "_")
    if state and state not in STATES and state not in _STATES_OF_OLD:
        wrong.append(
            Problem("georeport.choice_wrong", name="status", said=state[:40], allowed=", ".join(STATES))
        )
    return state


def _moment(form: Form, wrong: list[Problem]) -> Any:
    text = form["updated_datetime"].strip()
    try:
        return reading.read_moment("updated_datetime", text) if text else None
    except Problem as problem:
        wrong.append(problem)
        return None
