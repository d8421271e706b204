"""Which rooms a person sees, and what a browser remembers."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from guatu.kernel.access import NOBODY, Grant, Scope
from guatu.kit.middleware import PreferenceMiddleware, language_of
from guatu.kit.rooms import Room, doors
from guatu.rooms import MENU, ROOMS

pytestmark = pytest.mark.urls("tests.kit.urls")

HOUSE = [
    Room("mine", "我的", "desk:mine"),
    Room("cases", "案件", "desk:cases", "case.read", also=("/old-cases/",)),
    Room("gone", "没有", "desk:gone"),
]
READER = Scope(person_id=None, grants=(Grant(("case.read",), ("310114",)),))


def test_only_rooms_that_exist_and_may_be_entered():
    assert [door.key for door in doors(HOUSE, NOBODY, "/")] == ["mine"]
    assert [door.key for door in doors(HOUSE, READER, "/")] == ["mine", "cases"]


@pytest.mark.parametrize(
    ("path", "current"),
    [("/mine/", "mine"), ("/cases/1/", "cases"), ("/old-cases/", "cases"), ("/", "")],
)
def test_the_room_one_stands_in_is_marked(path, current):
    assert "".join(door.key for door in doors(HOUSE, READER, path) if door.current) == current


def test_the_house_has_at_most_eight_rooms():
    assert len(ROOMS) <= 8
    assert len({room.key for room in (*ROOMS, *MENU)}) == len(ROOMS) + len(MENU)


@pytest.mark.parametrize(
    ("cookie", "person", "language"),
    [
        ("", "", "zh-hans"),
        ("", "en", "en"),
        ("zh-hans", "en", "zh-hans"),
        ("en", "", "en"),
        ("xx", "", "zh-hans"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_persons_else_chinese(cookie, person, language):
    request = RequestFactory().get("/", headers={"accept-language": "en-US"})
    request.COOKIES["django_language"] = cookie
    request.user = SimpleNamespace(language=person)
    assert language_of(request) == language


def test_the_answer_says_its_language():
    request = RequestFactory().get("/")
    request.COOKIES["guatu_type"] = "large"
    from django.http import HttpResponse

    answer = PreferenceMiddleware(lambda request: HttpResponse(request.type_size))(request)
    assert answer["Content-Language"] == "zh-hans"
    assert answer.content == b"large"


@pytest.mark.django_db
def test_a_preference_is_kept_and_leads_back(client):
    answer = client.post("/kit/prefer/", {"language": "en", "type": "large", "next": "/cases/?q=1"})
    assert answer.url == "/cases/?q=1"
    assert answer.cookies["django_language"].value == "en"
    assert answer.cookies["guatu_type"].value == "large"
    strange = client.post(
        "/kit/prefer/", {"language": "xx", "type": "huge", "next": "https://elsewhere.example/"}
    )
    assert strange.url == "/"
    assert not strange.cookies
    assert client.get("/kit/prefer/").status_code == 405
