"""Expressions by the letter of XPath 1.0 and of the ODK XForms specification: examples of theirs, and what is beyond them."""

import datetime as dt
import hashlib
import math
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from guatu.fieldwork.rules import xpath, xpath_regex
from guatu.fieldwork.rules.xpath_functions import known
from guatu.fieldwork.rules.xpath_geo import RADIUS
from guatu.fieldwork.rules.xpath_steps import Context, World
from guatu.fieldwork.rules.xpath_values import Attribute, Unsure, day_text, moment_of, text_of_number
from guatu.kernel import xml

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2021, 9, 16, 9, 30, tzinfo=ZONE)
ROOT = xml.parse(
    b'<data id="f" version="3"><!-- c --><a>5</a><b lang="en" kind="k">x y</b><e/><z>0</z><no>False</no><one>1</one>'
    b"<g><k>1</k><k>2</k><h><k>3</k></h></g><r><m>7</m></r><r><m>8</m></r><d>2021-09-16</d><t>2021-09-16T00:00:00</t></data>",
    "XML",
)


def context_at(path: str = "a", **more: Any) -> Context:
    node = ROOT.xpath(f"/data/{path}")[0]
    return Context(World(ROOT, NOW, **more), node, node)


def ask(text: str, at: str = "a", **more: Any) -> Any:
    value = xpath.read(text).run(context_at(at, **more))
    if not isinstance(value, list):
        return value
    return [each.value if isinstance(each, Attribute) else getattr(each, "text", None) for each in value]


def same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and math.isnan(wanted):
        return isinstance(found, float) and math.isnan(found)
    return type(found) is type(wanted) and found == wanted


