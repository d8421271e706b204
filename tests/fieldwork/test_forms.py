"""Publishing: it works; then everything an office's workbook may have wrong, each told by sheet, row and column."""

import io
import time
import zipfile

import pytest
from openpyxl import Workbook

from guatu.fieldwork.acts import change_settings, move_form, publish_draft, publish_form
from guatu.fieldwork.models import Form, FormVersion
from guatu.fieldwork.rules.sheet import said
from guatu.fieldwork.xlsform import compile_form
from guatu.figures.acts import recount
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from tests.cast import NANXIANG, Cast
from tests.fieldwork.papers import CLEAN_DAY


def survey(
    *rows: str,
    choices: tuple[str, ...] = (),
    settings: str = "| odd | 1 |",
    columns: str = "type | name | label",
) -> bytes:
    """A workbook in Markdown: `survey("integer | n | 人数")`."""
    text = f"| survey |\n| | {columns} |\n" + "".join(f"| | {row} |\n" for row in rows)
    if choices:
        text += "| choices |\n| | list_name | name | label | above |\n" + "".join(
            f"| | {row} |\n" for row in choices
        )
    return (text + f"| settings |\n| | form_id | version |\n| {settings}\n").encode()


def test_it_works(cast: Cast):
    version = publish_form(
        by=cast.jinbo, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="clean_day.md"
    )
    form = Form.objects.get()
    assert (form.code, form.name, form.status, form.current_id) == (
        "clean_day",
        "环境清洁日活动",
        "open",
        version.id,
    )
    assert version.hash.startswith("md5:")
    assert [act.verb for act in Act.objects.order_by("position")][-3:] == [
        "form.made",
        "form.drafted",
        "form.published",
    ]


def test_the_same_again_changes_nothing(cast: Cast):
    first = publish_form(
        by=cast.jinbo, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="clean_day.md"
    )
    acts = Act.objects.count()
    assert (
        publish_form(
            by=cast.jinbo, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="clean_day.md"
        )
        == first
    )
    assert Act.objects.count() == acts
    bare = survey("integer | n | 人数", settings="| bare | |")
    one = publish_form(by=cast.jinbo, campaign=cast.campaign, source=bare, file_name="bare.md")
    assert publish_form(by=cast.jinbo, campaign=cast.campaign, source=bare, file_name="bare.md") == one
    other = survey("integer | n | 人次", settings="| bare | |")
    assert (
        publish_form(by=cast.jinbo, campaign=cast.campaign, source=other, file_name="bare.md").version
        == "2021091602"
    )


def test_other_content_under_a_taken_version_is_refused_with_the_remedy(cast: Cast):
    publish_form(by=cast.jinbo, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="a.md")
    with pytest.raises(Problem) as refusal:
        publish_form(
            by=cast.jinbo,
            campaign=cast.campaign,
            source=CLEAN_DAY.replace("人数", "人次").encode(),
            file_name="a.md",
        )
    assert refusal.value.code == "form.version_taken"
    assert "2021091602" in refusal.value.next_step("zh-hans")


def test_a_draft_waits_and_may_be_uploaded_again(cast: Cast):
    draft = publish_form(
        by=cast.jinbo, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="a.md", draft=True
    )
    assert (draft.published_at, Form.objects.get().status) == (None, "draft")
    again = publish_form(
        by=cast.jinbo,
        campaign=cast.campaign,
        source=CLEAN_DAY.replace("人数", "人次").encode(),
        file_name="a.md",
        draft=True,
    )
    assert FormVersion.objects.get() == again
    publish_draft(by=cast.jinbo, form_version=again)
    assert Form.objects.get().status == "open"


def test_who_may_publish(cast: Cast):
    for person in (cast.nanxiang, cast.xuncha, cast.zhihui, cast.passer_by):
        with pytest.raises(Problem) as refusal:
            publish_form(by=person, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="a.md")
        assert refusal.value.code == "access.denied"


def test_moves(cast: Cast, form: Form):
    move_form(by=cast.jinbo, form=form, to="closing", version=form.version)
    with pytest.raises(Problem) as refusal:
        move_form(by=cast.jinbo, form=Form.objects.get(), to="open", version=1)
    assert refusal.value.code == "kernel.stale"
    move_form(by=cast.jinbo, form=Form.objects.get(), to="closed")
    with pytest.raises(Problem) as refusal:
        move_form(by=cast.jinbo, form=Form.objects.get(), to="closing")
    assert refusal.value.code == "form.wrong_step"


