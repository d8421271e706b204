"""Rights: what is granted is allowed, nothing else is."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guatu.kernel.access import EVERYTHING, NOBODY, Grant, Scope, prefix_end, require, visible_to
from guatu.kernel.problems import Problem
from guatu.places.models import Place

ME = UUID(int=1)
STREET = Scope(ME, (Grant(("case.*", "task.read"), areas=("310114102",), units=("jd/nx/",)),))


def test_it_allows_inside_the_area_or_the_unit() -> None:
    assert STREET.allows("case.open", area="310114102")
    assert STREET.allows("case.open", area="310114102003")
    assert STREET.allows("task.read", area="310114", units=("jd/nx/sub/",))


@pytest.mark.parametrize(
    ("right", "area", "units"),
    [
        ("case.open", "310114118", ()),  # the sister street
        ("case.open", "310114", ()),  # the district above
        ("case.open", "", ()),  # nowhere
        ("task.accept", "310114102", ()),  # a right not held
        ("casework.open", "310114102", ()),  # a right that only looks alike
        ("task.read", "310114", ("jd/n/",)),  # a unit whose path only begins alike
    ],
)
def test_it_refuses_everything_else(right: str, area: str, units: tuple[str, ...]) -> None:
    assert not STREET.allows(right, area=area, units=units)
    with pytest.raises(Problem) as refused:
        require(STREET, right, area=area, units=units)
    assert (refused.value.code, refused.value.status) == ("access.denied", 403)


def test_nobody_may_nothing_and_the_system_everything() -> None:
    assert not NOBODY.may("case.read")
    assert EVERYTHING.allows("anything.at_all", area="")


def test_shorter_prefixes_swallow_longer_ones() -> None:
    scope = Scope(ME, (Grant(("a.b",), areas=("310114102", "310114", "3101181")),))
    assert scope.areas("a.b") == ("310114", "3101181")


@given(st.text("0123456789", min_size=1, max_size=12), st.text("0123456789", max_size=15))
def test_the_range_of_a_prefix_is_exactly_the_codes_that_begin_with_it(prefix: str, code: str) -> None:
    end = prefix_end(prefix)
    inside = code >= prefix and (end is None or code < end)
    assert inside == code.startswith(prefix)


@pytest.mark.django_db
def test_rows_outside_are_not_in_the_list() -> None:
    for home in ("310114102", "310114118", "310114199"):
        Place(home=home, number="1", kind="shop", name=home, area=home).save(force_insert=True)
    seen = visible_to(
        Place.objects.all(), Scope(ME, (Grant(("place.read",), areas=("310114102",)),)), "place.read"
    )
    assert [place.area for place in seen] == ["310114102"]
    assert not visible_to(Place.objects.all(), NOBODY, "place.read").exists()
    assert visible_to(Place.objects.all(), EVERYTHING, "place.read").count() == 3
