"""The daily survey (摸排): one word for a place and a day, and what opened and closed in it, in one deed."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from guatu.files.reads import referenced
from guatu.kernel import clock, ids
from guatu.kernel.acts import Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem
from guatu.places import problems as problems
from guatu.places.acts.places import check_place, lying_in, new_place
from guatu.places.acts.states import close_row, locked, open_row
from guatu.places.models import Place, PlaceSurvey
from guatu.places.reads.locating import Located
from guatu.places.reads.surveys import may_survey
from guatu.places.rules import CONTAINERS, MERCHANTS, SURVEY_OUTCOMES, NewMerchant, outcome_fault
from guatu.places.rules.survey import merchant_kind


def survey_place(
    *,
    by: Actor,
    place: Place,
    outcome: str,
    opened: Sequence[NewMerchant] = (),
    closed: Sequence[Place | UUID | str] = (),
    households: int | None = None,
    note: str = "",
    lon: float | None = None,
    lat: float | None = None,
    accuracy: float | None = None,
    at: dt.datetime | None = None,
    campaign: Any = None,
    via: str = "web",
) -> PlaceSurvey:
    """Say of a place what was found there: outcome unchanged, changed or not_reached (rules.SURVEY_OUTCOMES).

    opened: registered at once, in the building or market, else along the same road. closed: closed in the same deed.
    households: how many were looked at; None: the merchants in it as they stand then (1 for a shop). lon, lat: WGS 84,
    where the phone was; accuracy in metres. at: when it was said (default: now); its day is the day surveyed.
    campaign: whose figures count the survey; None: the one the place was registered for.
    A later word of the same day replaces outcome, note and households; what opened and closed adds up.
    Allowed by `place.survey` in the area, or by a running contract. Raises `place.survey_*`, `place.withdrawn`,
    `place.closed`, `place.number_taken`, `place.no_name`, `kernel.future`, `access.denied`.
    """
    _check(by, place, outcome, opened, closed, note)
    moment = at or clock.now()
    day = clock.local(moment).date()
    with deed(by=by, effective_at=moment, via=via) as d:
        row = locked(place)
        merchants = {
            "opened": [str(_open(d, row, each, day, lon, lat).id) for each in opened],
            "closed": [str(_close(d, row, each, day).id) for each in closed],
        }
        survey = _survey(row, day, moment)
        later = survey._state.adding or survey.withdrawn or moment >= survey.at
        if later:
            survey.at, survey.outcome, survey.note = moment, outcome, note.strip()[:300]
            survey.lon, survey.lat, survey.accuracy = lon, lat, accuracy
            survey.by_id, survey.campaign = by.id, campaign or survey.campaign or row.campaign
        _add_up(survey, row, merchants, households if later else survey.households)
        looked = survey.outcome != "not_reached"
        if looked and (row.surveyed_on is None or row.surveyed_on < day):
            row.surveyed_on = day
            row.save(update_fields=["surveyed_on"])
        _record(d, row, survey, outcome, merchants)
    place.surveyed_on, place.closed_on, place.version = row.surveyed_on, row.closed_on, row.version
    return survey


def _check(
    by: Actor, place: Place, outcome: str, opened: Sequence[NewMerchant], closed: Sequence[Any], note: str
) -> None:
    if place.withdrawn:
        raise Problem("place.withdrawn", name=place.name)
    if not may_survey(by.scope, place):
        raise Problem("access.denied", right="place.survey")
    fault = outcome_fault(outcome, changes=len(opened) + len(closed), note=note)
    if fault:
        word = SURVEY_OUTCOMES.get(outcome, (outcome, outcome))[0]
        raise Problem(f"place.survey_{fault}", outcome=word)


def _survey(place: Place, day: dt.date, moment: dt.datetime) -> PlaceSurvey:
    """The row of the day, or a fresh one. The place is locked, so there cannot be two."""
    found = PlaceSurvey.objects.filter(place=place, on_day=day).first()
    if found is not None:
        return found
    return PlaceSurvey(
        id=ids.new(), home=place.home, place=place, area=place.area, on_day=day, at=moment, version=0
    )


def _add_up(
    survey: PlaceSurvey, place: Place, merchants: dict[str, list[str]], households: int | None
) -> None:
    before = {} if survey.withdrawn else survey.merchants
    for name in ("opened", "closed"):
        survey.merchants = {**survey.merchants, name: [*before.get(name, []), *merchants[name]]}
    survey.opened, survey.closed = len(survey.merchants["opened"]), len(survey.merchants["closed"])
    if survey.opened or survey.closed:
        survey.outcome = "changed"  # an “unchanged” in the evening does not unsay the shop of the morning
    if households is None and survey.outcome != "not_reached":
        inside = Place.objects.filter(within=place, withdrawn=False, closed_on=None).count()
        households = inside if place.kind in CONTAINERS and inside else 1
    survey.households, survey.withdrawn, survey.area = households, False, place.area
    survey.version += 1
    survey.save()


def _record(
    d: Deed, place: Place, survey: PlaceSurvey, outcome: str, merchants: dict[str, list[str]]
) -> None:
    word, said = SURVEY_OUTCOMES[outcome]
    details = {
        "survey": str(survey.id), "outcome": outcome, "word": word, "said": said, "note": survey.note,
        "opened": len(merchants["opened"]), "closed": len(merchants["closed"]),
    }  # fmt: skip
    d.record("placesurvey.said", survey, details=details)
    d.record("place.surveyed", place, details=details)


def _open(
    d: Deed, place: Place, merchant: NewMerchant, day: dt.date, lon: float | None, lat: float | None
) -> Place:
    """Register somebody who was not there yesterday; the right to survey is the right to say so."""
    kind = merchant_kind(merchant.kind, place.kind)
    if kind not in MERCHANTS:
        raise Problem("place.survey_kind", kind=kind)
    inside = place if place.kind in CONTAINERS else place.within
    where = lying_in(place)
    if inside is None and lon is not None and lat is not None:
        where = Located(place.area, lon, lat, "wgs84", lon, lat)
    row = new_place(
        name=merchant.name, kind=kind, number=merchant.number, where=where, campaign=place.campaign
    )
    row.address = merchant.address.strip() or (inside.address if inside is not None else "")
    row.industry, row.opened_on, row.surveyed_on = merchant.industry.strip(), day, day
    row.within, row.road = inside, "" if inside is not None else place.road
    check_place(row)
    row.save(force_insert=True)
    details = {"number": row.number, "kind": row.kind, "survey_of": str(place.id)}
    d.record("place.registered", row, details=details)
    return row


def _close(d: Deed, place: Place, merchant: Place | UUID | str, day: dt.date) -> Place:
    key = merchant.id if isinstance(merchant, Place) else merchant
    row = place if str(key) == str(place.id) else _other(key)
    same_road = bool(place.road) and row.road == place.road and row.area[:9] == place.area[:9]
    if row.id != place.id and row.within_id != place.id and not same_road:
        raise Problem("place.survey_elsewhere", merchant=row.name, name=place.name)
    return close_row(d, row, day)


def _other(key: UUID | str) -> Place:
    try:
        wanted = UUID(str(key))
    except ValueError as wrong:
        raise Problem("access.not_found") from wrong
    row = Place.objects.select_for_update(no_key=True).filter(id=wanted, withdrawn=False).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def withdraw_survey(
    *, by: Actor, survey: PlaceSurvey, version: int | None = None, via: str = "web"
) -> PlaceSurvey:
    """Take back the day's survey of a place: who opened by it is withdrawn, who closed is open again.

    Raises `place.survey_taken_back`, `place.survey_built_on`, `kernel.stale`, `access.denied`.
    """
    if not may_survey(by.scope, survey.place):
        raise Problem("access.denied", right="place.survey")
    with deed(by=by, via=via) as d:
        place = locked(survey.place)
        row = PlaceSurvey.objects.get(id=survey.id)
        check_version(row, version)
        if row.withdrawn:
            raise Problem("place.survey_taken_back")
        _take_back(d, row.merchants)
        row.withdrawn = True
        row.version += 1
        row.save()
        others = PlaceSurvey.objects.filter(place=place, withdrawn=False).exclude(outcome="not_reached")
        place.surveyed_on = others.order_by("-on_day").values_list("on_day", flat=True).first()
        place.save(update_fields=["surveyed_on"])
        d.record("placesurvey.withdrawn", row, correction=True)
        d.record("place.survey_withdrawn", place)
    return row


def _take_back(d: Deed, merchants: dict[str, list[str]]) -> None:
    found = Place.objects.select_for_update(no_key=True).order_by("id")
    opened = list(found.filter(id__in=merchants.get("opened", []), withdrawn=False))
    used = referenced(Place, [str(row.id) for row in opened])
    built_on = [row.name for row in opened if row.version != 1 or str(row.id) in used]
    if built_on:
        raise Problem("place.survey_built_on", names="、".join(built_on))
    for row in opened:
        row.withdrawn = True
        row.version += 1
        row.save(update_fields=["withdrawn", "version"])
        d.record("place.withdrawn", row, details={"undone": True}, correction=True)
    for row in found.filter(id__in=merchants.get("closed", [])).exclude(closed_on=None):
        open_row(d, row, correction=True)
