"""What the phone's pages do another way, out of XForms written by hand; and what answers may be."""

import pytest

from guatu.fieldwork.rules import answers
from guatu.fieldwork.rules.phone_support import unsupported
from guatu.fieldwork.rules.sheet import Choice, Group, Question, Sheet
from guatu.kernel import xml


def told(bind: str = "", body: str = "") -> list[tuple[int, str, str]]:
    """Row, column and English words of each cell."""
    text = (
        '<h:html xmlns:h="http://www.w3.org/1999/xhtml" xmlns="http://www.w3.org/2002/xforms"><h:head><!-- c --><model>'
        f"{bind}</model></h:head><h:body><!-- version() -->{body}</h:body></h:html>"
    )
    found = unsupported(xml.parse(text.encode(), "f.xml"), {"a": 2, "b": 3})
    return [(fault.row, fault.column, fault.en) for fault in found]


@pytest.mark.parametrize(
    ("body", "row", "column", "word"),
    [
        ('<input ref="/data/a" query="instance(\'x\')/rows/item"/>', 2, "type", "select_one_external"),
        ('<input ref="/data/b" intent="org.example.scan"/>', 3, "appearance", "org.example.scan"),
        ('<input ref="/data/b" appearance="printer:org.example"/>', 3, "appearance", "printer"),
        ('<input ref="/data/b" appearance="w4 counter"/>', 3, "appearance", "counter"),
        ('<input ref="/data/a"><label><output value="version()"/></label></input>', 2, "label", "version"),
        ('<select1 ref="/data/b"><itemset nodeset="x[intersects(., 1)]"><value ref="n"/></itemset></select1>', 3, "choice_filter", "intersects"),
        ('<input ref="/data/nowhere" appearance="ethiopian"/>', 0, "appearance", "ethiopian"),
        ('<output value="version()"/>', 0, "label", "version"),
    ],
)  # fmt: skip
def test_each_is_told_at_its_question(body: str, row: int, column: str, word: str) -> None:
    ((at, where, words),) = told(body=body)
    assert (at, where) == (row, column)
    assert word in words


def test_what_stands_in_a_literal_or_a_comment_is_no_call() -> None:
    assert told(bind='<bind nodeset="/data/a" calculate="concat(\'version()\', 1)"/>') == []
    ((row, column, words),) = told(bind='<bind nodeset="/data/b" constraint="depend(1) and depend(2)"/>')
    assert (row, column) == (3, "constraint")
    assert "depend" in words
    assert told(body='<input ref="/data/a" appearance="multiline"/>') == []


def read(sheet: Sheet, body: str) -> answers.Answers:
    return answers.read_answers(sheet, xml.parse(f'<data id="f">{body}</data>'.encode()))


def asked(kind: str, **more: object) -> Question:
    return Question(path="/q", name="q", type=kind, control="input", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("int", "-12", -12),
        ("decimal", "1.500", "1.5"),
        ("decimal", "100", "100"),
        ("date", "2021-09-16", "2021-09-16"),
        ("time", "09:30:00.000+08:00", "09:30:00.000+08:00"),
        ("datetime", "2021-09-16T09:30:00+08:00", "2021-09-16T09:30:00+08:00"),
        ("geopoint", "31.2 121.5", {"lat": 31.2, "lon": 121.5}),
        ("geopoint", "31.2 121.5 4 5", {"lat": 31.2, "lon": 121.5, "alt": 4.0, "acc": 5.0}),
        ("geotrace", "0 0; 1 1 2;", [{"lat": 0.0, "lon": 0.0}, {"lat": 1.0, "lon": 1.0, "alt": 2.0}]),
    ],
)
def test_answers_of_their_type(kind: str, text: str, value: object) -> None:
    found = read(Sheet(form_id="f", questions=[asked(kind)]), f"<q>{text}</q>")
    assert (found.by_path, found.faults) == ({"/q": value}, [])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("int", "1.5"),
        ("decimal", "1e400"),
        ("decimal", "a"),
        ("date", "16.9."),
        ("time", "24:00"),
        ("datetime", "now"),
        ("date", "2021-09-16junk"),
    ],
)
def test_answers_of_another_type(kind: str, text: str) -> None:
    found = read(Sheet(form_id="f", questions=[asked(kind, required=True)]), f"<q>{text}</q>")
    assert [(fault.kind, fault.value, fault.place) for fault in found.faults] == [(kind, text, "/q")]
    assert found.by_path == {}