TEXTS = [  # XPath 1.0, section 4.2, with its own examples
    ("substring('12345', 2)", "2345"), ("substring('12345', 1.5, 2.6)", "234"), ("substring('12345', 0, 3)", "12"),
    ("substring('12345', 0 div 0, 3)", ""), ("substring('12345', 1, 0 div 0)", ""), ("substring('12345', -42, 1 div 0)", "12345"),
    ("substring('12345', -1 div 0, 1 div 0)", ""), ("substring-before('1999/04/01', '/')", "1999"), ("substring-after('1999/04/01', '/')", "04/01"),
    ("substring-after('1999/04/01', '19')", "99/04/01"), ("substring-before('abc', 'x')", ""), ("substring-after('abc', 'x')", ""),
    ("translate('bar', 'abc', 'ABC')", "BAr"), ("translate('--aaa--', 'abc-', 'ABC')", "AAA"), ("string(1 div 0)", "Infinity"),
    ("string(-1 div 0)", "-Infinity"), ("string(0 div 0)", "NaN"), ("string(-0)", "0"), ("string(true())", "true"), ("string(false())", "false"),
    ("string(0.0000001)", "0.0000001"), ("string(100000000000000000000)", "100000000000000000000"), ("string(-2.50)", "-2.5"), ("string(3.0)", "3"),
    ("string()", "5"), ("string-length()", 1.0), ("normalize-space()", "5"), ("string(../g)", "123"), ("string(../k)", ""),
    ("contains('abc', '')", True), ("starts-with('abc', '')", True), ("name(/)", ""), ("name(../nowhere)", ""), ("name()", "a"),
    ("local-name(../b/@kind)", "kind"), ("substr('abcdef', 4, 2)", ""), ("substr('abcdef', 2)", "cdef"), ("substr('abcdef', -3, -1)", "de"),
    ("coalesce(../e, '')", ""), ("coalesce('', 'b')", "b"), ("if(false(), 'x', 'y')", "y"), ("join(' ', 'a', ../g/k, 3)", "a 1 2 3"), ("selected-at('a b', -1)", ""),
    ("digest('abc', 'SHA-1', 'hex')", hashlib.sha1(b"abc", usedforsecurity=False).hexdigest()),
    ("base64-encode('Man')", "TWFu"),
]  # fmt: skip
TRUTHS = [  # XPath 1.0, sections 3.4 and 4.3
    ("boolean('0')", True), ("boolean('false')", True), ("boolean('')", False), ("boolean(0)", False), ("boolean(-1)", True), ("boolean(0 div 0)", False),
    ("boolean(../e)", True), ("boolean(../nowhere)", False), ("boolean(true())", True), ("../nowhere = false()", True), ("'' != true()", True),
    ("true() != 1", False), ("0 div 0 != 0 div 0", True), ("1 < 2", True), ("2 <= 1", False), ("'10' > '9'", True), ("../g/k = 2", True), ("../g/k != 2", True),
    ("../g/k > 2", False), ("'a' < 'b'", False), ("'5.0' = 5", True), ("'5.0' = '5'", False), ("false() or ../e", True), ("../e and false()", False),
    ("../d = ../t", True), ("'2021-09-16' < '2021-09-17'", True), ("../d != '2021-09-17'", True),
    ("boolean-from-string('true')", True), ("boolean-from-string('1')", True), ("boolean-from-string('yes')", False),
    ("boolean-from-string(false())", False), ("boolean-from-string(true())", True),
    ("checklist(1, 1, ../one, ../z)", True), ("checklist(-1, 1, ../one, ../one)", False), ("checklist(2, -1, ../one, ../no)", False),
    ("weighted-checklist(5, 9, ../one, 4, ../z, 5)", False), ("weighted-checklist(4, 4, ../one, 4, ../z, 5)", True),
]  # fmt: skip
NUMBERS = [  # XPath 1.0, sections 3.5 and 4.4; the ODK specification's own beside them
    ("5 mod 2", 1.0), ("5 mod -2", 1.0), ("-5 mod 2", -1.0), ("-5 mod -2", -1.0), ("1.5 mod 0.5", 0.0), ("5 mod 0", math.nan), ("(1 div 0) mod 2", math.nan),
    ("5 mod (1 div 0)", 5.0), ("0 div 0", math.nan), ("-1 div 0", -math.inf), ("(0 div 0) div 0", math.nan), ("number(true())", 1.0), ("number(false())", 0.0),
    ("number('')", math.nan), ("number(' 12 ')", 12.0), ("number('1 2')", math.nan), ("number()", 5.0), ("- ../a", -5.0), ("--2", 2.0), ("true() + 1", 2.0),
    ("floor(2.6)", 2.0), ("floor(-2.5)", -3.0), ("ceiling(2.2)", 3.0), ("ceiling(-2.5)", -2.0), ("floor(1 div 0)", math.inf), ("ceiling('x')", math.nan),
    ("round(2.5)", 3.0), ("round(-2.5)", -2.0), ("round(1 div 0)", math.inf), ("round('x')", math.nan), ("round(1234.567, 2)", 1234.57), ("round(1234.567, -2)", 1200.0),
    ("int('x')", math.nan), ("int(2.7)", 2.0), ("int(-1 div 0)", -math.inf), ("sum(../g/k)", 3.0), ("sum(../nowhere)", 0.0), ("min(3, ../g/k)", 1.0), ("max(../b)", math.nan),
    ("count(../nowhere)", 0.0), ("count(../g/k | ../g//k)", 3.0), ("count-non-empty(../*[self::a or self::e])", 1.0), ("abs(-3)", 3.0), ("pow(-8, 0.5)", math.nan),
    ("pow(0, 1)", 0.0), ("log10(1000)", 3.0), ("exp(0)", 1.0), ("exp10(2)", 100.0), ("log(-1)", math.nan), ("asin(2)", math.nan), ("atan2(0, 1)", 0.0), ("cos(0)", 1.0),
    ("count(randomize(../g/k, 3))", 2.0), ("last()", 1.0), ("position()", 1.0), ("position(../r[2])", 2.0), ("count-selected(../e)", 0.0), ("number-from-string('7')", 7.0),
]  # fmt: skip
PATHS = [  # XPath 1.0, sections 2.2 to 2.5
    ("/data/@id", ["f"]), ("../@*", ["f", "3"]), ("../b/@lang", ["en"]), ("../b/@lang/..", ["x y"]), ("../b/@lang/ancestor::data/a", ["5"]), ("../b/@lang/b", []), ("/@id", []),
    ("../b/@lang/self::node()", ["en"]), ("../g/descendant::k", ["1", "2", "3"]), ("../g/k/descendant-or-self::k", ["1", "2"]), ("/descendant::k", ["1", "2", "3"]),
    ("//k[1]", ["1", "3"]), ("/descendant::k[1]", ["1"]), ("(//k)[last()]", ["3"]), ("../d/preceding-sibling::*[1]/m", ["8"]), ("../d/preceding-sibling::r/m", ["7", "8"]),
    ("following-sibling::*[1]", ["x y"]), ("../b/@lang/ancestor-or-self::node()[1]", ["en"]), ("//h/k/ancestor::*[1]/k", ["3"]), ("/data/child::a", ["5"]), ("self::a", ["5"]),
    ("self::b", []), ("/../a", []), ("/data/../data/a", ["5"]), ("//*[@kind = 'k']", ["x y"]), ("//@lang[. = 'en']", ["en"]), ("../a | ../a | ../z", ["5", "0"]),
    ("/descendant-or-self::node()/z", ["0"]), ("../*[position() = 2]", ["x y"]), ("../g/k[. > 1]", ["2"]), ("current()", ["5"]), ("../g/k[. < current()]", ["1", "2"]),
    ("../node()[1]", ["5"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [*TEXTS, *TRUTHS, *NUMBERS, *PATHS])
def test_by_the_specification(text: str, wanted: Any) -> None:
    found = ask(text)
    assert same(found, wanted), found


DAYS = [  # 2021-09-16 is the 18886th day after 1 January 1970
    ("date(0)", "1970-01-01"), ("date(18886)", "2021-09-16"), ("date(18886.9)", "2021-09-16"), ("date('18886')", "2021-09-16"), ("date(-1)", "1969-12-31"),
    ("date('')", ""), ("date(0 div 0)", ""), ("date(../e)", ""), ("date('2021-09-16T23:30:00Z')", "2021-09-17"), ("date-time('')", ""),
    ("date-time(0.5)", "1970-01-01T12:00:00.000+08:00"), ("date-time('2021-09-16T09:00:00-03:00')", "2021-09-16T20:00:00.000+08:00"),
    ("date-time('2021-09-16T09:00:00+0530')", "2021-09-16T11:30:00.000+08:00"), ("date-time('2021-09-16T09:00+08')", "2021-09-16T09:00:00.000+08:00"),
    ("date-time(1 div 0)", "REFUSED"), ("decimal-date-time('2021-09-16T12:00:00')", 18886.5), ("decimal-date-time('')", math.nan), ("decimal-date-time('2021-09-16')", 18886.0),
    ("decimal-time('06:00:00')", 0.25), ("decimal-time('2021-09-16T18:00:00.000')", 0.75), ("decimal-time('noon')", math.nan), ("format-date('', '%Y')", ""),
    ("format-date(18886, '%e/%n/%y')", "16/9/21"), ("format-date(../d, '100%%')", "100%"), ("number('2021-02-30')", math.nan), ("number('2021-09-16T25:00')", math.nan),
    ("number('2021-09-16')", 18886.0), ("number('2021-x')", math.nan), ("today()", "2021-09-16"), ("now()", "2021-09-16T09:30:00.000+08:00"), ("today() - ../d", 0.0),
    ("date('2021-02-30')", "REFUSED"), ("date('soon')", "REFUSED"), ("date-time('soon')", "REFUSED"), ("date(999999999999)", "REFUSED"), ("date('999999999')", "REFUSED"),
    ("date('2021-09-16T10:00+24:00')", "REFUSED"), ("format-date(../d, '%')", "REFUSED"), ("format-date(../d, '%b')", "REFUSED"), (f"format-date(../d, '{'y' * 201}')", "REFUSED"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), DAYS)
def test_days_and_moments(text: str, wanted: Any) -> None:
    if wanted == "REFUSED":
        with pytest.raises(Unsure):
            ask(text)
        return
    found = ask(text)
    assert same(found, wanted), found


def test_values_by_themselves() -> None:
    assert moment_of("2021-09-16T10:00:00.250Z", ZONE) == dt.datetime(2021, 9, 16, 10, 0, 0, 250_000, dt.UTC)
    assert moment_of("16.9.2021", ZONE) is None
    assert moment_of("2021-09-16T10:00+24:00", ZONE) is None
    assert text_of_number(0.1 + 0.2) == repr(0.1 + 0.2)
    assert day_text(365.0) == "1971-01-01"
    with pytest.raises(Unsure):
        day_text(1e12)


QUARTER = math.pi / 2 * RADIUS  # a quarter of a great circle
TRIANGLE = "'0 0; 0 90; 90 0'"  # an eighth of the sphere
SQUARE = "'0 0; 0 10; 10 10; 10 0; 0 0'"


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("distance('0 0 5 1; 0 90 5 1')", QUARTER),
        ("distance('0 0', '90 0', '0 0')", 2 * QUARTER),
        ("distance('0 0; 0 180;')", 2 * QUARTER),
        ("distance('0 0')", 0.0),
        (f"area({TRIANGLE})", math.pi / 2 * RADIUS**2),
        ("area('0 0; 0 90')", 0.0),
        ("area(../e)", 0.0),
    ],
)
def test_measures_on_the_sphere(text: str, metres: float) -> None:
    assert ask(text) == pytest.approx(metres)


