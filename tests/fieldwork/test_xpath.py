"""The XPath of forms: what it answers, what it refuses to answer, and that nobody can make it run for ever."""

import datetime as dt
import math
import time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guatu.fieldwork.rules import expressions, validation, validation_form, xpath, xpath_regex
from guatu.fieldwork.rules.xpath import SyntaxFault
from guatu.fieldwork.rules.xpath_functions import known
from guatu.fieldwork.rules.xpath_steps import Context, World
from guatu.fieldwork.rules.xpath_values import Unsure
from guatu.kernel import xml


def parsed(text: str) -> Any:
    return xml.parse(text.encode(), "XML")


ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2021, 9, 16, 9, 30, tzinfo=ZONE)
ROOT = parsed(
    "<data><a>5</a><b>x y</b><d>2021-09-16</d><e/><n>05</n><r><k>1</k><m>2</m></r><r><k>2</k><m>3</m></r>"
    "<p>31.0 121.0 0 0</p></data>"
)
CHOICES = parsed(
    "<rows><item><name>jd</name><city>sh</city></item><item><name>hd</name><city>bj</city></item></rows>"
)


def ask(text: str, at: str = "a", **more: Any) -> Any:
    node = ROOT.xpath(f"//{at}")[0] if at else ROOT
    given: dict[str, Any] = {
        "instances": {"choices": CHOICES}.get, "numeric": frozenset({"/data/n", "/data/a"}), "repeats": frozenset({"/data/r"}), **more,
    }  # fmt: skip
    context = Context(World(ROOT, NOW, **given), node, node)
    value = xpath.read(text).run(context)
    return [getattr(each, "text", None) for each in value] if isinstance(value, list) else value


