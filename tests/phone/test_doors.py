"""The phone's addresses: a shell without data, manifest and worker, the overview, lists, what was sent back."""

import gzip
import json
from typing import Any

import pytest
from django.urls import reverse

from guatu.fieldwork.models import SubmissionReturn
from guatu.kernel import clock
from guatu.phone import lists, shell

pytestmark = pytest.mark.django_db
SYNC = "phone:sync"


def body(answer: Any) -> dict[str, Any]:
    raw = answer.content
    found: dict[str, Any] = json.loads(
        gzip.decompress(raw) if answer.headers.get("Content-Encoding") == "gzip" else raw
    )
    return found


@pytest.fixture
def built(tmp_path, monkeypatch):
    """What Vite would have left behind."""
    manifest = {
        "src/phone/main.ts": {"file": "parts/phone-abc.js", "css": ["parts/phone-def.css"], "imports": ["_a.js"], "dynamicImports": ["src/phone/fill.ts"]},
        "_a.js": {"file": "parts/a-1.js"},
        "src/phone/fill.ts": {"file": "parts/fill-2.js", "css": ["parts/fill-3.css"], "imports": ["_a.js", "src/phone/main.ts"], "assets": ["parts/x.wasm"]},
        "src/elements.ts": {"file": "elements.js"},
    }  # fmt: skip
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "phone-sw.js").write_text("// code")
    monkeypatch.setattr(shell, "BUILT", tmp_path)
    shell._manifest.cache_clear()
    yield tmp_path
    shell._manifest.cache_clear()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_shell_is_for_everybody_and_holds_no_data(cast, client, signed_in, built, language):
    client.cookies["django_language"] = language
    page = client.get(reverse("phone:shell"))
    assert page.status_code == 200 and "csrftoken" in page.cookies
    text = page.content.decode()
    assert "/static/built/parts/phone-abc.js" in text and "/static/built/parts/phone-def.css" in text
    assert 'rel="manifest"' in text and "<style" not in text and "onload" not in text
    browser = signed_in(cast.nanxiang)
    browser.cookies["django_language"] = language
    assert cast.nanxiang.name not in browser.get(reverse("phone:shell")).content.decode()
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy and "'unsafe-eval'" not in policy


def test_without_a_build_the_shell_says_what_to_do(client, cast, tmp_path, monkeypatch):
    monkeypatch.setattr(shell, "BUILT", tmp_path)
    page = client.get(reverse("phone:shell")).content.decode()
    assert "make front" in page and "<script" not in page
    assert "skipWaiting" in client.get(reverse("phone:worker")).content.decode()


def test_the_manifest_makes_it_installable(client, cast):
    answer = client.get(reverse("phone:manifest"))
    said = answer.json()
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert said["scope"] == said["start_url"] == "/m/" and said["display"] == "standalone"
    assert {icon["sizes"] for icon in said["icons"]} == {"192x192", "512x512"}


def test_the_worker_keeps_all_that_the_pages_may_ever_ask_for(client, cast, built):
    answer = client.get(reverse("phone:worker"))
    assert (
        answer.headers["Content-Type"].startswith("text/javascript")
        and answer.headers["Cache-Control"] == "no-cache"
    )
    head, code = answer.content.decode().split("\n", 1)
    kept = json.loads(head.removeprefix("self.GUATU_PHONE = ").removesuffix(";"))
    assert code == "// code"
    for name in (
        "parts/phone-abc.js",
        "parts/phone-def.css",
        "parts/a-1.js",
        "parts/fill-2.js",
        "parts/fill-3.css",
        "parts/x.wasm",
    ):
        assert f"/static/built/{name}" in kept["files"]
    assert "/m/" in kept["files"] and "/static/built/elements.js" not in kept["files"]
    assert not any(address.startswith(("/m/sync", "/m/outbox", "/api")) for address in kept["files"])
    (built / "phone-sw.js").write_text("// other code")
    assert kept["version"] not in client.get(reverse("phone:worker")).content.decode()


def test_the_overview_tells_who_is_signed_in_and_then_that_nothing_happened(cast, signed_in, count_queries):
    browser = signed_in(cast.xuncha)
    with count_queries("phone overview"):
        first = browser.get(reverse(SYNC))
    said = body(first)
    assert (
        said["person"]["name"] == "执法检查" and "places" in said["lists"] and "entries" not in said["lists"]
    )
    assert "case.open" in said["rights"] and said["campaign"]["code"] == "expo" and said["csrf"]
    assert first.headers["X-Guatu-Now"].startswith("2021-09-16T09:00")
    again = browser.get(reverse(SYNC), headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and again.content == b"" and again.headers["X-Guatu-Now"]
    from guatu.places.acts import survey_place

    survey_place(by=cast.xuncha, place=cast.places["NX-002"], outcome="unchanged")
    assert browser.get(reverse(SYNC), headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_list_and_then_nothing_new(cast, signed_in, count_queries):
    browser = signed_in(cast.nanxiang)
    with count_queries("phone list places"):
        said = body(browser.get(reverse(SYNC), {"list": "places"}))
    assert said["reset"] and {row["name"] for row in said["rows"]} == {"南翔老街", "沪宜公路临时停车场"}
    assert all(row["id"] and row["ver"] for row in said["rows"])
    with count_queries("phone list places again"):
        again = browser.get(reverse(SYNC), {"list": "places", "cursor": said["cursor"]})
    assert body(again) == said | {"reset": False, "rows": []}
    tag = {"If-None-Match": again.headers["ETag"]}
    assert (
        browser.get(reverse(SYNC), {"list": "places", "cursor": said["cursor"]}, headers=tag).status_code
        == 304
    )


@pytest.mark.parametrize("name", sorted(lists.LISTS))
def test_every_list_answers_everybody(cast, signed_in, name):
    for person in (cast.zhihui, cast.jinbo, cast.nanxiang, cast.lvrong, cast.passer_by):
        answer = signed_in(person).get(reverse(SYNC), {"list": name}, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert body(answer)["list"] == name


def test_whoever_has_a_whole_district_carries_only_their_own(cast, signed_in):
    said = body(signed_in(cast.jinbo).get(reverse(SYNC), {"list": "places"}))
    assert said["rows"] == []


def test_refusals_are_json_for_whoever_asks(cast, signed_in, client):
    assert client.get(reverse(SYNC)).json()["code"] == "phone.sign_in"
    assert client.get(reverse(SYNC)).status_code == 401
    browser = signed_in(cast.nanxiang)
    assert browser.get(reverse(SYNC), {"list": "x"}).json()["code"] == "phone.unknown_list"
    other = browser.get(reverse(SYNC), headers={"X-Guatu-Person": str(cast.xuncha.id)})
    assert other.status_code == 409 and other.json()["code"] == "phone.other_person"
    assert browser.get(reverse("phone:outbox")).status_code == 405


def test_the_street_room_leads_to_the_phone_pages(cast, signed_in):
    browser = signed_in(cast.nanxiang)
    assert reverse("desk:phone_pages") in browser.get(reverse("desk:street")).content.decode()
    page = browser.get(reverse("desk:phone_pages")).content.decode()
    assert "http://testserver/m/" in page and "data:image/png" in page and "https" in page


def test_what_was_sent_back_is_not_for_others(cast, signed_in):
    from guatu.kernel import ids

    return_id = ids.new()
    assert signed_in(cast.xuncha).get(reverse("phone:returned", args=[return_id])).status_code == 404
    assert not SubmissionReturn.objects.exists() and clock.now()
