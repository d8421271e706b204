"""What a scan opens: real, ended, taken back, made up; one button, counted once; identity only under a dated rule."""

import base64
import datetime as dt
import html
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guatu.kernel import clock
from guatu.kernel.models import SubjectKey
from guatu.public.venues import views
from guatu.venues.acts import codes, scans
from guatu.venues.models import Scan, VenueCode
from guatu.venues.reads import codes as reads
from guatu.venues.rules import codes as rules
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(cast: Cast) -> VenueCode:
    cache.clear()
    asked = codes.apply_for_code(by=cast.nanxiang, place=cast.places["NX-001"], campaign=cast.campaign)
    return codes.approve_code(by=cast.jinbo, code=asked)


def address(code: VenueCode) -> str:
    return reverse("public:venue", args=[reads.token_of(code)])


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_real_code_says_where_and_until_when(code: VenueCode, language: str) -> None:
    visitor = Client()
    visitor.cookies["django_language"] = language
    answer = visitor.get(address(code))
    assert answer.status_code == 200
    page = words(answer)
    assert "南翔老街" in page and 'name="phone"' not in page and "<form" in page
    assert ("我已到场" in page) == (language == "zh-hans")
    assert answer["X-Robots-Tag"] == "noindex, nofollow" and "no-store" in answer["Cache-Control"]
    assert "sessionid" not in answer.cookies and not Scan.objects.exists()


def test_an_arrival_is_written_once_in_ten_minutes(code: VenueCode) -> None:
    visitor = Client()
    done = visitor.post(address(code))
    assert (done.status_code, done["Location"]) == (302, address(code))
    assert "已登记到场" in words(visitor.get(address(code)))
    visitor.post(address(code))
    assert Scan.objects.count() == 1
    kept = done.cookies["guatu_arrival"]
    assert kept["httponly"] and kept["path"] == "/v/" and kept["max-age"] == 600
    assert kept.value.split(":")[0].startswith(
        code.place_id.hex
    )  # the place and the time, nothing of a person
    Client().post(address(code))  # somebody else
    assert Scan.objects.count() == 2


def test_a_cookie_made_up_or_of_another_place_does_not_count(code: VenueCode) -> None:
    visitor = Client()
    visitor.cookies["guatu_arrival"] = f"{code.place_id.hex}|{clock.now().isoformat()}"
    visitor.post(address(code))
    assert Scan.objects.count() == 1


def test_a_forged_code_is_told_and_costs_nothing(code: VenueCode) -> None:
    with CaptureQueriesContext(connection) as asked:
        answer = Client().get(reverse("public:venue", args=[rules.token(code.serial, b"x" * 32)]))
    assert answer.status_code == 404
    assert not [query for query in asked.captured_queries if "venues_" in query["sql"]]
    assert (
        "不是真码" in words(answer)
        and "南翔老街" not in words(answer)
        and '<form method="post"' not in words(answer)
    )
    assert Client().post(reverse("public:venue", args=["nothing"])).status_code == 404
    assert not Scan.objects.exists()


def test_one_taken_back_says_so_and_asks_nobody(cast: Cast, code: VenueCode) -> None:
    _rule(cast)
    codes.revoke_code(by=cast.jinbo, code=code, reason="擅自开业")
    visitor = Client()
    answer = visitor.get(address(code))
    assert answer.status_code == 410
    assert "已被收回" in words(answer) and "擅自开业" not in words(answer) and "我已到场" not in words(answer)
    visitor.post(address(code))
    assert Scan.objects.get().verdict == "revoked"


def test_one_past_its_day_says_so(code: VenueCode) -> None:
    with clock.at(clock.now() + dt.timedelta(days=400)):
        answer = Client().get(address(code))
    assert answer.status_code == 410 and "已失效" in words(answer)


def _rule(cast: Cast) -> None:
    scans.make_rule(
        by=cast.jinbo, area="310114", basis="某条例第九条", fields=["name", "phone"], from_day=clock.today(),
        to_day=clock.today(), keep_days=7,
    )  # fmt: skip


def test_a_rule_asks_and_says_why_and_for_how_long(cast: Cast, code: VenueCode) -> None:
    _rule(cast)
    visitor = Client()
    page = words(visitor.get(address(code)))
    assert (
        "某条例第九条" in page and "7 天" in page and 'name="phone"' in page and 'name="id_card"' not in page
    )
    missing = visitor.post(address(code), {"name": "张三"})
    assert missing.status_code == 422 and not Scan.objects.exists()
    assert (
        visitor.post(address(code), {"name": "张三", "phone": "13800000000", "id_card": "x"}).status_code
        == 302
    )
    scan = Scan.objects.get()
    assert set(scan.sealed) == {"name", "phone"} and "张三" not in str(scan.sealed)
    assert SubjectKey.objects.filter(subject_id=scan.id).exists()
    assert "张三" not in words(visitor.get(address(code)))


def test_a_loop_is_stopped(code: VenueCode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_A_MINUTE", 1)
    now = dt.datetime(2026, 1, 1, 12, 0, 5, tzinfo=clock.ZONE)
    monkeypatch.setattr(clock, "real_now", lambda: now)
    assert Client().post(address(code)).status_code == 302
    assert Client().post(address(code)).status_code == 422
    assert Scan.objects.count() == 1


def test_a_post_without_the_pages_own_token_is_refused(code: VenueCode) -> None:
    assert Client(enforce_csrf_checks=True).post(address(code)).status_code == 403


def test_the_published_keys_check_a_code_without_us(code: VenueCode) -> None:
    answer = Client().get("/v/keys.json").json()
    serial, signature = reads.token_of(code).split(".")
    key = base64.urlsafe_b64decode(answer["keys"][0]["x"] + "=")
    Ed25519PublicKey.from_public_bytes(key).verify(
        base64.urlsafe_b64decode(signature + "=="), answer["signed"].format(serial=serial).encode()
    )
