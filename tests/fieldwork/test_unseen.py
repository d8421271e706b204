"""Forms as offices write them, right and wrong: each publishes and is filled in, or is refused with the cell named."""

import io
from typing import Any

import pytest
from openpyxl import Workbook

from guatu.fieldwork.acts import EnvelopeIn, publish_form, receive_many
from guatu.fieldwork.models import FormVersion, Submission
from guatu.fieldwork.xlsform import compile_form
from guatu.kernel.problems import Problem
from tests.cast import Cast
from tests.fieldwork.filling import Filled

SETTINGS = """
| settings |
| | form_id | version |
| | unseen | 1 |
"""
CASCADE = """
| survey |
| | type | name | label | required | choice_filter | relevant | constraint | calculation |
| | select_one city | city | 市 | yes | | | | |
| | select_one area | area | 区 | yes | city = ${city} | | | |
| | integer | age | 年龄 | yes | | | . >= 0 and . < 130 | |
| | integer | school | 学校编号 | yes | | ${age} < 18 | . > ${age} | |
| | calculate | double | | | | | | ${age} * 2 |
| | begin_repeat | kin | 家人 | | | | | |
| | text | name_ | 称呼 | yes | | | string-length(.) < 5 | |
| | date | born | 出生日期 | | | | . <= today() | |
| | end_repeat | | | | | | | |
| | calculate | kin_count | | | | | | count(${kin}) |
| choices |
| | list_name | name | label | city |
| | city | sh | 上海 | |
| | city | bj | 北京 | |
| | area | jd | 嘉定 | sh |
| | area | hd | 海淀 | bj |
"""


def refusal(text: str, name: str = "unseen.md") -> dict[str, Any]:
    with pytest.raises(Problem) as wrong:
        compile_form((text + SETTINGS).encode(), name)
    assert wrong.value.code == "form.faults"
    found: dict[str, Any] = wrong.value.details["faults"][0]
    return found


