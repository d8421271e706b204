"""What came in from outside, on the page of the case: for whoever may see the case, as text."""

from typing import Any

import pytest

from guatu.cases.models import Case
from tests.cast import Cast
from tests.public.conftest import City

pytestmark = pytest.mark.django_db


def test_answers_and_updates_stand_on_the_case(city: City, open_to_all: Cast, signed_in: Any):
    number = city.report(
        service_code="0113", media_url="https://photos.example/1.jpg",
        **{"attribute[WHERE]": "pavement", "attribute[HOWMANYD]": "2", "attribute[COLOUR]": "<b>红</b>"},
    )  # fmt: skip
    city.post(
        "servicerequestupdates", service_request_id=number, update_id="1", status="FIXED", description="修好了",
        updated_datetime="2021-09-16T08:00:00+08:00",
    )  # fmt: skip
    page = signed_in(open_to_all.chengyun).get(f"/cases/{Case.objects.get().id}/").content.decode()
    for word in (
        "上报时的回答",
        "坏在哪里",
        "人行道",
        "&lt;b&gt;红",
        "https://photos.example/1.jpg",
        "市民随手拍",
        "fixed",
    ):
        assert word in page


def test_an_address_that_is_none_is_no_link(city: City, open_to_all: Cast, signed_in: Any):
    city.report(media_url="javascript:alert(1)")
    page = signed_in(open_to_all.chengyun).get(f"/cases/{Case.objects.get().id}/").content.decode()
    assert "javascript:alert(1)" in page
    assert 'href="javascript:' not in page


def test_a_case_that_answered_nothing_has_no_such_panel(city: City, open_to_all: Cast, signed_in: Any):
    city.report()
    page = signed_in(open_to_all.chengyun).get(f"/cases/{Case.objects.get().id}/").content.decode()
    assert "上报时的回答" not in page