@pytest.mark.parametrize(
    ("point", "inside"), [("5 5", True), ("5 -5", False), ("5 15", False), ("15 5", False), ("-5 5", False)]
)
def test_a_point_in_a_square(point: str, inside: bool) -> None:
    assert ask(f"geofence('{point}', {SQUARE})") is inside


def test_no_point_no_place() -> None:
    assert ask(f"geofence('', {SQUARE})") is False
    assert ask("geofence('0 0', '0 0; 1 1')") is False
    assert ask("distance(../e) > 0") is False


@pytest.mark.parametrize("text", ["here there", "5", "91 0; 0 0", "0 181; 0 0", "0 nan"])
def test_what_is_no_point_is_not_measured(text: str) -> None:
    with pytest.raises(Unsure):
        ask(f"distance('{text}')")


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("[0-9]{4}", "2021", True), ("cat|dog", "dog", True), ("cat|dog", "cow", False), ("(ab){2,3}", "abab", True), ("(?=a)[ab]+", "ab", True), ("(?!b)[ab]+", "ab", True),
        ("(a|b)c", "bc", True), ("((ab)+)?", "abab", True), ("(a{3}){2}", "aaaaaa", True), ("(?:x[0-9]{1,2})?", "x12", True), ("a+?b", "aab", True), ("", "", True),
    ],
)  # fmt: skip
def test_patterns(pattern: str, value: str, matches: bool) -> None:
    assert xpath_regex.tried(pattern)
    assert xpath_regex.matches(pattern, value) is matches


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "[a",
        "(a+)*",
        "(ab|cd)+",
        r"(a)\1",
        "(?>a+)b",
        "(x)?(?(1)y|z)",
        "a" * 2_001,
        "a{2,1}",
        "((ab|cd)e)*",
    ],
)
def test_patterns_that_are_not_tried(pattern: str) -> None:
    assert not xpath_regex.tried(pattern)
    with pytest.raises(Unsure):
        xpath_regex.matches(pattern, "a")


