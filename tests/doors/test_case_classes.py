"""The pages of classes and standards: list, record, choosing one, editing, import, the library from the packs page."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from guatu.cases.acts import find_class
from guatu.cases.models import Case, CaseClass, CaseStandard
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act
from guatu.packs.applying import apply_pack
from guatu.packs.library import find
from guatu.packs.reading import read_pack
from tests.cast import NANXIANG, Cast

pytestmark = pytest.mark.django_db
Signed = Callable[..., Client]
OLD, NEW = "GB/T 30428.2-2013", "GB/T 47678.5-2026"


@pytest.fixture(scope="module")
def library() -> Any:
    return read_pack(find("city-standards"))


@pytest.fixture
def stocked(cast: Cast, library: Any) -> Cast:
    apply_pack(by=SYSTEM, pack=library, into=cast.campaign)
    return cast


def cover(cast: Cast) -> CaseClass:
    found = find_class(cast.campaign, f"{OLD}|component|0101")
    assert found is not None
    return found


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


# --- the list ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 593), (f"scheme={NEW}", 403), (f"scheme={OLD}", 190), ("kind=matter&scheme=" + NEW, 250), ("limit=without", 403),
     ("limit=with", 190), ("q=0101", 20), ("q=井盖+缺失", 10), (f"major={OLD}|matter|05", 10), ("public=1", 0), ("active=1", 593)],
)  # fmt: skip
def test_search_and_filters(stocked: Cast, signed_in: Signed, query: str, count: int) -> None:
    answer = signed_in(stocked.nanxiang).get(reverse("desk:case_classes") + "?export=csv&" + query)
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").strip().splitlines()
    assert len(rows) - 1 == count


def test_the_list_costs_few_queries(stocked: Cast, signed_in: Signed, count_queries: Any) -> None:
    client = signed_in(stocked.chengyun)
    client.get(reverse("desk:case_classes"))
    with count_queries("case classes"):
        page = text(client.get(reverse("desk:case_classes")))
    assert "供水井盖" in page
    for number in (593, 403, 190):  # the tabs count classes, not their standards
        assert f'tab-count">{number}' in page
    assert reverse("desk:import_new", args=["case_standard"]) in page
    with count_queries("case class pick"):
        assert client.get(reverse("desk:case_class_pick") + "?q=井盖").status_code == 200


def test_the_list_leaves_as_a_workbook(stocked: Cast, signed_in: Signed) -> None:
    answer = signed_in(stocked.nanxiang).get(reverse("desk:case_classes") + f"?export=xlsx&scheme={OLD}")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.active.values)  # type: ignore[union-attr]
    assert len(rows) == 191
    assert rows[1][:2] == ("0101", "上水井盖")


def test_an_empty_campaign_is_told_how_to_begin(cast: Cast, signed_in: Signed) -> None:
    page = text(signed_in(cast.chengyun).get(reverse("desk:case_classes")))
    assert "标准库" in page


def test_who_may_not_read_cases_sees_no_class(stocked: Cast, signed_in: Signed) -> None:
    row = cover(stocked)
    client = signed_in(stocked.passer_by)
    assert client.get(reverse("desk:case_classes")).status_code in (403, 404)
    assert client.get(reverse("desk:case_class", args=[row.id])).status_code == 404
    assert client.get(reverse("desk:case_class_pick")).status_code in (403, 404)


# --- one class -----------------------------------------------------------------------------------------------------


def test_a_class_shows_condition_limit_and_closing(stocked: Cast, signed_in: Signed) -> None:
    page = text(signed_in(stocked.nanxiang).get(reverse("desk:case_class", args=[cover(stocked).id])))
    for words in ("缺失、移位、开裂，存在安全隐患的", "2 紧急工作时", "4 工作时", "表中写作 4小时", "恢复", "城市道路管理条例",
                  "另一张表写明了工作时间，以它为准", "yuncheng_case_standards.csv:2", "运城市城市管理局"):  # fmt: skip
        assert words in page
    assert reverse("desk:case_class_edit", args=[cover(stocked).id]) not in page  # a street may not
    english = signed_in(stocked.chengyun)
    english.cookies["django_language"] = "en"
    page = text(english.get(reverse("desk:case_class", args=[cover(stocked).id])))
    assert "the other table names working time, so it decides" in page
    assert "Filing condition" in page


def test_editing_a_class(stocked: Cast, signed_in: Signed) -> None:
    row = cover(stocked)
    client, address = signed_in(stocked.chengyun), reverse("desk:case_class_edit", args=[cover(stocked).id])
    assert client.get(address).status_code == 200
    said = {"name": "上水井盖", "limit_amount": "1", "limit_unit": "work_day", "active": "on", "public": "on"}
    assert client.post(address, {**said, "limit_unit": "", "version": row.version}).status_code == 422
    assert client.post(address, {**said, "version": row.version}).status_code == 302
    row.refresh_from_db()
    assert (row.limit_amount, row.limit_unit, row.public, row.needs_photo) == (1, "work_day", True, False)
    act = Act.objects.filter(verb="case_class.edited").get()
    assert act.details["new"]["limit_unit"] == "work_day"
    assert "更改案件类别" in text(client.get(reverse("desk:case_class", args=[row.id])))
    stale = client.post(address, {**said, "name": "别的", "version": row.version - 1})
    assert stale.status_code == 422  # somebody else saved meanwhile; nothing typed is lost
    assert "别的" in stale.content.decode()
    assert signed_in(stocked.nanxiang).post(address, said).status_code == 403


def test_a_new_class_and_a_standard_in_stages(cast: Cast, signed_in: Signed) -> None:
    client = signed_in(cast.chengyun)
    said = {
        "scheme": "",
        "kind": "matter",
        "code": "9901",
        "name": "爆管",
        "active": "on",
        "needs_photo": "on",
    }
    assert client.post(reverse("desk:case_class_new"), said).status_code == 302
    again = client.post(reverse("desk:case_class_new"), said)
    assert again.status_code == 422
    assert "已经有了" in again.content.decode()
    row = CaseClass.objects.get(code="9901")
    address = reverse("desk:case_standard_new", args=[row.id])
    said = {
        "condition": "自来水管爆裂",
        "limit": "1紧急工作时止水；5工作日恢复",
        "closing": "恢复路面",
        "active": "on",
    }
    for wrong in ("尽快", "5天"):
        assert client.post(address, {**said, "limit": wrong}).status_code == 422
    assert client.post(address, {**said, "unit": str(cast.units["lrj"].id)}).status_code == 302
    standard = CaseStandard.objects.get(case_class=row)
    assert [stage["name"] for stage in standard.stages] == ["止水", "恢复"]
    assert standard.unit == cast.units["lrj"]
    page = text(client.get(reverse("desk:case_class", args=[row.id])))
    assert "1 紧急工作时（止水） → 5 工作日（恢复）" in page
    edit = reverse("desk:case_standard", args=[standard.id])
    assert 'value="1紧急工作时止水；5工作日恢复"' in text(client.get(edit))
    assert client.post(edit, {**said, "limit": "2紧急工作时", "version": standard.version}).status_code == 302
    standard.refresh_from_db()
    assert standard.stages == [{"name": "", "amount": "2", "unit": "urgent_hour"}]
    assert client.post(address, {**said}).status_code == 422  # the condition is there
    street = signed_in(cast.nanxiang)
    assert street.get(edit)["Location"] == reverse("desk:case_class", args=[row.id])
    assert street.post(edit, said).status_code == 403


# --- choosing ------------------------------------------------------------------------------------------------------


def test_the_best_twelve_with_their_standards(stocked: Cast, signed_in: Signed) -> None:
    client, address = signed_in(stocked.nanxiang), reverse("desk:case_class_pick")
    found = client.get(address, {"q": "上水井盖", "format": "json"}).json()["classes"]
    assert found[0]["key"] == f"{OLD}|component|0101"
    assert found[0]["standards"][0]["stages"] == [{"name": "", "amount": "2", "unit": "urgent_hour"}]
    assert found[0]["standards"][0]["closing"] == "恢复"
    found = client.get(address, {"q": "井盖 弹跳", "format": "json"}).json()["classes"]
    assert 0 < len(found) <= 12
    assert all("弹跳" in each["standards"][0]["condition"] for each in found)
    both = client.get(address, {"q": "01001", "format": "json"}).json()["classes"]
    assert {each["key"] for each in both[:2]} == {f"{NEW}|component|01001", f"{NEW}|matter|01001"}


def test_a_sentence_without_spaces_finds_its_class(stocked: Cast, signed_in: Signed) -> None:
    """People write 井盖缺失, or the whole title; no class holds that as it stands."""
    client, address = signed_in(stocked.nanxiang), reverse("desk:case_class_pick")
    for said in ("上水井盖弹跳", "南翔镇上水井盖弹跳响", "上水井盖弹跳 银翔路"):
        found = client.get(address, {"q": said, "format": "json"}).json()["classes"]
        assert 0 < len(found) <= 12
        assert found[0]["name"] == "上水井盖", said
        assert "弹跳" in found[0]["standards"][0]["condition"], said


def test_what_was_chosen_is_named_and_the_offers_go_away(stocked: Cast, signed_in: Signed) -> None:
    """On a phone twelve offers lie between the choice and the form."""
    standard = CaseStandard.objects.get(condition__startswith="供水管道破裂导致的")
    said = {"class": f"{standard.case_class.scheme}|matter|x", "standard": str(standard.id)}
    page = signed_in(stocked.nanxiang).get(reverse("desk:case_class_choose"), said).content.decode()
    assert f"<strong>{standard.case_class.name}</strong>" in page
    assert '<div id="picks" hx-swap-oob="true"></div>' in page


def test_choosing_works_without_script_and_as_a_fragment(stocked: Cast, signed_in: Signed) -> None:
    client, address = signed_in(stocked.nanxiang), reverse("desk:case_class_pick")
    page = text(client.get(address, {"q": "供水管道破裂"}))
    standard = CaseStandard.objects.get(condition__startswith="供水管道破裂导致的")
    assert f"standard={standard.id}" in page
    assert "<html" in page
    part = text(client.get(address, {"q": "供水管道破裂"}, headers={"HX-Request": "true"}))
    assert f'data-standard="{standard.id}"' in part
    assert "<html" not in part
    assert "换一个更短的词" in text(client.get(address, {"q": "不存在的东西"}))


# --- import and library ----------------------------------------------------------------------------------------------


def test_a_chosen_condition_fills_the_fields_of_the_form(stocked: Cast, signed_in: Signed) -> None:
    """Classes of two schemes share codes; what is chosen is never mistaken, and stands in the list of the form."""
    row = cover(stocked)
    standard = row.standards.order_by("order").first()
    assert standard is not None
    officer = signed_in(stocked.xuncha)
    given = {"class": f"{OLD}|component|0101", "standard": str(standard.id)}
    chosen = text(officer.get(reverse("desk:case_class_choose"), given, headers={"HX-Request": "true"}))
    assert chosen.count('hx-swap-oob="true"') == 3  # class, condition, and the offers are cleared
    assert " selected>" in chosen
    assert standard.condition in chosen
    page = text(officer.get(reverse("desk:case_new"), given))
    assert " selected>" in page.split('id="id_class_code"')[1].split("</select>")[0]
    said = {"title": "井盖没了", "area": NANXIANG, "source": "patrol", "class_code": f"{OLD}|component|0101",
            "standard": str(standard.id)}  # fmt: skip
    assert officer.post(reverse("desk:case_new"), said).status_code == 302
    case = Case.objects.get()
    assert (case.case_class, case.standard) == (row, standard)


def test_a_table_is_imported_with_its_report(cast: Cast, signed_in: Signed) -> None:
    client = signed_in(cast.chengyun)
    upload = SimpleUploadedFile(
        "标准.csv", (find("city-standards") / "yuncheng_case_standards.csv").read_bytes()
    )
    first = {"kind": "case_standard", "campaign": cast.campaign.code, "file": upload}
    answer = client.post(reverse("desk:import_new", args=["case_standard"]), first)
    assert answer.status_code == 302
    page = text(client.get(answer["Location"]))
    assert "没有依据时" in page
    from guatu.files.models import ImportRun

    run = ImportRun.objects.get()
    mapping = {f"field_{key}": heading for key, heading in run.mapping.items()}
    checked = client.post(
        answer["Location"],
        {**mapping, "option_scheme": OLD, "option_kind": "table", "option_plain": "work"},
        follow=True,
    )
    assert "上水井盖·破损超过25c㎡：4小时" in checked.content.decode()
    run.refresh_from_db()
    assert (run.status, run.totals["new"]) == ("checked", 519)


def test_the_library_is_taken_from_the_packs_page(cast: Cast, signed_in: Signed) -> None:
    client, address = signed_in(cast.jinbo), reverse("packs:pack", args=["city-standards"])
    page = text(client.get(address))
    assert "装入哪一次保障" in page
    assert "时限怎样统一" in page
    assert "天→工作日 234/234" in page
    page = text(client.get(address, {"compare": 1, "into": cast.campaign.code}))
    assert "应用这些更改" in page
    assert not CaseClass.objects.exists()
    answer = client.post(reverse("packs:apply", args=["city-standards"]), {"into": cast.campaign.code}, follow=True)  # fmt: skip
    assert "已应用：新增或更改" in answer.content.decode()
    assert CaseStandard.objects.filter(campaign=cast.campaign).count() == 519
    page = text(client.get(address, {"compare": 1, "into": cast.campaign.code}))
    assert "没有需要更改的" in page
    assert 'name="into"' in page  # another campaign may be chosen
    assert (
        client.post(reverse("packs:apply", args=["city-standards"]), {"into": "nowhere"}).status_code == 404
    )
    assert Path(find("city-standards")).is_dir()
