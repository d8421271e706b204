"""Pages and addresses of registers: masked by default, opened with a reason, exported on record."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from guatu.kernel.models import Act, SightLog
from guatu.registers.models import Entry, Register
from tests.cast import JIANGQIAO, NANXIANG, Cast
from tests.doors.test_cases import fresh
from tests.registers.conftest import id_card, persons, somebody, units

__all__ = ["persons", "somebody", "units"]
Signed = Callable[..., Client]
SECRETS = (id_card(1), "张小明", "13812345678")


@pytest.fixture
def entry(somebody: Callable[..., Entry]) -> Entry:
    return somebody()


def content(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_every_page_masks_what_is_personal(cast: Cast, entry: Entry, signed_in: Signed) -> None:
    office = signed_in(cast.jinbo)
    pages = [
        reverse("desk:registers"),
        reverse("desk:register", args=[entry.register_id]),
        reverse("desk:entry", args=[entry.id]),
        reverse("desk:entry", args=[entry.parent_id]),
        reverse("desk:entry_correct", args=[entry.id]),
        reverse("desk:entry_sights", args=[entry.id]),
        reverse("desk:register", args=[entry.register_id]) + "?print=1",
    ]
    for address in pages:
        page = office.get(address)
        assert page.status_code == 200, address
        assert not [text for text in SECRETS if text in page.content.decode()], address
    assert "138****5678" in office.get(pages[1]).content.decode()


def test_a_street_sees_its_own_area_only(cast: Cast, entry: Entry, signed_in: Signed) -> None:
    address = reverse("desk:entry", args=[entry.id])
    assert signed_in(cast.nanxiang).get(address).status_code == 200
    assert signed_in(cast.jiangqiao).get(address).status_code == 404
    assert signed_in(cast.passer_by).get(reverse("desk:registers")).status_code == 404  # sees no campaign


def test_a_personal_key_is_found_when_it_is_written_in_full(
    cast: Cast, entry: Entry, signed_in: Signed
) -> None:
    address = reverse("desk:register", args=[entry.register_id])
    office = signed_in(cast.jinbo)
    for query, found in ((f"q={id_card(1)}", 1), (f"q={id_card(1)[:10]}", 0), ("c_badge=采购商", 1), ("c_badge=工作人员", 0),
                         (f"area={NANXIANG}", 1), (f"area={JIANGQIAO}", 0), ("status=withdrawn", 0)):  # fmt: skip
        page = office.get(f"{address}?{query}").content.decode()
        assert page.count(f'data-href="{reverse("desk:entry", args=[entry.id])}"') == found, query


def test_opening_wants_a_reason_and_leaves_a_line(cast: Cast, entry: Entry, signed_in: Signed) -> None:
    office, address = signed_in(cast.jinbo), reverse("desk:entry_reveal", args=[entry.id])
    bare = office.post(address, {"reveal-columns": ["phone"]})
    assert bare.status_code == 422
    assert not SightLog.objects.exists()
    page = office.post(address, {"reveal-columns": ["phone"], "reveal-reason": "核对证件"})
    assert "13812345678" in page.content.decode()
    assert "张小明" not in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert "核对证件" in office.get(reverse("desk:entry_sights", args=[entry.id])).content.decode()
    street = signed_in(cast.nanxiang)
    assert "entry_reveal" not in street.get(reverse("desk:entry", args=[entry.id])).content.decode()
    assert street.post(address, {"reveal-columns": ["phone"], "reveal-reason": "好奇"}).status_code == 403


def test_entering_and_correcting_by_form(
    cast: Cast, entry: Entry, persons: Register, signed_in: Signed
) -> None:
    office = signed_in(cast.jinbo)
    address = reverse("desk:entry_new", args=[persons.id])
    said = {
        "c_id_card": id_card(2),
        "c_name": "李小红",
        "c_phone": "",
        "c_badge": "工作人员",
        "area": NANXIANG,
        "parent": "",
    }
    assert office.post(address, said).status_code == 302
    twice = office.post(address, {**said, "c_phone": "13700000000"})
    assert twice.status_code == 422
    assert "一个对象只登记一次" in twice.content.decode()
    assert "13700000000" in twice.content.decode()  # what was typed is kept
    fix = reverse("desk:entry_correct", args=[entry.id])
    done = office.post(
        fix, {"c_badge": "工作人员", "area": NANXIANG, "parent": "上海某某汽车公司", "version": 1}
    )
    assert done.status_code == 302, done.content.decode()[:2000]
    row = Entry.objects.get(id=entry.id)
    assert (row.fields, set(row.sealed)) == (
        {"badge": "工作人员"},
        {"id_card", "name", "phone"},
    )  # left empty: kept
    stale = office.post(
        fix, {"c_badge": "采购商", "area": NANXIANG, "parent": "上海某某汽车公司", "version": 1}
    )
    assert stale.status_code == 422


def test_leaving_by_page(cast: Cast, entry: Entry, signed_in: Signed) -> None:
    office = signed_in(cast.jinbo)
    assert office.post(reverse("desk:entry_withdraw", args=[entry.id]), {}).status_code == 422
    assert (
        office.post(reverse("desk:entry_withdraw", args=[entry.id]), {"withdraw-reason": "误报"}).status_code
        == 302
    )
    assert (
        office.post(reverse("desk:entry_forget", args=[entry.id]), {"forget-reason": "期满"}).status_code
        == 302
    )
    assert Entry.objects.get(id=entry.id).sealed == {}
    assert (
        signed_in(cast.nanxiang)
        .post(reverse("desk:entry_forget", args=[entry.id]), {"forget-reason": "x"})
        .status_code
        == 403
    )


def test_exports_are_masked_unless_a_reason_is_given(
    cast: Cast, entry: Entry, persons: Register, signed_in: Signed
) -> None:
    office = signed_in(cast.jinbo)
    masked = content(office.get(reverse("desk:register", args=[persons.id]) + "?export=csv")).decode()
    assert "138****5678" in masked
    assert not [text for text in SECRETS if text in masked]
    assert Act.objects.filter(verb="register.exported").count() == 1
    assert not SightLog.objects.exists()
    address = reverse("desk:register_export", args=[persons.id])
    assert office.get(address).status_code == 200
    assert office.post(address, {"reason": ""}).status_code == 422
    book = load_workbook(io.BytesIO(content(office.post(address, {"reason": "办理证件"}))))
    rows = list(book.active.values)  # type: ignore[union-attr]
    assert rows[1] == (id_card(1), "张小明", "13812345678", "采购商", "上海某某汽车公司", "南翔镇")
    assert SightLog.objects.get().field == "export"
    assert signed_in(cast.nanxiang).get(address).status_code == 403


def test_how_often_the_list_asks(
    cast: Cast, somebody: Callable[..., Entry], signed_in: Signed, count_queries: Callable[[str], Any]
) -> None:
    for number in range(1, 6):
        entry = somebody(number)
    office = signed_in(cast.jinbo)
    office.get(reverse("desk:registers"))
    fresh()
    with count_queries("register list"):
        office.get(reverse("desk:register", args=[entry.register_id]))
    fresh()
    with count_queries("register entry"):
        office.get(reverse("desk:entry", args=[entry.id]))


def test_machines_enter_read_and_open(cast: Cast, entry: Entry, persons: Register, signed_in: Signed) -> None:
    office = signed_in(cast.jinbo)

    def send(address: str, body: dict[str, Any], method: str = "post") -> Any:
        return getattr(office, method)(f"/api/{address}", json.dumps(body), content_type="application/json")

    assert [row["code"] for row in office.get("/api/expo/registers").json()] == ["persons", "units"]
    made = send(
        "expo/registers/persons/entries",
        {"entries": [{"values": {"id_card": id_card(5), "name": "王"}, "area": NANXIANG}]},
    )
    assert made.status_code == 201, made.content
    (new,) = made.json()["created"]
    page = office.get(f"/api/expo/registers/persons/entries?key={id_card(1)}").json()
    assert [item["values"]["phone"] for item in page["items"]] == ["138****5678"]
    assert office.get(f"/api/registers/entries/{new}").json()["values"]["id_card"].startswith("3101***")
    assert (
        send(f"registers/entries/{new}", {"version": 1, "values": {"badge": "采购商"}}, "patch").json()[
            "version"
        ]
        == 2
    )
    assert send(f"registers/entries/{new}/reveal", {"columns": ["name"], "reason": "核对"}).json() == {
        "name": "王"
    }
    assert (
        send(f"registers/entries/{new}/reveal", {"columns": ["name"], "reason": ""}).json()["code"]
        == "register.reason_needed"
    )
    assert send(f"registers/entries/{new}/forget", {"reason": "期满"}).json()["status"] == "forgotten"
    assert send(f"registers/entries/{new}/dance", {"reason": "x"}).status_code == 404
    opened = send(
        "expo/registers",
        {"code": "drivers", "name": "司机", "kind": "person", "key_field": "plate",
         "columns": [{"key": "plate", "label": "车牌", "required": True}]},
    )  # fmt: skip
    assert opened.status_code == 201