def test_patterns_are_bounded_by_what_they_are_tried_on() -> None:
    assert xpath_regex.matches("a*", "a" * 1_000)
    for pattern, value in [("a", "a" * 20_001), (".*.*.*x", "a" * 500), ("a", "xax")]:
        with pytest.raises(Unsure):
            xpath_regex.matches(pattern, value)


@pytest.mark.parametrize(
    "text",
    [
        "if(true(), 1)", "position('a')", "position(../nowhere)", "position(../@id)", "position(/)", "indexed-repeat(../r/m, ../r)", "indexed-repeat(../r/m)", "substr('abc', 'x')",
        "substr('abc', 0, 'x')", "digest('a', 'CRC')", "weighted-checklist(1, 2, true())", "max(../e, 1)", "min('')", "following::a", "preceding::a", "namespace::a",
        "../@id/following-sibling::a", "/preceding-sibling::a", "count(1)", "'a' | ../b", "(1)[1]", "('a')/b", "nosuch(1)", "true(", "contains('a')", "../comment()",
    ],
)  # fmt: skip
def test_what_is_not_answered(text: str) -> None:
    with pytest.raises((Unsure, xpath.SyntaxFault)):
        ask(text)


def test_what_is_known_of_functions() -> None:
    assert known("if")
    assert known("contains", 2)
    assert not known("contains", 3)
    assert not known("nosuch")


