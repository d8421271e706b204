"""What a form declares and what does not hold of a filled instance: asked of the rules alone, without a store."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from guatu.fieldwork.rules import validation, validation_form
from guatu.fieldwork.rules.validation_form import Declared, declared
from guatu.kernel import xml

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2021, 9, 16, 9, 30, tzinfo=ZONE)
CHOICES = (
    '<instance id="towns"><rows><item><name>nx</name><city>sh</city></item>'
    "<item><name>jq</name><city>sh</city></item><item><name>hd</name><city>bj</city></item></rows></instance>"
)


def parsed(text: str | bytes) -> Any:
    return xml.parse(text.encode() if isinstance(text, str) else text, "XML")


def xform(data: str, binds: str = "", body: str = "", more: str = "") -> Any:
    return parsed(
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
        'xmlns:jr="http://openrosa.org/javarosa"><h:head><model>'
        f"<instance><data>{data}</data></instance>{more}{binds}</model></h:head><h:body>{body}</h:body></h:html>"
    )


def bind(name: str, **said: str) -> str:
    attributes = "".join(f' {key.replace("__", ":")}="{value}"' for key, value in said.items())
    return f'<bind nodeset="/data/{name}"{attributes}/>'


def inputs(*names: str) -> str:
    return "".join(f'<input ref="/data/{name}"/>' for name in names)


def wrong(form: Declared, answers: str) -> list[tuple[str, str, str]]:
    """(place, kind, value) of what does not hold; everything could be asked."""
    found, unsure = validation.check(form, parsed(f"<data>{answers}</data>"), NOW)
    assert unsure == 0
    return [(each.fault.place, each.fault.kind, each.fault.value) for each in found]


def unasked(form: Declared, answers: str) -> int:
    """How many declarations could not be asked; nothing was found wrong for it."""
    found, unsure = validation.check(form, parsed(f"<data>{answers}</data>"), NOW)
    assert found == []
    return unsure


class TestRelevance:
    FORM = declared(
        xform(
            "<meta><instanceID/></meta><grown/><g><work/><pay/></g>",
            bind("g", relevant="/data/grown = 'yes'")
            + bind("g/work", required="true()")
            + bind("g/pay", relevant="../work != ''", constraint=". &gt; 0"),
            inputs("grown", "g/work", "g/pay"),
        )
    )

    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ("<grown>yes</grown>", [("/g/work", "required", "")]),
            ("<grown>no</grown>", []),
            ("<grown>no</grown><g><work>x</work></g>", [("/g/work", "irrelevant", "x")]),
            ("<grown>no</grown><g><work>x</work><pay>3</pay></g>", [("/g/work", "irrelevant", "x"), ("/g/pay", "irrelevant", "3")]),
            ("<grown>yes</grown><g><work>x</work><pay>-3</pay></g>", [("/g/pay", "constraint", "-3")]),
            ("<grown>yes</grown><g><work>x</work><pay>3</pay></g>", []),
        ],
    )  # fmt: skip
    def test_what_stands_in_a_group_counts_with_it(self, answers: str, expected: list[Any]):
        assert wrong(self.FORM, answers) == expected

    def test_a_declaration_that_is_false_hides_the_question(self):
        form = declared(xform("<a/>", bind("a", relevant="false()", required="true()"), inputs("a")))
        assert wrong(form, "<a/>") == []
        assert wrong(form, "<a>1</a>") == [("/a", "irrelevant", "1")]

    def test_a_circle_ends(self):
        binds = bind("a", relevant="/data/b = 'x'") + bind("b", relevant="/data/a = 'x'")
        form = declared(xform("<a/><b/>", binds, inputs("a", "b")))
        assert wrong(form, "<a>x</a><b>x</b>") == []
        assert ("/a", "irrelevant", "x") in wrong(form, "<a>x</a><b>y</b>")

    def test_what_depends_on_chance_refuses_nothing(self):
        binds = (
            bind("g", relevant="random() &gt; 0.5") + bind("g/a", required="true()") + bind("g/b", type="int")
        )
        form = declared(xform("<g><a/><b/></g>", binds, inputs("g/a", "g/b")))
        assert unasked(form, "<g><b>1</b></g>") == 2

    def test_a_chain_too_long_to_follow_refuses_nothing(self):
        names = [f"q{number}" for number in range(300)]
        binds = "".join(
            bind(name, relevant=f"/data/{after} = 'x'") for name, after in zip(names, names[1:], strict=False)
        )
        form = declared(xform("".join(f"<{name}/>" for name in names), binds, inputs(*names)))
        assert unasked(form, "".join(f"<{name}>x</{name}>" for name in names)) > 0


class TestTheClock:
    PHONE = bind("s", jr__preload="timestamp", jr__preloadParams="start") + bind(
        "e", jr__preload="timestamp", jr__preloadParams="end"
    )

    def form(self, constraint: str = ". &gt;= today()", phone: bool = True, **more: str) -> Declared:
        binds = bind("day", constraint=constraint, **more) + (self.PHONE if phone else "")
        return declared(xform("<s/><e/><day/>", binds, inputs("day")))

    def found(self, form: Declared, answers: str) -> list[tuple[str, bool]]:
        found, _ = validation.check(form, parsed(f"<data>{answers}</data>"), NOW)
        return [(each.fault.kind, each.sure) for each in found]

    def test_over_midnight_only_what_holds_on_neither_day_is_wrong(self):
        phone = "<s>2021-09-10T23:50:00+08:00</s><e>2021-09-11T00:10:00+08:00</e>"
        assert self.found(self.form(), f"{phone}<day>2021-09-10</day>") == []
        assert self.found(self.form(), f"{phone}<day>2021-09-09</day>") == [("constraint", True)]

    def test_on_one_day_its_own_clock_counts_and_not_ours(self):
        phone = "<s>2021-09-10T08:00:00+08:00</s><e>2021-09-10T09:00:00+08:00</e>"
        moments, timed = validation.moments_of(self.form(), parsed(f"<data>{phone}</data>"), NOW)
        assert (moments, timed) == ([dt.datetime(2021, 9, 10, 9, tzinfo=ZONE)], True)
        assert self.found(self.form(), f"{phone}<day>2021-09-10</day>") == []

    @pytest.mark.parametrize("phone", ["", "<s/><e>soon</e>"])
    def test_a_phone_that_does_not_say_is_not_refused_for_the_clock(self, phone: str):
        assert self.found(self.form(), f"{phone}<day>2021-09-10</day>") == [("constraint", False)]
        assert self.found(self.form(". != 'x'", phone=False), "<day>x</day>") == [("constraint", True)]

    def test_a_question_that_is_asked_by_the_clock_is_as_unsure(self):
        form = self.form(". != 'x'", phone=False, relevant="today() &gt; '2000-01-01'")
        assert form.clocked
        assert self.found(form, "<day>x</day>") == [("constraint", False)]


class TestFindings:
    def test_no_more_than_can_be_read(self):
        names = [f"q{number}" for number in range(validation.MOST_FAULTS + 20)]
        binds = "".join(bind(name, required="yes") for name in names)
        form = declared(xform("".join(f"<{name}/>" for name in names), binds, inputs(*names)))
        assert len(wrong(form, "")) == validation.MOST_FAULTS

    @pytest.mark.parametrize(
        ("value", "right"), [("0", True), ("10", True), ("11", False), ("-1", False), ("x", True)]
    )
    @pytest.mark.parametrize(("start", "end"), [("0", "10"), ("10", "0")])
    def test_a_range_has_two_ends(self, value: str, right: bool, start: str, end: str):
        form = declared(xform("<a/>", body=f'<range ref="/data/a" start="{start}" end="{end}" step="1"/>'))
        assert wrong(form, f"<a>{value}</a>") == ([] if right else [("/a", "range", value)])

    @pytest.mark.parametrize("ends", ['start="low" end="9"', 'end="9"'])
    def test_a_range_without_ends_refuses_nothing(self, ends: str):
        form = declared(xform("<a/>", body=f'<range ref="/data/a" {ends}/>'))
        assert form.ranges == {}
        assert wrong(form, "<a>99</a>") == []

    @pytest.mark.parametrize(
        ("calculate", "value", "right"),
        [
            ("2 + 2", "4.0000001", True), ("2 + 2", "5", False), ("1 = 1", "1", True), ("1 = 1", "0", False), ("number('x')", "", True),
            ("'2021-09-16'", "2021-09-16T08:00:00.000+08:00", True), ("'2021-09-16'", "2021-09-17", False), ("'a'", " a ", True),
            ("'a'", "b", False), ("today()", "1999-01-01", True),
        ],
    )  # fmt: skip
    def test_a_calculation_is_held_against_ours(self, calculate: str, value: str, right: bool):
        form = declared(xform("<c/>", bind("c", calculate=calculate)))
        assert wrong(form, f"<c>{value}</c>") == ([] if right else [("/c", "calculate", value.strip())])

    def test_a_calculation_by_chance_is_not_held_against_ours(self):
        assert unasked(declared(xform("<c/>", bind("c", calculate="random()"))), "<c>0.5</c>") == 1


class TestRepeats:
    BODY = '<group><repeat nodeset="/data/row" jr:count="{count}"><input ref="/data/row/k"/></repeat></group>'

    def form(self, count: str) -> Declared:
        data = "<n/><row><k/></row><row><k/></row>"
        return declared(xform(data, bind("row/k", required="true()"), self.BODY.format(count=count)))

    ROW = "<row><k>1</k></row>"

    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            (f"<n>2</n>{ROW}{ROW}", []),
            (f"<n>3</n>{ROW}{ROW}", [("/row[1]", "count", "2")]),
            (f"<n>-1</n>{ROW}", [("/row[1]", "count", "1")]),
            (f"<n>many</n>{ROW}", []),
            ("<n>3</n>", []),
            (f"<n>2</n>{ROW}<row/>", [("/row[2]/k", "required", "")]),
        ],
    )
    def test_repetitions_are_counted_and_numbered(self, answers: str, expected: list[Any]):
        assert wrong(self.form("/data/n"), answers) == expected

    def test_a_count_by_chance_is_no_count(self):
        assert unasked(self.form("round(random() * 9)"), self.ROW) == 1

    def test_a_count_in_a_group_that_does_not_count(self):
        body = '<repeat nodeset="/data/g/row" jr:count="2"><input ref="/data/g/row/k"/></repeat>'
        form = declared(xform("<n/><g><row><k/></row></g>", bind("g", relevant="/data/n = 1"), body))
        answers = "<n>{}</n><g><row><k/></row></g>"
        assert wrong(form, answers.format(0)) == []
        assert wrong(form, answers.format(1)) == [("/g/row[1]", "count", "1")]


class TestChoices:
    def form(
        self, kind: str, nodes: str, value: str = '<value ref="name"/>', attributes: str = ""
    ) -> Declared:
        body = f'<{kind} ref="/data/a" {attributes}><itemset nodeset="{nodes}">{value}</itemset></{kind}>'
        return declared(xform("<city/><a/>", bind("city", relevant="true()"), body, CHOICES))

    NODES = "instance('towns')/rows/item[city = /data/city]"

    @pytest.mark.parametrize(
        ("kind", "value", "refused"),
        [
            ("select1", "nx", ""), ("select1", "hd", "hd"), ("select1", "nx jq", "nx jq"), ("select", "nx jq", ""),
            ("select", "nx hd no", "hd"), ("rank", "jq nx", ""), ("select", "", ""),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("named", ['<value ref="name"/>', "<value/>", ""])
    def test_the_first_word_that_is_no_choice(self, kind: str, value: str, refused: str, named: str):
        found = wrong(self.form(kind, self.NODES, named), f"<city>sh</city><a>{value}</a>")
        assert found == ([("/a", "choice", refused)] if refused else [])

    def test_choices_may_be_named_deeper_or_not_at_all(self):
        form = self.form("select1", "instance('towns')/rows", '<value ref="item/name"/>')
        assert wrong(form, "<a>nx</a>") == []
        form = self.form("select1", "instance('towns')/rows/item", '<value ref="code"/>')
        assert wrong(form, "<a>nx</a>") == [("/a", "choice", "nx")]

    @pytest.mark.parametrize("nodes", ["'nx'", "instance('nowhere')/rows/item"])
    def test_choices_that_are_not_here_refuse_nothing(self, nodes: str):
        assert unasked(self.form("select1", nodes), "<a>zz</a>") == 1

    def test_a_search_or_a_broken_list_declares_no_choices(self):
        assert self.form("select1", self.NODES, attributes="appearance=\"search('x')\"").itemsets == {}
        assert self.form("select1", "instance('towns'").itemsets == {}
        assert declared(xform("<a/>", body='<select1 ref="/data/a"/>')).itemsets == {}


class TestDeclared:
    @pytest.mark.parametrize(
        ("reference", "path"),
        [
            ("/data/ a", "/data/a"), ("", ""), ("b", "/data/g/b"), ("../b", "/data/b"), ("./b", "/data/g/b"),
            ("current()/../b", "/data/b"), (" .. / h / b ", "/data/h/b"),
        ],
    )  # fmt: skip
    def test_references_from_where_they_stand(self, reference: str, path: str):
        assert validation_form.absolute(reference, "/data/g") == path

    def test_controls_are_found_through_groups_and_bind_ids(self):
        body = (
            '<group ref="/data/g"><label/><input ref="a"/><group><input bind="bb"/></group><input/></group>'
            '<group><repeat nodeset="/data/r"><input ref="c"/></repeat></group>'
        )
        binds = '<bind id="bb" nodeset="/data/g/b" required="1"/>'
        form = declared(xform("<g><a/><b/></g><r><c/></r>", binds, body))
        assert {path for path, each in form.binds.items() if each.asked} == {
            "/data/g/a",
            "/data/g/b",
            "/data/r/c",
        }
        assert form.repeats == {"/data/r"}
        assert wrong(form, "") == [("/g/b", "required", "")]

    @pytest.mark.parametrize(
        ("required", "refuses"),
        [("no", False), ("FALSE", False), ("0", False), ("Yes", True), ("1", True), ("1 +", False)],
    )
    def test_required_as_offices_write_it(self, required: str, refuses: bool):
        form = declared(xform("<a/>", bind("a", required=required), inputs("a")))
        assert bool(wrong(form, "")) is refuses

    def test_what_nobody_can_write_in_is_not_asked(self):
        form = declared(xform("<a/>", bind("a", required="yes", readonly="true()"), inputs("a")))
        assert wrong(form, "") == []

    def test_kinds_of_numbers_and_the_template(self):
        form = declared(
            xform(
                "<meta/><a>9</a><b/><b/>",
                bind("a", type="xsd:int") + bind("b", type="string"),
                more="<instance><x/></instance><instance/>" + '<instance id="none"/>',
            )
        )
        assert form.numeric == {"/data/a"}
        assert [(each.tag, each.text) for each in form.template] == [("a", None), ("b", None)]
        assert (form.inline, form.sources) == ({}, {})


class TestFiles:
    def form(self, name: str, content: bytes | None) -> tuple[Declared, list[str]]:
        read: list[str] = []

        def files(asked: str) -> bytes | None:
            read.append(asked)
            return content

        more = f'<instance id="list" src="jr://file/{name}"/>{CHOICES}'
        return declared(xform("<a/>", more=more), files, parsed), read

    def test_a_file_is_read_once(self):
        form, read = self.form("list.csv", b"name;label;bad name\na;A;1\na;B;2\n")
        first = form.instance("list")
        assert form.instance("list") is first
        assert [[(each.tag, each.text) for each in item] for item in first] == [
            [("name", "a"), ("label", "A")], [("name", "a"), ("label", "B")]
        ]  # fmt: skip
        table = form.table("list")
        assert table is form.table("list.csv")
        assert (table.value("label", "name", "a"), table.value("label", "name", "z")) == ("A", "")
        assert read == ["list.csv", "list.csv"]

    def test_inline_and_unknown_instances(self):
        form, read = self.form("list.csv", None)
        assert form.instance("towns")[0].findtext("name") == "nx"
        assert form.instance("other") is None
        assert form.instance("list") is None
        assert form.table("list") is None
        assert read == ["list.csv", "list.csv"]

    def test_an_xml_file_keeps_everything_but_namespaces(self):
        form, _ = self.form("list.xml", b'<x:a xmlns:x="urn:x"><b x:k="1">t</b><b/></x:a>')
        root = form.instance("list")
        assert (root.tag, len(root), root[0].get("k"), root[0].text) == ("a", 2, "1", "t")
        form.parse = lambda content: None
        form._files.clear()
        assert form.instance("list") is None

    def test_shapes_as_phones_write_them(self):
        content = (
            b'{"features": [{"geometry": {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}, "properties": {"n": "p"}},'
            b'{"id": 7, "geometry": {"type": "LineString", "coordinates": [[5, 6]]}}, {"geometry": {"type": "Polygon"}}, 8]}'
        )
        items = list(self.form("list.geojson", content)[0].instance("list"))
        assert [each.findtext("geometry") for each in items] == ["2 1 0 0; 4 3 0 0", "6 5 0 0", ""]
        assert [each.findtext("id") for each in items] == [None, "7", None]

    def test_what_is_too_much_is_not_here(self):
        rows = b"n\n" + b"1\n" * 50_001
        assert self.form("list.csv", rows)[0].instance("list") is None
        wide = b'n\n"' + b"x" * 140_000 + b'"\n'
        assert len(self.form("list.csv", wide)[0].instance("list")) == 0
        item = self.form("list.csv", b"n,m\n\x01,ok\n")[0].instance("list")[0]
        assert (item.findtext("n") or "", item.findtext("m")) == ("", "ok")
        assert len(self.form("list.csv", b"\xff\xff")[0].instance("list")) == 0


class TestDoubts:
    @pytest.mark.parametrize(
        ("constraint", "word"),
        [
            (". &gt; 1", ""), ("comment-status(1)", "comment-status()"), ("regex(., '^(a+)+$')", "regex(^(a+)+$)"),
            ("regex(., '^a$')", ""), ("count(instance('list')/rows/item) &gt; 0", "list.csv"), ("instance('towns')/rows = ''", ""),
        ],
    )  # fmt: skip
    def test_the_word_that_stops_an_expression(self, constraint: str, word: str):
        more = f'<instance id="list" src="jr://file-csv/list.csv"/>{CHOICES}'
        body = '<input ref="/data/a"><label><output value="nothing(1)"/></label></input>'
        root = xform("<a/>", bind("a", constraint=constraint), body, more)
        found = [(each.column, said) for each, said in validation_form.doubts(root)]
        assert found == ([("constraint", word)] if word else [])
        if word == "list.csv":
            assert validation_form.doubts(root, frozenset(("list.csv",))) == []

    def test_broken_syntax_is_said(self):
        found = validation_form.doubts(xform("<a/>", bind("a", relevant="1 +")))
        assert [(each.text, bool(said)) for each, said in found] == [("1 +", True)]
