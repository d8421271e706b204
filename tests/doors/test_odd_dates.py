"""Dates at the edge of time are told, not failed on, wherever the desk and the machines' door ask for one."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "text", ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+00:00"]
)
def test_dates_at_the_edge_of_time(cast: Cast, signed_in: Callable[..., Client], text: str) -> None:
    client = signed_in(cast.chengyun, raise_request_exception=True)
    api = f"/api/{cast.campaign.code}/"
    asked = [
        ("/cases/evaluation/", "as_of"), ("/cases/evaluation/", "from"), ("/cases/evaluation/records/", "as_of"),
        ("/duty/", "week"), ("/cases/", "on"), (f"{api}cases", "opened_to"), (f"{api}cases", "opened_from"),
        (f"{api}case-evaluation", "as_of"),
    ]  # fmt: skip
    for path, name in asked:
        answer = client.get(path, {name: text})
        assert answer.status_code in (200, 302, 400, 404, 422), (path, name, answer.status_code)