def test_changed_settings_count_anew(cast: Cast, form: Form, send):
    send("uuid:1", contact_phone="13812345678", weather="fine")
    change_settings(
        by=cast.jinbo,
        form=form,
        settings={"kind": "clean_day", "measures": ["waste"], "personal": {"weather": True}},
    )
    from guatu.fieldwork.models import Submission
    from guatu.figures.models import FactRow

    row = Submission.objects.get()
    assert row.meaning["measures"] == {"waste": "12.5"}
    assert "/weather" not in row.answers
    assert set(row.sealed) == {"/weather", "/contact_phone"}
    live = FactRow.objects.get(until_position=None)
    assert (live.kind, live.area, live.measures) == ("clean_day", NANXIANG, {"waste": "12.5"})
    assert recount().equal


def test_bad_settings_name_the_question(cast: Cast, form: Form):
    for settings, word in (({"area_field": "nowhere"}, "nowhere"), ({"colour": "red"}, "colour")):
        with pytest.raises(Problem) as refusal:
            change_settings(by=cast.jinbo, form=form, settings=settings)
        assert refusal.value.code == "form.bad_settings"
        assert word in refusal.value.sentence("zh-hans")


GOOD: dict[str, bytes] = {
    "cascade": survey(
        "select_one street | street | 街镇 |", "select_one com | com | 居村 | above=${street}",
        columns="type | name | label | choice_filter",
        choices=("street | nx | 南翔镇 | ", "com | gyy | 古猗园社区 | nx"),
    ),
    "repeats within repeats": survey(
        "begin_repeat | shop | 商铺", "text | shop_name | 名称", "begin_repeat | dish | 菜品", "decimal | price | 价格",
        "end_repeat | | ", "end_repeat | | ",
    ),
    "groups": survey("begin_group | g | 组", "begin_group | h | 小组", "integer | n | 数", "end_group | | ", "end_group | | "),
    "a constraint in Chinese": survey("text | a | 甲 | . = '是' or . = '否'", columns="type | name | label | constraint"),
    "calculate": survey("integer | a | 甲 | ", "calculate | b | | ${a} * 2", columns="type | name | label | calculation"),
    "select_multiple or_other": survey("select_multiple k or_other | a | 甲", choices=("k | x | 一 | ", "k | y | 二 | ")),
    "note": survey("note | a | 请核对", "integer | n | 数"),
    "range": survey("range | a | 打分 | start=1 end=5 step=1", columns="type | name | label | parameters"),
    "rank": survey("rank k | a | 排序", choices=("k | x | 一 | ", "k | y | 二 | ")),
    "every simple type": survey(
        *(f"{kind} | q{n} | 题{n}" for n, kind in enumerate(
            ("text", "integer", "decimal", "date", "time", "dateTime", "geopoint", "geotrace", "geoshape", "image", "audio",
             "video", "file", "barcode", "acknowledge", "hidden", "start", "end", "today", "deviceid", "username")))
    ),
    "Chinese names": survey("integer | 人数 | 人数", "select_one 街镇 | 街镇 | 街镇", choices=("街镇 | 南翔 | 南翔镇 | ",)),
    "two languages": CLEAN_DAY.encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_oddities_that_are_right(name: str):
    compiled = compile_form(GOOD[name], f"{name}.md")
    assert compiled.sheet.questions
    assert all(said(q.label, "zh") for q in compiled.sheet.questions if q.control)


def test_what_the_sheet_says():
    sheet = compile_form(GOOD["repeats within repeats"], "a.md").sheet
    price = sheet.by_path["/shop/dish/price"]
    assert (price.repeat, price.type) == ("/shop/dish", "decimal")
    sheet = compile_form(GOOD["select_multiple or_other"], "a.md").sheet
    assert [q.name for q in sheet.questions] == ["a", "a_other"]
    assert [c.name for c in sheet.lists["k"]] == ["x", "y", "other"]
    sheet = compile_form(GOOD["calculate"], "a.md").sheet
    assert (sheet.questions[1].calculate, sheet.questions[1].asked) == ("/data/a  * 2", False)


# workbook → (sheet, row, column, words of the Chinese sentence)
BAD: dict[str, tuple[bytes, str, int, str, str]] = {
    "wrong type": (survey("interger | n | 数"), "survey", 2, "type", "没有“interger”这种题型"),
    "missing list": (survey("integer | a | 甲", "select_one none | b | 乙", choices=("k | x | 一 | ",)), "survey", 3, "type", "选项表“none”不存在"),
    "no choices at all": (survey("select_one none | b | 乙"), "survey", 2, "type", "choices"),
    "duplicate name": (survey("integer | n | 甲", "text | n | 乙"), "survey", 3, "name", "题目名“n”重复"),
    "unknown reference": (
        survey("integer | n | 甲 | ${nobody} > 1", columns="type | name | label | relevant"), "survey", 2, "relevant", "引用了不存在的题目“nobody”"),
    "unknown function": (
        survey("integer | m | 甲 | ", "integer | n | 乙 | totl(${m}) > 1", columns="type | name | label | relevant"),
        "survey", 3, "relevant", "手机不认识的函数“totl”"),
    "broken expression": (
        survey("integer | n | 甲 | (. > 1", columns="type | name | label | constraint"), "survey", 2, "constraint", "算式写得不对"),
    "no name": (survey("integer |  | 甲"), "survey", 2, "name", "题目没有名称"),
    "group not ended": (survey("begin_group | g | 组", "integer | n | 甲"), "survey", 2, "", "没有结束"),
    "end without begin": (survey("integer | n | 甲", "end_group | | "), "survey", 3, "", "end_group"),
    "bad name": (survey("integer | n umber | 甲"), "survey", 2, "name", "不能用的字符"),
    "two equal choices": (survey("select_one k | a | 甲", choices=("k | x | 一 | ", "k | x | 二 | ")), "choices", 3, "name", "重复的选项"),
    "calculate without formula": (survey("calculate | a | "), "survey", 2, "calculation", "没有算式"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_faults_are_told_by_cell(name: str):
    source, sheet, row, column, words = BAD[name]
    with pytest.raises(Problem) as refusal:
        compile_form(source, "odd.md")
    assert refusal.value.code == "form.faults"
    fault = refusal.value.details["faults"][0]
    assert words in fault["zh"]
    assert (fault["sheet"], fault["row"]) == (sheet, row)
    assert fault["column"] == column
    assert fault["en"]
    assert fault["next_zh"]
    assert fault["next_en"]


def book(rows: list[list[str]], name: str = "survey") -> bytes:
    out = io.BytesIO()
    made = Workbook()
    page = made.worksheets[0]
    page.title = name
    for row in rows:
        page.append(row)
    made.save(out)
    return out.getvalue()


def test_a_real_workbook(cast: Cast):
    source = book([["type", "name", "label"], ["integer", "人数", "参加人数"]])
    version = publish_form(by=cast.jinbo, campaign=cast.campaign, source=source, file_name="现场日报.xlsx")
    assert (version.form.code, bytes(version.source)) == ("现场日报", source)


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def _poisoned(sheet: bytes) -> bytes:
    """A real workbook whose first sheet is replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book([["type", "name", "label"]]))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for part in good.infolist():
            bad.writestr(part.filename, sheet if part.filename.endswith("sheet1.xml") else good.read(part))
    return out.getvalue()


_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}<sheetData>{}</sheetData></worksheet>'
NOT_FORMS: dict[str, tuple[bytes, str]] = {
    "a picture": (b"\xff\xd8\xff\xe0" * 50, "a.xlsx"),
    "an unknown ending": (b"x", "a.exe"),
    "an empty file": (b"", "a.xlsx"),
    "no survey sheet": (book([["a"]], "其他"), "a.xlsx"),
    "a zip bomb": (_zip({f"{n}.xml": b"\0" * 10_000_000 for n in range(6)}), "a.xlsx"),
    "a thousand parts": (_zip({f"{n}.xml": b"x" for n in range(1000)}), "a.xlsx"),
    "a DTD inside": (_poisoned(b'<!DOCTYPE x [<!ENTITY a "b">]>' + _SHEET.format("", "").encode()), "a.xlsx"),
    "a sheet said to be huge": (_poisoned(_SHEET.format('<dimension ref="A1:XFD1048576"/>', "").encode()), "a.xlsx"),
    "plain XML": (b"<a/>", "a.xml"),
    "XML with an entity": (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "a.xml"),
    "a form without an id": (
        b'<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model><instance><d/></instance></model></h:head><h:body/></h:html>', "a.xml"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_FORMS)
def test_what_is_no_form_is_refused_quickly(name: str):
    source, file_name = NOT_FORMS[name]
    begun = time.thread_time()
    with pytest.raises(Problem) as refusal:
        compile_form(source, file_name)
    assert time.thread_time() - begun < 1
    assert 400 <= refusal.value.status < 500


def test_files_that_a_form_speaks_of_must_come_along(cast: Cast):
    source = survey("select_one_from_file shops.csv | shop | 商铺")
    with pytest.raises(Problem) as refusal:
        publish_form(by=cast.jinbo, campaign=cast.campaign, source=source, file_name="odd.md")
    assert refusal.value.code == "form.media_missing"
    assert "shops.csv" in refusal.value.sentence("zh-hans")
    version = publish_form(
        by=cast.jinbo,
        campaign=cast.campaign,
        source=source,
        file_name="odd.md",
        media={"shops.csv": b"name,label\na,b\n"},
    )
    assert version.media.get().content_type == "text/csv"
