"""Venue codes at the desk and over the API: what opens, who may, what is undone, what is printed, what leaves as a table."""

import datetime as dt
import html
import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from guatu.kernel import clock
from guatu.kernel.models import SightLog
from guatu.notices.models import Notice
from guatu.places.models import Place
from guatu.units.acts import make_token
from guatu.venues.acts import codes, scans
from guatu.venues.models import Headcount, ScanRule, VenueCode
from tests.cast import GUYIYUAN, Cast

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.fixture
def shop(cast: Cast) -> Place:
    return Place.objects.create(home="310114102", number="V-1", kind="shop", name="=老街饭店", area=GUYIYUAN)


@pytest.fixture
def code(cast: Cast, shop: Place) -> VenueCode:
    return codes.apply_for_code(
        by=cast.nanxiang,
        place=shop,
        campaign=cast.campaign,
        applicant={"name": "李老板", "phone": "13812345678"},
    )


def step(browser: Client, row: VenueCode, name: str, **said: Any) -> Any:
    return browser.post(
        reverse("desk:venue_code_step", args=[row.id, name]), {"version": row.version, **said}
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(
    cast: Cast, code: VenueCode, signed_in: Any, language: str
) -> None:
    other = codes.apply_for_code(by=cast.nanxiang, place=cast.places["NX-001"], campaign=cast.campaign)
    active = codes.approve_code(by=cast.jinbo, code=other)
    scans.record_scan(code=active, at=clock.now() - dt.timedelta(minutes=5))
    now = clock.now()
    count = scans.count_people(
        by=cast.nanxiang, place=other.place, people=4, from_at=now - dt.timedelta(hours=1), until_at=now
    )
    scans.make_rule(
        by=cast.jinbo,
        area="310114",
        basis="某条例",
        fields=["phone"],
        from_day=clock.today(),
        to_day=clock.today(),
    )
    browser = signed_in(cast.jinbo)
    browser.cookies["django_language"] = language
    listed = reverse("desk:venue_codes")
    for address in (
        listed, f"{listed}?status=active&area=310114102&kind=shop&ending=30&posted=no", f"{listed}?q={active.serial[:6]}",
        f"{listed}?q=老街", f"{listed}?sort=valid_until", f"{listed}?print=1", reverse("desk:venue_code", args=[code.id]),
        reverse("desk:venue_code", args=[active.id]), reverse("desk:venue_code_new"), reverse("desk:venue_code_new") + "?q=饭店",
        reverse("desk:venue_code_new") + f"?place={code.place_id}", reverse("desk:venue_poster", args=[active.id]),
        reverse("desk:venue_scans", args=[active.id]), reverse("desk:venue_counts"), reverse("desk:venue_count", args=[count.id]),
        reverse("desk:venue_count_new", args=[code.place_id]), reverse("desk:venue_rules"), reverse("desk:venue_rule_new"),
        reverse("desk:place", args=[code.place_id]), reverse("desk:street"),
    ):  # fmt: skip
        answer = browser.get(address)
        assert answer.status_code == 200, address
    assert "25.0%" in text(browser.get(reverse("desk:venue_counts")))
    assert text(browser.get(f"{listed}?q={active.serial[:6]}")).count(
        "data-href"
    ) == 0 or active.serial in text(browser.get(f"{listed}?q={active.serial[:6]}"))


def test_the_list_finds_by_serial_name_and_what_is_wrong(cast: Cast, code: VenueCode, signed_in: Any) -> None:
    browser, listed = signed_in(cast.jinbo), reverse("desk:venue_codes")
    for query, found in (
        (f"q={code.serial}", True), (f"q={code.serial[:5].lower()}", True), ("q=老街饭", True), ("q=V-1", True), ("q=HOTEL", False),
        ("status=applied", True), ("status=active", False), ("posted=unknown", True), ("ending=30", False), ("area=310114118", False),
    ):  # fmt: skip
        assert (code.serial in text(browser.get(f"{listed}?{query}"))) == found, query


def test_what_leaves_as_a_table_starts_no_formula(cast: Cast, code: VenueCode, signed_in: Any) -> None:
    browser = signed_in(cast.jinbo)
    book = b"".join(browser.get(reverse("desk:venue_codes") + "?export=xlsx"))
    sheet = load_workbook(io.BytesIO(book)).active
    cells = [cell for line in sheet.iter_rows() for cell in line]  # type: ignore[union-attr]
    assert any("老街饭店" in str(cell.value) for cell in cells) and all(
        cell.data_type != "f" for cell in cells
    )
    plain = b"".join(browser.get(reverse("desk:venue_codes") + "?export=csv")).decode("utf-8-sig")
    assert "'=老街饭店" in plain and "李老板" not in plain


def test_a_neighbour_sees_nothing(cast: Cast, code: VenueCode, signed_in: Any) -> None:
    browser = signed_in(cast.jiangqiao)
    assert code.serial not in text(browser.get(reverse("desk:venue_codes")))
    assert browser.get(reverse("desk:venue_code", args=[code.id])).status_code == 404
    assert step(browser, code, "approve").status_code == 404
    assert browser.get(reverse("desk:venue_code_new") + f"?place={code.place_id}").status_code == 404
    assert signed_in(cast.passer_by).get(reverse("desk:venue_codes")).status_code == 403


def test_applied_for_and_decided_by_somebody_else(cast: Cast, shop: Place, signed_in: Any) -> None:
    page = reverse("desk:venue_code_new") + f"?place={shop.id}"
    done = signed_in(cast.nanxiang).post(page, {"name": "李老板", "phone": "138"})
    row = VenueCode.objects.get()
    assert done["Location"] == reverse("desk:venue_code", args=[row.id])
    assert signed_in(cast.nanxiang).post(page, {}).status_code == 422  # there is one
    own = signed_in(cast.nanxiang)
    assert step(own, row, "approve").status_code == 302
    row.refresh_from_db()
    assert row.status == "applied"
    assert step(signed_in(cast.xuncha), row, "approve").status_code == 403
    step(signed_in(cast.jinbo), row, "approve", days="30", version=row.version + 5)
    row.refresh_from_db()
    assert row.status == "applied"  # prepared on an older state
    step(signed_in(cast.jinbo), row, "approve", days="30")
    row.refresh_from_db()
    assert row.status == "active" and (row.valid_until - row.valid_from).days == 29  # type: ignore[operator]
    told = Notice.objects.get(person=cast.nanxiang, kind="venue_approved")
    assert told.title == row.serial


def test_every_step_and_its_way_back(cast: Cast, code: VenueCode, signed_in: Any) -> None:
    browser = signed_in(cast.jinbo)

    def now() -> str:
        code.refresh_from_db()
        return code.status

    step(browser, code, "refuse")
    assert now() == "applied"  # without a reason
    step(browser, code, "approve")
    assert now() == "active"
    for name, posted in (("missing", False), ("posted", True)):
        step(browser, code, name)
        now()
        assert code.posted is posted
    step(browser, code, "revoke", reason="擅自开业")
    assert now() == "revoked"
    assert "擅自开业" in text(browser.get(reverse("desk:venue_code", args=[code.id])))
    step(browser, code, "reinstate")
    assert now() == "active"
    assert step(browser, code, "nonsense").status_code == 404
    with clock.at(clock.now() + dt.timedelta(days=350)):
        answer = step(signed_in(cast.nanxiang), code, "renew")
        renewal = VenueCode.objects.get(before=code)
        assert answer["Location"] == reverse("desk:venue_code", args=[renewal.id])
        step(signed_in(cast.nanxiang), renewal, "take_back")
    renewal.refresh_from_db()
    assert renewal.status == "withdrawn"


def test_who_applied_is_masked_and_opens_with_a_reason(cast: Cast, code: VenueCode, signed_in: Any) -> None:
    browser, page = signed_in(cast.jinbo), reverse("desk:venue_code", args=[code.id])
    assert "李**" in text(browser.get(page)) and "李老板" not in text(browser.get(page))
    reveal = reverse("desk:venue_code_reveal", args=[code.id])
    assert browser.post(reveal, {"reason": " "}).status_code == 302 and not SightLog.objects.exists()
    shown = browser.post(reveal, {"reason": "核对执照"})
    assert "13812345678" in text(shown) and shown["Cache-Control"] == "no-store"
    assert set(SightLog.objects.values_list("field", "reason")) == {
        ("name", "核对执照"),
        ("phone", "核对执照"),
    }
    assert signed_in(cast.xuncha).post(reveal, {"reason": "看看"}).status_code == 403


def test_many_are_approved_at_once_and_taken_back(cast: Cast, code: VenueCode, signed_in: Any) -> None:
    own = codes.apply_for_code(by=cast.jinbo, place=cast.places["NX-001"])
    browser = signed_in(cast.jinbo)
    answer = browser.post(
        reverse("desk:venue_codes_approve"), {"row": [str(code.id), str(own.id), "x"]}, follow=True
    )
    code.refresh_from_db()
    own.refresh_from_db()
    assert (code.status, own.status) == ("active", "applied")  # nobody decides on their own
    assert "1 张没有批准" in text(answer)
    moment = code.decided_at.isoformat()  # type: ignore[union-attr]
    back = reverse("desk:venue_codes_unapprove")
    signed_in(cast.chengyun).post(f"{back}?at={moment.replace('+', '%2B')}")
    code.refresh_from_db()
    assert code.status == "active"  # not theirs
    browser.post(f"{back}?at={moment.replace('+', '%2B')}")
    code.refresh_from_db()
    assert code.status == "revoked"
    assert browser.post(f"{back}?at=yesterday").status_code == 404


def test_posters_hold_one_square_a_page(cast: Cast, code: VenueCode, signed_in: Any) -> None:
    browser = signed_in(cast.jinbo)
    assert browser.get(reverse("desk:venue_poster", args=[code.id])).status_code == 409
    other = codes.approve_code(
        by=cast.jinbo, code=codes.apply_for_code(by=cast.nanxiang, place=cast.places["NX-001"])
    )
    codes.approve_code(by=cast.jinbo, code=code)
    sheets = browser.post(reverse("desk:venue_posters"), {"row": [str(code.id), str(other.id)]})
    assert text(sheets).count('class="poster"') == 2 and text(sheets).count("data:image/svg+xml") == 2
    assert "no-store" in sheets["Cache-Control"] and "style=" not in text(sheets)
    many = browser.post(reverse("desk:venue_posters"), {"row": [str(code.id)] * 201})
    assert many.status_code == 400
    assert (
        signed_in(cast.jiangqiao).post(reverse("desk:venue_posters"), {"row": [str(code.id)]}).status_code
        == 302
    )


def test_people_are_counted_and_a_count_is_taken_back(cast: Cast, code: VenueCode, signed_in: Any) -> None:
    browser, page = signed_in(cast.xuncha), reverse("desk:venue_count_new", args=[code.place_id])
    now = clock.local(clock.now()).replace(tzinfo=None, second=0, microsecond=0)
    said = {"from_at": (now - dt.timedelta(hours=2)).isoformat(), "until_at": now.isoformat(), "people": "40"}
    assert browser.post(page, {**said, "until_at": "2001-01-01T00:00"}).status_code == 422
    assert browser.post(page, said).status_code == 302
    row = Headcount.objects.get()
    assert (row.people, row.scans) == (40, 0)
    browser.post(reverse("desk:venue_count_withdraw", args=[row.id]))
    row.refresh_from_db()
    assert row.withdrawn
    browser.post(reverse("desk:venue_count_restore", args=[row.id]))
    row.refresh_from_db()
    assert not row.withdrawn
    assert signed_in(cast.jiangqiao).get(reverse("desk:venue_count", args=[row.id])).status_code == 404


def test_a_rule_is_made_stopped_and_put_back(cast: Cast, signed_in: Any) -> None:
    browser, today = signed_in(cast.jinbo), clock.today().isoformat()
    said = {
        "basis": "某条例",
        "area": "310114",
        "from_day": today,
        "to_day": today,
        "fields_asked": ["name"],
        "keep_days": "7",
    }
    assert browser.post(reverse("desk:venue_rule_new"), {**said, "fields_asked": []}).status_code == 422
    assert browser.post(reverse("desk:venue_rule_new"), said).status_code == 302
    row = ScanRule.objects.get()
    browser.post(reverse("desk:venue_rule_withdraw", args=[row.id]), {"version": row.version})
    row.refresh_from_db()
    assert row.withdrawn
    browser.post(reverse("desk:venue_rule_restore", args=[row.id]), {"version": row.version})
    row.refresh_from_db()
    assert not row.withdrawn
    assert signed_in(cast.nanxiang).get(reverse("desk:venue_rule_new")).status_code == 403


# --- for machines ----------------------------------------------------------------------------------------------------


def ask(method: str, path: str, key: str, body: Any = None) -> Any:
    call = getattr(Client(), method)
    more = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    return call(f"/api{path}", headers={"Authorization": f"Bearer {key}"}, **more)


def test_machines_apply_decide_list_and_count(cast: Cast, shop: Place) -> None:
    street = make_token(by=cast.nanxiang, person=cast.nanxiang, name="t")[1]
    office = make_token(by=cast.jinbo, person=cast.jinbo, name="t")[1]
    made = ask(
        "post", "/venue-codes", street, {"place_id": str(shop.id), "name": "李老板", "campaign": "expo"}
    )
    assert (
        made.status_code == 201
        and made.json()["status"] == "applied"
        and "李老板" not in made.content.decode()
    )
    key = made.json()["id"]
    assert ask("post", f"/venue-codes/{key}/approve", street, {}).status_code == 403
    assert ask("post", f"/venue-codes/{key}/refuse", office, {}).status_code == 400
    done = ask("post", f"/venue-codes/{key}/approve", office, {"days": 10, "version": 1}).json()
    assert done["status"] == "active" and done["address"].endswith(f"/v/{done['token']}/")
    assert ask("post", f"/venue-codes/{key}/nonsense", office, {}).status_code == 404
    listed = ask("get", "/venue-codes?status=active&area=310114102&q=" + done["serial"], office).json()
    assert [row["id"] for row in listed["items"]] == [key]
    assert ask("get", "/venue-codes?ending=30", office).json()["items"][0]["id"] == key
    assert ask("get", f"/venue-codes/{key}", office).json()["token"] == done["token"]
    scan = ask("post", "/venue-scans", street, {"token": done["token"]})
    assert scan.status_code == 201 and scan.json()["verdict"] == "good"
    assert ask("post", "/venue-scans", street, {"token": "nothing"}).status_code == 404
    now = clock.now()
    said = {
        "place_id": str(shop.id),
        "people": 2,
        "from_at": (now - dt.timedelta(hours=1)).isoformat(),
        "until_at": now.isoformat(),
    }
    count = ask("post", "/venue-counts", street, said)
    assert count.status_code == 201, count.content
    sweep = ask("get", "/venue-counts/sweep", office).json()
    assert sweep["people"] == 2 and sweep["counts"] == 1
    assert len(ask("get", "/venue-counts", office).json()["items"]) == 1
    assert ask("delete", f"/venue-counts/{count.json()['id']}", street).json()["withdrawn"] is True
    other = make_token(by=cast.jiangqiao, person=cast.jiangqiao, name="t")[1]
    assert ask("get", f"/venue-codes/{key}", other).status_code == 404
    assert ask("get", "/venue-codes", other).json()["items"] == []
