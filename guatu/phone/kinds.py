"""The acts behind what phones send. Each reads its payload strictly, finds its subject within the sender's rights, acts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guatu.campaigns import reads as campaign_reads
from guatu.cases import acts as case_acts
from guatu.cases import reads as case_reads
from guatu.kernel.problems import Problem
from guatu.places import acts as place_acts
from guatu.places.models import Place
from guatu.places.reads import areas_at, visible_places
from guatu.places.rules import NewMerchant
from guatu.units.models import Person
from guatu.units.reads import my_places

VIA = "phone"


@dataclass(frozen=True)
class Said:
    """What every item says beside its payload. at: by our clock. lon, lat: WGS 84. accuracy: metres."""

    at: dt.datetime
    files: Sequence[Any] = ()
    lon: float | None = None
    lat: float | None = None
    accuracy: float | None = None


def text(payload: Mapping[str, Any], name: str, most: int = 300) -> str:
    """A text of the payload, "" when it is not there. Raises `phone.bad_item`."""
    value = payload.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise Problem("phone.bad_item", what=name)
    return value.strip()


def key(payload: Mapping[str, Any], name: str) -> UUID:
    """An id of the payload. Raises `phone.bad_item`."""
    try:
        return UUID(str(payload.get(name, "")))
    except ValueError as wrong:
        raise Problem("phone.bad_item", what=name) from wrong


def whole(payload: Mapping[str, Any], name: str, most: int = 1_000_000) -> int | None:
    """A whole number that is not negative, or None. Raises `phone.bad_item`."""
    value = payload.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Problem("phone.bad_item", what=name)
    return value


def _many(payload: Mapping[str, Any], name: str, most: int = 50) -> list[Any]:
    value = payload.get(name, [])
    if not isinstance(value, list) or len(value) > most:
        raise Problem("phone.bad_item", what=name)
    return value


def a_place(person: Person, place_id: UUID) -> Place:
    """A place one sees or answers for. Raises `phone.missing`."""
    found = (
        visible_places(person.scope).filter(id=place_id).first()
        or my_places(person).filter(id=place_id).first()
    )
    if found is None:
        raise Problem("phone.missing", what="场所")
    return found


def _merchant(said: Any) -> NewMerchant:
    if not isinstance(said, dict):
        raise Problem("phone.bad_item", what="opened")
    return NewMerchant(
        **{name: text(said, name, 200) for name in ("name", "kind", "industry", "address", "number")}
    )


def survey(person: Person, payload: Mapping[str, Any], said: Said) -> dict[str, Any]:
    """摸排. payload: place, outcome, opened [{name, kind, industry, address}], closed [place ids], households, note."""
    place = a_place(person, key(payload, "place"))
    closed = [key({"closed": each}, "closed") for each in _many(payload, "closed")]
    row = place_acts.survey_place(
        by=person,
        place=place,
        outcome=text(payload, "outcome", 12),
        opened=[_merchant(each) for each in _many(payload, "opened")],
        closed=closed,
        households=whole(payload, "households"),
        note=text(payload, "note"),
        lon=said.lon,
        lat=said.lat,
        accuracy=said.accuracy,
        at=said.at,
        via=VIA,
    )
    return {
        "survey": str(row.id),
        "place": str(place.id),
        "day": row.on_day.isoformat(),
        "sentence": f"{place.name}的摸排已登记。",
        "sentence_en": f"The survey of {place.name} is entered.",
    }


def case(person: Person, payload: Mapping[str, Any], said: Said) -> dict[str, Any]:
    """上报问题. payload: campaign, title, description, class, address, place, area; the photos are those taken before."""
    campaign = campaign_reads.campaign(person.scope, text(payload, "campaign", 60))
    place = a_place(person, key(payload, "place")) if payload.get("place") else None
    area = text(payload, "area", 20) or _street_of(person, place, said)
    draft = case_acts.Draft(
        title=text(payload, "title", 120),
        source="patrol",
        class_code=text(payload, "class", 20),
        description=text(payload, "description", 2000),
        area=area,
        address=text(payload, "address"),
        lon=said.lon,
        lat=said.lat,
        place=place,
        opened_at=said.at,
    )
    row = case_acts.report_case(by=person, campaign=campaign, draft=draft, photos=said.files, via=VIA)
    return {
        "case": str(row.id),
        "number": row.number,
        "sentence": f"已上报，案件编号 {row.number}。",
        "sentence_en": f"Reported as case {row.number}.",
    }


def _street_of(person: Person, place: Place | None, said: Said) -> str:
    """Where nobody knows the border around a point, it lies in the finder's own street, when that is one."""
    if place is not None or (said.lon is not None and said.lat is not None and areas_at(said.lon, said.lat)):
        return ""
    held = [code for code in person.scope.areas("case.open") if len(code) >= 9]
    return held[0] if len(held) == 1 else ""


_STEPS = ("accept", "handle")


def case_step(person: Person, payload: Mapping[str, Any], said: Said) -> dict[str, Any]:
    """接单、处置完毕. payload: case, step (accept, handle), note, version; photos are those taken after."""
    step = text(payload, "step", 20)
    if step not in _STEPS:
        raise Problem("phone.bad_item", what="step")
    try:
        row = case_reads.case(person.scope, key(payload, "case"))
    except Problem as problem:
        if problem.code == "access.not_found":
            raise Problem("phone.missing", what="案件") from problem
        raise
    given: dict[str, Any] = {"note": text(payload, "note", 1000), "effective_at": said.at, "via": VIA}
    if step == "handle":
        given |= {"photos": said.files, "result": text(payload, "result", 12)}
    done = case_acts.STEPS[step](by=person, case=row, **given)
    verb, verb_en = {"accept": ("已接单", "accepted"), "handle": ("处置结果已报告", "reported as handled")}[
        step
    ]
    return {
        "case": str(done.id),
        "number": done.number,
        "status": done.status,
        "sentence": f"{done.number} {verb}。",
        "sentence_en": f"{done.number} {verb_en}.",
    }