@pytest.mark.parametrize("text", ["1", "1 2 3 4 5", "91 0", "0 181", "a b", "1 1 nan 5", "1 1 0 inf"])
def test_what_is_no_point(text: str) -> None:
    (fault,) = read(Sheet(form_id="f", questions=[asked("geopoint")]), f"<q>{text}</q>").faults
    assert fault.kind == "geo"


def test_choices_files_and_what_is_strange() -> None:
    lists = {"l": [Choice("a", {"": "Alpha"}), Choice("b")]}
    many = Sheet(form_id="f", questions=[asked("select_multiple", choices="l")], lists=lists)
    assert read(many, "<q>a b</q>").by_path == {"/q": ["a", "b"]}
    assert [fault.kind for fault in read(many, "<q>a z</q>").faults] == ["choice"]
    question = many.questions[0]
    assert answers.shown(many, question, ["a", "b"], "en") == "Alpha, b"
    assert answers.shown(many, question, ["a", "gone"], "zh-hans") == "Alpha、gone"
    assert answers.shown(many, question, None, "en") == ""
    one = Sheet(form_id="f", questions=[asked("select_one", choices="l", open_choices=True)], lists=lists)
    assert read(one, "<q>z</q>").by_path == {"/q": "z"}
    file = read(Sheet(form_id="f", questions=[asked("file")]), "<q>p.jpg</q><odd>1</odd>")
    assert (file.files, file.strange) == (["p.jpg"], ["/odd"])
    assert answers.shown(one, asked("int"), 0, "en") == "0"
    point = {"lat": 31.2, "lon": 121.5}
    assert answers.shown(one, asked("geopoint"), point, "en") == "31.200000, 121.500000"
    assert answers.shown(one, asked("geotrace"), [point, point], "en").count(";") == 1


def repeated(**more: object) -> Sheet:
    questions = [
        Question(path="/o/i/n", name="n", type="int", control="input", required=True, repeat="/o/i"),
        Question(path="/o/g/t", name="t", control="input", required=True, repeat="/o"),
    ]
    groups = [Group("/o", repeats=True), Group("/o/i", repeats=True), Group("/o/g", **more)]  # type: ignore[arg-type]
    return Sheet(form_id="f", questions=questions, groups=groups)


def test_repeats_in_repeats() -> None:
    body = "<o><i><n>1</n></i><i><n>2</n></i><g><t>x</t></g></o><o><i><n>3</n></i><g><t/></g></o>"
    sheet = repeated()
    found = read(sheet, body)
    assert answers.values(found.by_path, sheet.questions[0]) == [1, 2, 3]
    assert [(fault.path, fault.kind) for fault in found.faults] == [("/o/g/t", "required")]
    assert read(repeated(relevant="/data/x = 1"), body).faults == []
    (fault,) = read(
        sheet, "<o><g><t>x</t></g></o><o><i><n>1</n></i><i><n>z</n></i><g><t>x</t></g></o>"
    ).faults
    assert (fault.kind, fault.place, answers.repetition(fault.place)) == ("int", "/o[2]/i[2]/n", ["2", "2"])
    assert "（第 2-2 组）" in answers.sentence(sheet, fault, "zh-hans")
    assert "(no. 2-2)" in answers.sentence(sheet, fault, "en")


def test_constraints_and_their_words() -> None:
    question = asked("int", constraint=". < 10", message={"": "too many"}, label={"": "How many"})
    sheet = Sheet(form_id="f", questions=[question])
    assert read(sheet, "<q>9</q>").faults == []
    (fault,) = read(sheet, "<q>12</q>").faults
    assert answers.sentence(sheet, fault, "en") == "“How many”: too many (“12” was given)"
    assert answers.sentence(sheet, fault, "zh") == "“How many”：too many（填写的是“12”）"
    assert "12" not in answers.sentence(sheet, fault, "en", personal=True)
    (long,) = read(sheet, f"<q>{'1' * 20_001}</q>").faults
    assert (long.kind, long.value) == ("long", "20001")
    unknown = answers.AnswerFault("/gone", "required")
    assert answers.sentence(sheet, unknown, "en") == "“gone” must be answered."
