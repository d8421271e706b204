"""The desk's page that tells how other programs connect."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guatu.fieldwork.acts import publish_form
from guatu.kernel import clock
from guatu.units.acts import make_token
from guatu.units.models import Person
from tests.cast import Cast
from tests.fieldwork.papers import CLEAN_DAY

pytestmark = pytest.mark.django_db


def test_addresses_stand_there_and_open(
    cast: Cast, signed_in: Callable[[Person], Client], count_queries: Any
):
    office = signed_in(cast.jinbo)
    assert "还没有发布表单" in office.get("/street/forms/connect/").content.decode()
    publish_form(by=cast.jinbo, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="clean_day.md")
    with count_queries("form connect"):
        page = office.get("/street/forms/connect/").content.decode()
    assert "http://testserver/v1/projects/1/forms/clean_day.svc" in page
    assert office.get("/v1/projects/1/forms/clean_day.svc").status_code == 200
    assert "/v1/projects/1/forms/clean_day/submissions.csv" in page
    street = signed_in(cast.nanxiang).get("/street/forms/connect/").content.decode()
    assert "clean_day.svc" in street and "submissions.csv" not in street  # may read, may not take away
    assert signed_in(cast.passer_by).get("/street/forms/connect/").status_code == 404


def test_sessions_that_are_over_do_not_fill_the_persons_page(
    cast: Cast, signed_in: Callable[[Person], Client]
):
    make_token(by=cast.jinbo, person=cast.jinbo, name="ODK", days=1)
    make_token(by=cast.jinbo, person=cast.jinbo, name="数据平台", days=30)
    office = signed_in(cast.jinbo)
    page = office.get(f"/people/{cast.jinbo.id}/").content.decode()
    assert "ODK" in page and "数据平台" in page
    with clock.at(clock.now() + dt.timedelta(days=40)):
        page = office.get(f"/people/{cast.jinbo.id}/").content.decode()
    assert "<td>ODK" not in page and "数据平台" in page