SURVEY = "| survey |\n| | type | name | label | {column} |\n| | {row} |"
BROKEN = [
    ("| survey |\n| | kind | name | label |\n| | text | a | A |", ("survey", 1, "type")),
    ("| survey |\n| | type | name | label | bind:relevant | relevance |\n| | text | a | A | | |", ("survey", 1, "bind:relevant")),
    ("| survey |\n| | type | name | label |\n| | text | a | |", ("survey", 2, "label")),
    ("| survey |\n| | type | name | label |\n| | include | other | O |", ("survey", 2, "type")),
    (SURVEY.format(column="parameters", row="image | a | A | max-pixels=big"), ("survey", 2, "parameters")),
    (SURVEY.format(column="parameters", row="audit | audit | | location-priority=low-power"), ("survey", 2, "parameters")),
    (SURVEY.format(column="parameters", row="audit | audit | | identify-user=maybe"), ("survey", 2, "parameters")),
    (SURVEY.format(column="hint", row="audit | spy | | "), ("survey", 2, "name")),
    (SURVEY.format(column="parameters", row="range | a | A | end=x"), ("survey", 2, "parameters")),
    (SURVEY.format(column="calculation", row="calculate | a | | comment-status(1)"), ("survey", 2, "calculation")),
    ("| survey |\n| | type | name | label |\n| | xml-external | d | |\n| | begin_group | g | G |\n| | xml-external | d | |\n| | end_group | | |\n| | text | a | A |", ("survey", 2, "name")),
    ("| survey |\n| | type | name | label | parameters |\n| | select_one yn | a | A | seed=1 |\n| choices |\n| | list_name | name | label |\n| | yn | y | Y |", ("survey", 2, "parameters")),
    ("| survey |\n| | select_one x | S |", ("survey", 1, "")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place"), BROKEN)
def test_what_cannot_be_meant_names_its_cell(text: str, place: tuple[str, int, str]):
    found = refusal(text)
    assert (found["sheet"], found["row"], found["column"]) == place, found
    assert any("一" <= char <= "鿿" for char in found["zh"].partition("：")[2])
    assert found["next_zh"]
    assert found["next_en"]


def test_a_header_that_stands_twice_names_its_sheet():
    book = Workbook()
    book.active.title = "survey"
    for row in (["type", "name", "label", "label"], ["text", "a", "A", "B"]):
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    with pytest.raises(Problem) as wrong:
        compile_form(kept.getvalue(), "twice.xlsx")
    found = wrong.value.details["faults"][0]
    assert (found["sheet"], found["row"], found["column"]) == ("survey", 1, "label")


def test_an_xform_has_no_cells_and_names_the_element():
    good = compile_form((CASCADE + SETTINGS).encode(), "a.md").xml
    with pytest.raises(Problem) as wrong:
        compile_form(good.replace(". &lt;= today()", ". &lt;= comment-status(1)").encode(), "a.xml")
    assert "bind “/data/kin/born”" in wrong.value.details["faults"][0]["zh"]


def test_what_the_server_cannot_check_is_told_with_its_cell():
    text = SURVEY.format(column="constraint", row="text | a | A | regex(., '^(a+)+$')")
    warned = compile_form((text + SETTINGS).encode(), "a.md").phone
    assert any(
        "survey 表第 2 行 constraint 列".replace(" ", "") in each["zh"].replace(" ", "") for each in warned
    )


@pytest.fixture
def version(cast: Cast) -> FormVersion:
    source = (CASCADE + SETTINGS).encode()
    made = publish_form(by=cast.jinbo, campaign=cast.campaign, source=source, file_name="unseen.md")
    return FormVersion.objects.get(id=made.id)


def send(cast: Cast, filled: Filled, **more: Any) -> Any:
    envelope = EnvelopeIn(xml=filled.bytes, by=cast.nanxiang, campaign=cast.campaign, **more)
    return receive_many(envelopes=[envelope])[0]


def put(filled: Filled, **answers: str) -> Filled:
    for node in filled.checked.paths:
        if node.tag in answers and len(node) == 0:
            node.text = answers[node.tag]
    return filled


def test_a_plausible_filling_is_taken_without_a_note(cast: Cast, version: FormVersion):
    outcome = send(cast, Filled(version.xml, "uuid:1"))
    assert outcome.problem is None, outcome.problem.words("zh")
    row = Submission.objects.get()
    assert row.notes == []
    assert row.answers["/city"] == "sh"


@pytest.mark.parametrize(
    ("answers", "path", "words"),
    [
        ({"area": "hd"}, "/area", "“区”没有“hd”这个选项"),
        ({"age": "130"}, "/age", "130"),
        ({"age": "abc"}, "/age", "应为整数"),
        ({"age": "10", "school": ""}, "/school", "“学校编号”必须填写"),
        ({"age": "10", "school": "9"}, "/school", "“9”"),
        ({"name_": "太长的称呼了"}, "/kin[1]/name_", "“称呼（第 1 组）”"),
        ({"name_": ""}, "/kin[1]/name_", "必须填写"),
    ],
)
def test_what_breaks_the_form_is_refused_and_named(
    cast: Cast, version: FormVersion, answers: dict[str, str], path: str, words: str
):
    problem = send(cast, put(Filled(version.xml, "uuid:1"), **answers)).problem
    assert problem.code == "submission.bad_answers"
    assert path in [each["path"] for each in problem.details["questions"]]
    assert words in problem.sentence("zh")
    assert not Submission.objects.exists()


def test_what_only_a_clock_or_a_calculation_says_is_noted(cast: Cast, version: FormVersion):
    outcome = send(cast, put(Filled(version.xml, "uuid:1"), born="2031-01-01", double="7"))
    assert outcome.problem is None
    kinds = {(each["path"], each["kind"]) for each in Submission.objects.get().notes}
    assert kinds == {("/kin/born", "constraint"), ("/double", "calculate")}


def test_an_answer_nobody_asked_for_is_noted(cast: Cast, version: FormVersion):
    filled = put(Filled(version.xml, "uuid:1"), age="40", school="50")
    assert send(cast, filled).problem is None
    assert ("/school", "irrelevant") in {
        (each["path"], each["kind"]) for each in Submission.objects.get().notes
    }


def test_a_form_that_marks_takes_everything(cast: Cast, version: FormVersion):
    version.form.settings = {"validation": "mark"}
    version.form.save()
    outcome = send(cast, put(Filled(version.xml, "uuid:1"), age="abc", name_=""))
    assert outcome.problem is None
    row = Submission.objects.get()
    assert "/age" not in row.answers
    assert {"int", "required"} <= {each["kind"] for each in row.notes}


def test_a_client_that_checked_itself_and_an_older_version_are_not_refused_for_rules(
    cast: Cast, version: FormVersion
):
    spoilt = put(Filled(version.xml, "uuid:1"), area="hd")
    assert send(cast, spoilt, checked=True).problem is None
    newer = (CASCADE + SETTINGS).replace("| unseen | 1 |", "| unseen | 2 |").encode()
    publish_form(by=cast.jinbo, campaign=cast.campaign, source=newer, file_name="unseen.md")
    assert send(cast, put(Filled(version.xml, "uuid:2"), age="150")).problem is None
    assert send(cast, put(Filled(version.xml, "uuid:3"), age="abc")).problem is not None


def test_personal_answers_stay_out_of_notes_and_sentences(cast: Cast):
    text = SURVEY.format(column="constraint", row="text | phone | 手机 | string-length(.) = 11") + SETTINGS
    made = publish_form(by=cast.jinbo, campaign=cast.campaign, source=text.encode(), file_name="p.md")
    filled = put(Filled(FormVersion.objects.get(id=made.id).xml, "uuid:1"), phone="12345")
    problem = send(cast, filled).problem
    assert "12345" not in problem.words("zh") + str(problem.details)
    assert send(cast, filled, checked=True).problem is None
    assert "12345" not in str(Submission.objects.get().notes)