def test_once_keeps_what_is_there() -> None:
    assert ask("once('new')") == "5"
    assert ask("once('new')", at="e") == "new"
    assert ask("once()", at="e") == ""


def test_a_text_may_not_grow_without_end() -> None:
    rows = xml.parse(b"<rows><t>" + b"x" * 9_000 + b"</t></rows>", "XML")
    piece = "instance('long')/rows/t"
    asked = {"instances": {"long": rows}.get}
    assert len(ask(f"concat({piece}, {piece})", **asked)) == 18_000
    with pytest.raises(Unsure):
        ask(f"concat({', '.join([piece] * 30)})", **asked)


class TestOtherFiles:
    class Table:
        def value(self, column: str, key_column: str, key: str) -> str:
            return {("label", "name", "a"): "Alpha"}.get((column, key_column, key), "")

    def test_pulldata(self) -> None:
        tables = {"list": self.Table()}
        assert ask("pulldata('list', 'label', 'name', 'a')", table=tables.get) == "Alpha"
        assert ask("pulldata('list', 'label', 'name', 'b')", table=tables.get) == ""
        with pytest.raises(Unsure):
            ask("pulldata('gone', 'label', 'name', 'a')", table=tables.get)

    def test_names_of_choices(self) -> None:
        labels = {("a", "/data/b"): "Alpha"}
        asked = "jr:choice-name('a', '/data/b')"
        assert ask(asked, choice_name=lambda value, path: labels.get((value, path))) == "Alpha"
        with pytest.raises(Unsure):
            ask("jr:choice-name('z', '/data/b')", choice_name=lambda value, path: None)

    def test_instances(self) -> None:
        rows = xml.parse(b"<rows><item><name>a</name></item></rows>", "XML")
        assert ask("instance('list')/rows/item/name", instances={"list": rows}.get) == ["a"]
        assert ask("count(instance('list')//name)", instances={"list": rows}.get) == 1.0


class TestRepeats:
    REPEATS = frozenset({"/data/r"})

    def test_a_path_means_the_repetition_around(self) -> None:
        assert ask("/data/r/m", at="r[2]/m", repeats=self.REPEATS) == ["8"]
        assert ask("/data/r[1]/m", at="r[2]/m", repeats=self.REPEATS) == ["7"]
        assert ask("count(/data/r)", at="r[2]/m", repeats=self.REPEATS) == 2.0
        assert ask("/data/r/m", repeats=self.REPEATS) == ["7", "8"]

    def test_indexed_repeat(self) -> None:
        assert ask("indexed-repeat(/data/r/m, /data/r, 2)", repeats=self.REPEATS) == ["8"]
        assert ask("indexed-repeat(/data/r/m, /data/r, 3)", repeats=self.REPEATS) == []

    def test_from_an_attribute_no_repetition_is_around(self) -> None:
        node = Attribute(ROOT, "id", "f")
        context = Context(World(ROOT, NOW, repeats=self.REPEATS), node, node)
        assert len(xpath.read("/data/r/m").run(context)) == 2


def test_numbers_are_compared_as_numbers_where_the_question_asks_for_one() -> None:
    assert ask("../a = '05'") is False
    assert ask("../a = '05'", numeric=frozenset({"/data/a"})) is True
    assert ask("'05' = ../a", numeric=frozenset({"/data/a"})) is True
    assert ask("../a = '06'", numeric=frozenset({"/data/a"})) is False


def test_what_does_not_count_is_empty_also_within_its_group() -> None:
    assert ask("string(../g)", relevant=lambda node: node.tag != "h") == "12"
    assert ask("string(/)", relevant=lambda node: node.tag != "data") == ""