ANSWERS = [
    ("1 + 2 * 3 - -4", 11.0), ("7 mod 3", 1.0), ("-7 mod 3", -1.0), ("1 div 0", math.inf), ("/data/a = 5", True), ("/data/n = '5'", True),
    ("/data/b = '05'", False), (". >= 5 and . < 6", True), ("../e = ''", True), ("../nowhere = ''", True), ("../nowhere != 'x'", True),
    ("selected(../b, 'y')", True), ("selected(../b, 'z')", False), ("selected-at(../b, 1)", "y"), ("selected-at(../b, 5)", ""),
    ("count-selected(../b)", 2.0), ("if(. > 3, 'much', 'little')", "much"), ("coalesce(../e, ../a)", "5"), ("regex(../b, '[a-z] [a-z]')", True),
    ("date('2021-09-16') = ../d", True), ("../d <= today()", True), ("../d + 1 > today()", True), ("date(today() + 7)", "2021-09-23"),
    ("date-time('2021-09-16T01:30:00Z')", "2021-09-16T09:30:00.000+08:00"), ("now() > '2021-09-16T09:29:00+08:00'", True),
    ("decimal-date-time('1970-01-02')", 1.0), ("decimal-time('12:00:00')", 0.5), ("format-date(../d, '%Y年%n月%e日 %y%m%d')", "2021年9月16日 210916"),
    ("format-date-time('2021-09-16T09:05:07.250', '%H:%M:%S.%3 %h')", "09:05:07.250 9"), ("int(-2.7)", -2.0), ("round(2.345, 2)", 2.35),
    ("round(-1.5)", -1.0), ("number('x') = number('x')", False), ("pow(2, 10)", 1024.0), ("string(pow(10, 400))", "NaN"), ("sqrt(-1)", math.nan),
    ("concat('a', ../r/k, 1)", "a121"), ("join('-', ../r/k)", "1-2"), ("substr('abcdef', 1, 3)", "bc"), ("substr('abcdef', -2)", "ef"),
    ("substring('12345', 2, 3)", "234"), ("string-length(../b)", 3.0), ("contains(../b, 'x')", True), ("starts-with(../b, 'x')", True),
    ("ends-with(../b, 'y')", True), ("translate('abc', 'ab', 'A')", "Ac"), ("normalize-space('  a  b ')", "a b"), ("count(../r)", 2.0),
    ("count-non-empty(../r/k)", 2.0), ("sum(../r/k)", 3.0), ("max(../r/k, 9)", 9.0), ("min(../r/k)", 1.0), ("position(../r[2])", 2.0),
    ("indexed-repeat(/data/r/m, /data/r, 2)", ["3"]), ("instance('choices')/rows/item[city = 'bj']/name", ["hd"]), ("count(//k)", 2.0),
    ("checklist(1, 2, true(), false(), true())", True), ("weighted-checklist(3, -1, true(), 2, true(), 2)", True), ("boolean-from-string('1')", True),
    ("distance('31.0 121.0; 31.0 121.01') > 900", True), ("area('31 121; 31 121.01; 31.01 121.01; 31.01 121') > 900000", True),
    ("geofence('31.005 121.005', '31 121; 31 121.01; 31.01 121.01; 31.01 121')", True), ("digest('a', 'MD5', 'hex')", "0cc175b9c0f1b6a831c399e269772661"),
    ("digest('a', 'SHA-256')", "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="), ("not(../a = 4)", True), ("../r[position() = last()]/k", ["2"]),
    ("../*[1]", ["5"]), ("name(../a)", "a"), ("true() and not(false())", True), ("'a' = \"a\"", True), ("(../r)[1]/k", ["1"]), ("pi() > 3.14", True),
    ("./../a | ../n", ["5", "05"]), ("once('new')", "5"), ("../r[k > 1]/preceding-sibling::r/m", ["2"]), ("ancestor::data/a", ["5"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_answers(text: str, answer: Any):
    found = ask(text)
    assert (
        found == answer
        or (isinstance(answer, float) and math.isnan(answer) and math.isnan(found))
        or found == str(answer)
    )


@pytest.mark.parametrize(
    "text",
    ["random()", "uuid()", "instance('gone')/rows/item", "pulldata('f', 'a', 'b', 'c')", "jr:choice-name('a', 'b')", "property('x')",
     "regex('aaab', '(a+)+$')", "regex('xx', 'x')", "sum(../e)", "text()", "comment-status(1)", "round(1, 2, 3)", "count('a')", "format-date(today(), '%a')"],
)  # fmt: skip
def test_what_is_not_known_is_unsure(text: str):
    with pytest.raises(Unsure):
        ask(text)


@pytest.mark.parametrize(
    "text",
    [
        "1 +",
        "(",
        "a b",
        "if(",
        "'open",
        "a[",
        "foo::a",
        "$x",
        "a/",
        "1 2",
        "=",
        "x(1,,2)",
        "£",
        "x" * 30_000,
        "(" * 200,
    ],
)
def test_what_is_no_expression(text: str):
    with pytest.raises(SyntaxFault):
        xpath.read(text)


def test_an_absolute_path_in_a_repeat_means_the_repetition_around():
    assert ask("/data/r/k", at="r[2]/m") == ["2"]
    with pytest.raises(Unsure):
        ask("sum(/data/r/k)", at="r[2]/m")
    assert ask("sum(/data/r/k)") == 3.0


def test_what_does_not_count_reads_as_empty():
    assert ask("string(../a)", relevant=lambda node: node.tag != "a") == ""


def test_work_is_bounded():
    begun = time.perf_counter()
    with pytest.raises(Unsure):
        ask("count(//*[count(//*[count(//*[count(//*) > 0]) > 0]) > 0])", budget=20_000)
    with pytest.raises(Unsure):
        ask("concat(" + ",".join(["'" + "x" * 900 + "'"] * 20) + ")" * 1, budget=0)
    for pattern in ("(a+)+$", "(a|a)*b", "(.*)(.*)(.*)(.*)(.*)x", "(a*)*", r"(\w+\s?)+$", r"(a)\1"):
        with pytest.raises(Unsure):
            xpath_regex.matches(pattern, "a" * 5_000 + "!")
    assert time.perf_counter() - begun < 5


def test_every_function_forms_may_name_is_answered_or_known_to_be_the_phones_own():
    own = {"random", "uuid", "property", "version", "search", "depend", "jr:itext", "lang", "id", "namespace-uri", "comment", "text",
           "processing-instruction", "node", "base64-decode", "intersects", "time", "extract-signed", "thousands-sep"}  # fmt: skip
    assert {name for name in expressions.FUNCTIONS if not known(name)} <= own


_ALPHABET = st.sampled_from(
    [*"()[],./|+-*=<>!@'\" ", "and", "or", "div", "mod", "if(", "selected(", "count(", "//", "..", "::", "1", "2.5", "'x'", "a", "r", "k", "position()",
     "current()", "regex(", "instance(", "concat(", "not(", "string(", "today()", "é", "中", "\n", "$", "indexed-repeat(", "/data/r/k"]
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(_ALPHABET, max_size=25).map("".join))
def test_nothing_makes_it_fall(text: str):
    try:
        value = ask(text, budget=20_000)
    except (SyntaxFault, Unsure):
        return
    assert isinstance(value, (str, float, bool, list))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str):
    try:
        xpath.read(text)
    except SyntaxFault:
        pass


@settings(max_examples=300, deadline=None)
@given(
    st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.sampled_from(["+", "-", "*", "div", "mod", "<", "=", ">="])
)
def test_numbers_as_lxml_counts_them(left: float, right: float, sign: str):
    text = f"{left:.6f} {sign} {right:.6f}"
    ours, theirs = ask(text), ROOT.xpath(text)
    if isinstance(ours, float) and (math.isnan(ours) or math.isinf(ours)):
        assert math.isnan(theirs) or math.isinf(theirs)
    else:
        assert ours == pytest.approx(theirs)


class TestFiles:
    XFORM = (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>'
        '<instance><data id="f"><s/><t/></data></instance><instance id="list" src="jr://file-csv/{file}"/>'
        "<bind nodeset=\"/data/t\" type=\"string\" constraint=\"pulldata('list', 'label', 'name', .) != ''\"/>"
        '</model></h:head><h:body><select1 ref="/data/s"><itemset nodeset="instance(\'list\')/{rows}/item[kind = \'x\']"><value ref="name"/></itemset>'
        '</select1><input ref="/data/t"/></h:body></h:html>'
    )
    CSV = "name,label,kind\n南翔镇,One,x\nb,Two,y\n".encode("gb18030")
    GEO = b'{"features": [{"id": "g", "properties": {"name": "b", "kind": "x"}, "geometry": {"type": "Point", "coordinates": [121.3, 31.2]}}]}'

    def check(self, content: bytes | None, body: str, file: str = "list.csv") -> Any:
        form = validation_form.declared(
            parsed(self.XFORM.format(file=file, rows="root")), lambda name: content
        )
        found, unsure = validation.check(form, parsed(f"<data>{body}</data>"), NOW)
        return [(each.fault.path, each.fault.kind) for each in found], unsure

    def test_choices_out_of_a_file(self):
        assert self.check(self.CSV, "<s>南翔镇</s>") == ([], 0)
        assert self.check(self.CSV, "<s>b</s>") == ([("/s", "choice")], 0)
        assert self.check(self.GEO, "<s>b</s>", "list.geojson") == ([], 0)
        assert self.check(self.GEO, "<s>z</s>", "list.geojson") == ([("/s", "choice")], 0)

    def test_pulldata(self):
        assert self.check(self.CSV, "<t>b</t>") == ([], 0)
        assert self.check(self.CSV, "<t>c</t>") == ([("/t", "constraint")], 0)

    @pytest.mark.parametrize("content", [None, b"x" * (validation_form.LARGEST_FILE + 1)])
    def test_a_file_that_is_not_here_refuses_nothing(self, content: bytes | None):
        assert self.check(content, "<s>anything</s><t>anything</t>") == ([], 2)

    @pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b'{"features": 3}', b"[[[[", b"name\n\x00\n"])
    def test_a_broken_file_does_not_fall(self, content: bytes):
        for name in ("list.csv", "list.geojson", "list.xml"):
            self.check(content, "<s>a</s><t>b</t>", name)
