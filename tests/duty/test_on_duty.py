"""Who is on duty: at the unit, above it, in a role, and what counts where no roster is kept."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guatu.duty.models import Shift
from guatu.duty.reads import on_duty, on_duty_in_role
from guatu.kernel import clock
from guatu.units.models import Person, Unit
from tests.cast import NANXIANG, Cast

NOW = dt.datetime(2021, 9, 16, 9, 0, tzinfo=clock.ZONE)


def shift(unit: Unit, person: Person, begins: int = -1, hours: int = 9, role: str = "") -> Shift:
    """A shift that begins so many hours from now."""
    start = NOW + dt.timedelta(hours=begins)
    return Shift.objects.create(
        home=unit.home, unit=unit, person=person, role=role,
        starts_at=start, ends_at=start + dt.timedelta(hours=hours),
    )  # fmt: skip


def test_whoever_has_a_shift_now(cast: Cast) -> None:
    unit = cast.units["nxz"]
    shift(unit, cast.nanxiang)
    shift(unit, cast.hecha, begins=5)
    assert on_duty(unit, NOW) == [cast.nanxiang]
    assert on_duty(unit, NOW + dt.timedelta(hours=7)) == [cast.nanxiang, cast.hecha]
    # the minute in which a shift ends it no longer counts; the one in which it begins it does
    assert on_duty(unit, NOW + dt.timedelta(hours=8)) == [cast.hecha]
    assert on_duty(unit, NOW + dt.timedelta(hours=-1)) == [cast.nanxiang]


def test_the_unit_above_when_nobody_here(cast: Cast) -> None:
    unit = cast.units["nxz"]
    above = Unit.objects.create(
        code="nx-below", path=unit.path + "nx-below/", name="南翔镇城管中队", parent=unit, area=unit.area
    )
    shift(unit, cast.nanxiang)
    assert on_duty(above, NOW) == [cast.nanxiang]
    shift(above, cast.hecha)
    assert on_duty(above, NOW) == [cast.hecha]


def test_without_any_roster_the_people_of_the_unit_with_a_post(cast: Cast) -> None:
    unit = cast.units["nxz"]
    assert cast.nanxiang in on_duty(unit, NOW)
    shift(unit, cast.nanxiang, begins=30)  # a roster is kept from now on: a gap is a gap
    assert on_duty(unit, NOW) == []
    assert cast.nanxiang in on_duty(unit, NOW - dt.timedelta(days=60))


def test_a_role_goes_first_and_a_shift_without_one_covers_all(cast: Cast) -> None:
    unit = cast.units["nxz"]
    shift(unit, cast.nanxiang)
    assert on_duty(unit, NOW, "inspector") == [cast.nanxiang]
    shift(unit, cast.hecha, role="inspector")
    assert on_duty(unit, NOW, "inspector") == [cast.hecha]
    assert on_duty(unit, NOW, "office") == [cast.nanxiang]


def test_somebody_who_left_is_not_on_duty(cast: Cast) -> None:
    unit = cast.units["nxz"]
    shift(unit, cast.nanxiang)
    Person.objects.filter(id=cast.nanxiang.id).update(is_active=False)
    assert on_duty(unit, NOW) == []


def test_a_role_over_an_area(cast: Cast) -> None:
    assert cast.chengyun in on_duty_in_role("operations", NANXIANG, NOW)
    assert on_duty_in_role("operations", "999999", NOW) == []
    centre = cast.chengyun.unit
    assert centre is not None
    shift(centre, cast.chengyun, begins=20, role="operations")
    assert on_duty_in_role("operations", NANXIANG, NOW) == []
    shift(centre, cast.chengyun)
    assert on_duty_in_role("operations", NANXIANG, NOW) == [cast.chengyun]


@pytest.mark.parametrize("roster", [True, False])
def test_it_asks_little(cast: Cast, roster: bool) -> None:
    unit = cast.units["nxz"]
    if roster:
        for _ in range(20):
            shift(unit, cast.nanxiang)
    with CaptureQueriesContext(connection) as seen:
        people: list[Any] = on_duty(unit, NOW)
        assert [str(person.unit) for person in people]
    assert len(seen) == (1 if roster else 3)
