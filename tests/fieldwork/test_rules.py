"""The pure rules: what a form asks, what an instance answers, what it counts for."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from guatu.fieldwork.facts import facts_of
from guatu.fieldwork.rules import answers, expressions, faults, instance, lifecycle, meaning
from guatu.fieldwork.rules.sheet import Choice, Question, Sheet, pack, said, unpack
from guatu.fieldwork.rules.xforms import FormError, inner_text, read_form
from guatu.kernel import xml

ZONE = ZoneInfo("Asia/Shanghai")


def parsed(text: str):
    return xml.parse(text.encode())


def sheet(*questions: Question, **more: object) -> Sheet:
    return Sheet(form_id="f", questions=list(questions), **more)  # type: ignore[arg-type]


def read(found: Sheet, body: str) -> answers.Answers:
    return answers.read_answers(
        found, parsed(f'<data id="f">{body}<meta><instanceID>i</instanceID></meta></data>')
    )


XFORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title> Survey </h:title><model>
 <instance><data id="f" version="3"><a/><g><b/></g><c/><d/><e/><u/></data></instance>
 <instance id="x" src="jr://file-csv/x.csv"/><instance id="empty"/>
 <bind id="a" nodeset="/data/a" type="xsd:int" required="1" jr:constraintMsg="too many"/>
 <bind nodeset="/data/g/b" type="select1" required="/data/a = 1"/><bind nodeset="/data/e" type="string" readonly="true()"/>
</model></h:head>
<h:body><!-- note --><input bind="a"><label>How <output value="/data/a"/> many</label></input>
 <group><label>outer</label><select1 ref="/data/g/b"><label>B</label><item><label>One</label><value>1</value></item></select1></group>
 <select ref="/data/c"><label>C</label><itemset nodeset="instance('x')/list/item"><value ref="name"/></itemset></select>
 <trigger ref="/data/d"><label>D</label></trigger><input ref="/data/e"><label>E</label></input><upload ref="/data/u" mediatype="image/*"/>
</h:body></h:html>"""


class TestReadingForms:
    def test_written_by_hand(self):
        found = read_form(parsed(XFORM))
        assert (found.form_id, found.version, found.title, found.root) == ("f", "3", "Survey", "data")
        kinds = {q.name: (q.type, q.control, q.required) for q in found.questions}
        assert kinds == {
            "a": ("int", "input", True), "b": ("select_one", "select1", False), "c": ("select_multiple", "select", False),
            "d": ("acknowledge", "trigger", False), "e": ("text", "input", False), "u": ("file", "upload", False),
        }  # fmt: skip
        assert found.by_path["/a"].label == {"": "How … many"}
        assert found.by_path["/a"].message == {"": "too many"}
        assert found.by_path["/g/b"].required_if == "/data/a = 1"
        assert [choice.name for choice in found.lists["/g/b"]] == ["1"]
        assert found.by_path["/c"].open_choices
        assert not found.by_path["/e"].asked
        assert [each.file for each in found.externals] == ["x.csv"]
        assert unpack(pack(found)) == found

    @pytest.mark.parametrize(
        "text",
        [
            "<a/>",
            XFORM.replace("<h:body>", "<h:other>").replace("</h:body>", "</h:other>"),
            XFORM.replace('id="f"', ""),
            '<html xmlns="http://www.w3.org/1999/xhtml"><head><model><instance/></model></head><body/></html>',
        ],
    )
    def test_what_is_none(self, text):
        with pytest.raises(FormError):
            read_form(parsed(text))

    def test_labels_in_the_readers_language(self):
        label = {"中文 (zh)": "甲", "English (en)": "A"}
        assert (said(label, "zh-hans"), said(label, "en"), said({}, "zh")) == ("甲", "A", "")
        assert said({"français": "x"}, "zh", sheet(language="français")) == "x"
        assert said({"": "plain"}, "en") == "plain"
        assert said({"de": "D"}, "en") == "D"
        assert inner_text(etree.fromstring("<l> a <!-- c --> b </l>")) == "a b"  # noqa: TID251 a literal of the test


class TestExpressions:
    def test_unknown_functions_and_syntax(self):
        root = parsed(
            XFORM.replace(
                'required="1"', 'required="nosuch(1)" calculate="1 +" relevant="selected(a, \'f(x)\')"'
            )
        )
        found = {(fault.kind, fault.where.column): fault.word for fault in expressions.faults(root)}
        assert found["function", "required"] == "nosuch"
        assert ("syntax", "calculation") in found
        assert ("function", "relevant") not in found

    @pytest.mark.parametrize(
        "text", [". >= 0 and . <= 500", "string-length(.) = 11", "not(. = 'a')", ". mod 2 = 0"]
    )
    def test_simple_ones(self, text):
        assert expressions.simple(text)

    @pytest.mark.parametrize(
        "text", ["", ". < today()", "/data/a > 1", "regex(., '(a+)+$')", "x" * 500, "document('file:///x')"]
    )
    def test_what_only_the_phone_can_tell(self, text):
        assert not expressions.simple(text)

    def test_outcomes(self):
        node = etree.fromstring("<a>7</a>")  # noqa: TID251 a literal of the test
        assert expressions.holds(". > 5", node)
        assert not expressions.holds(". > 8", node)
        assert expressions.holds("((", node)

    def test_faults_name_the_cell_or_only_the_question(self):
        where = expressions.Expression("/data/n", "relevant", "totl(1)")
        with_rows = faults.of_expression(expressions.ExpressionFault(where, "function", "totl"), {"n": 7})
        assert (with_rows.sheet, with_rows.row, with_rows.column) == ("survey", 7, "relevant")
        without = faults.of_expression(expressions.ExpressionFault(where, "syntax"), None)
        assert (without.sheet, without.row) == ("", 0)
        nowhere = faults.of_expression(
            expressions.ExpressionFault(expressions.Expression("", "label", "x("), "syntax"), None
        )
        assert "x(" in nowhere.zh
        unknown = faults.of_pyxform("Something new happened.", "", {})
        assert "Something new happened." in unknown.zh
        assert unknown.next_zh


NUMBERS = [
    ("int", "12", 12), ("int", "-3", -3), ("decimal", "1.50", "1.5"), ("decimal", "1e2", "100"), ("date", "2021-09-16", "2021-09-16"),
    ("date", "2021-09-16T10:00", "2021-09-16"), ("time", "09:30:00.000+08:00", "09:30:00.000+08:00"),
    ("datetime", "2021-09-16T09:30:00.000+08:00", "2021-09-16T09:30:00+08:00"),
    ("geopoint", "31.2 121.3 0 5", {"lat": 31.2, "lon": 121.3, "alt": 0.0, "acc": 5.0}), ("geopoint", "31.2 121.3", {"lat": 31.2, "lon": 121.3}),
    ("geotrace", "31 121;32 122;", [{"lat": 31.0, "lon": 121.0}, {"lat": 32.0, "lon": 122.0}]), ("text", "甲", "甲"), ("barcode", "1", "1"),
]  # fmt: skip
WRONG = [
    ("int", "1.5"), ("int", "9" * 20), ("decimal", "x"), ("decimal", "NaN"), ("decimal", "1e30"), ("date", "2021-13-01"), ("time", "25:00"),
    ("datetime", "soon"), ("geopoint", "95 121"), ("geopoint", "1"), ("geopoint", "a b"), ("geotrace", "31 121;x"),
]  # fmt: skip


class TestAnswers:
    @pytest.mark.parametrize(("kind", "text", "value"), NUMBERS)
    def test_typed(self, kind, text, value):
        question = Question("/a", "a", type=kind)
        assert answers.typed(sheet(question), question, text) == value

    @pytest.mark.parametrize(("kind", "text"), WRONG)
    def test_wrong(self, kind, text):
        question = Question("/a", "a", type=kind, label={"": "甲"})
        found = read(sheet(question), f"<a>{text}</a>")
        assert len(found.faults) == 1
        assert "甲" in answers.sentence(sheet(question), found.faults[0], "zh")
        assert "甲" in answers.sentence(sheet(question), found.faults[0], "en")

    def test_headers(self):
        def header(text: str) -> answers.Header:
            return answers.read_header(parsed(text))

        assert header("<data/>").problem == "form_id"
        assert header('<data id="f"/>').problem == "instance_id"
        assert header('<data id="f"><meta><instanceID> </instanceID></meta></data>').problem == "instance_id"
        good = header(
            '<data id="f" version="2"><meta><instanceID>uuid:1</instanceID><instanceName>N</instanceName></meta></data>'
        )
        assert (good.problem, good.version, good.instance_name) == ("", "2", "N")
        assert header('<data id="f" instanceID="x"/>').instance_id == "x"

    def test_required_only_where_nothing_else_decides(self):
        from guatu.fieldwork.rules.sheet import Group

        always = Question("/a", "a", control="input", required=True)
        sometimes = Question("/b", "b", control="input", required=True, relevant="/data/a = 1")
        inside = Question("/g/c", "c", control="input", required=True)
        each = Question("/r/d", "d", control="input", required=True, repeat="/r")
        note = Question("/n", "n", control="input", required=True, readonly=True)
        found = sheet(
            always, sometimes, inside, each, note,
            groups=[Group("/g", relevant="/data/a = 1"), Group("/r", repeats=True), Group("/r/s", repeats=True)],
        )  # fmt: skip
        assert [fault.path for fault in read(found, "<r><d>1</d></r><r/>").faults] == ["/a", "/r/d"]
        assert read(found, "<a>x</a><strange>y</strange>").strange == ["/strange"]

    def test_repeats_within_repeats(self):
        from guatu.fieldwork.rules.sheet import Group

        price = Question("/r/s/p", "p", type="int", repeat="/r/s")
        found = sheet(price, groups=[Group("/r", repeats=True), Group("/r/s", repeats=True)])
        got = read(found, "<r><s><p>1</p></s><s><p>2</p></s></r><r><s><p>4</p></s></r>")
        assert answers.values(got.by_path, price) == [1, 2, 4]
        assert meaning.meaning_of(found, meaning.Settings(), got.by_path, code="f").measures == {"p": "7"}

    def test_long_text_and_constraints(self):
        text = Question("/a", "a", constraint=". != 'x'", message={"": "不能是 x"})
        assert read(sheet(text), f"<a>{'y' * 20001}</a>").faults[0].kind == "long"
        fault = read(sheet(text), "<a>x</a>").faults[0]
        assert answers.sentence(sheet(text), fault, "zh") == "“a”：不能是 x（填写的是“x”）"
        assert answers.sentence(sheet(text), fault, "en") == "“a”: 不能是 x (“x” was given)"
        unknown = answers.AnswerFault("/gone", "int", "x")
        assert "…" in answers.sentence(sheet(), unknown, "zh", personal=True)

    def test_shown(self):
        kinds = [Choice("a", {"中文 (zh)": "甲", "English (en)": "A"}), Choice("b")]
        many = Question("/k", "k", type="select_multiple", choices="k")
        found = sheet(many, lists={"k": kinds})
        assert answers.shown(found, many, ["a", "b", "c"], "zh") == "甲、b、c"
        assert answers.shown(found, many, ["a", "b"], "en") == "A, b"
        assert answers.shown(found, many, None, "en") == ""
        point = Question("/p", "p", type="geopoint")
        assert answers.shown(found, point, {"lat": 1, "lon": 2}, "en") == "1.000000, 2.000000"


class TestMeaning:
    def test_the_smallest_named_area_wins(self):
        street = Question("/s", "s", type="select_one", label={"": "街镇"}, choices="s")
        com = Question("/c", "committee", type="text")
        found = sheet(street, com, lists={"s": [Choice("nx", {"": "南翔镇"})]})
        meant = meaning.meaning_of(found, meaning.Settings(), {"/s": "nx", "/c": "古猗园社区"}, code="f")
        assert meant.area_words == ("古猗园社区", "nx", "南翔镇")
        chosen = meaning.Settings(area_field="s")
        assert meaning.area_questions(found, chosen) == [street]
        assert meaning.area_questions(found, meaning.Settings(area_field="gone")) == []

    def test_points_days_titles_activities(self):
        point, other = Question("/p", "p", type="geopoint"), Question("/o", "o", type="geopoint")
        start = Question("/start", "start", type="datetime", preload="start")
        day, name = (
            Question("/day", "day", type="date", control="input"),
            Question("/t", "t", control="input"),
        )
        activity = Question("/activity", "activity")
        found = sheet(start, point, other, day, name, activity)
        assert meaning.point_question(found, meaning.Settings(area_field="o")) == other
        assert meaning.day_question(found, meaning.Settings()) == day
        assert meaning.day_question(sheet(start), meaning.Settings()) == start
        assert meaning.day_question(found, meaning.Settings(date_field="start")) == start
        said_here = {"/p": {"lat": 31.0, "lon": 121.0}, "/t": "题", "/activity": "早市", "/day": "2021-09-16"}
        meant = meaning.meaning_of(found, meaning.Settings(), said_here, code="f")
        assert (meant.point, meant.day, meant.title, meant.activity) == (
            (121.0, 31.0),
            "2021-09-16",
            "题",
            "早市",
        )
        assert meant.attributes == {"activity": "早市"}
        assert meaning.meaning_of(found, meaning.Settings(), {}, code="f", name="N").title == "N"
        assert (
            meaning.meaning_of(found, meaning.Settings(title_field="activity"), said_here, code="f").title
            == "早市"
        )

    def test_measures(self):
        a, b = Question("/g/n", "n", type="int"), Question("/h/n", "n", type="int")
        total = Question("/t", "t", calculate="1")
        found = sheet(a, b, total)
        meant = meaning.meaning_of(found, meaning.Settings(), {"/g/n": 1, "/h/n": 2}, code="f")
        assert meant.measures == {"g.n": "1", "h.n": "2"}
        chosen = meaning.Settings(measures=["t"], attributes=[])
        assert meaning.meaning_of(found, chosen, {"/t": "NaN"}, code="f").measures == {}
        assert meaning.meaning_of(found, chosen, {"/t": "3.5"}, code="f").measures == {"t": "3.5"}

    def test_what_belongs_to_a_person(self):
        phone, place = Question("/phone", "phone"), Question("/n", "name", label={"": "点位名称"})
        person, device = (
            Question("/x", "x", label={"中文": "联系人姓名"}),
            Question("/d", "d", preload="phonenumber"),
        )
        many = Question("/tel", "tel", type="select_one")
        found = sheet(phone, place, person, device, many)
        assert meaning.personal_paths(found, meaning.Settings()) == {"/phone", "/x", "/d"}
        assert meaning.personal_paths(found, meaning.Settings(personal={"phone": False, "/n": True})) == {
            "/n",
            "/x",
            "/d",
        }

    def test_personal_answers_are_split_off_also_in_repeats(self):
        clear, sealed = meaning.split_personal(
            {"/a": 1, "/phone": "1", "/r": [{"/r/phone": "2", "/r/b": 3}], "/t": [{"lat": 1, "lon": 2}]},
            frozenset({"/phone", "/r/phone"}),
        )
        assert clear == {"/a": 1, "/r": [{"/r/b": 3}], "/t": [{"lat": 1, "lon": 2}]}
        assert sealed == {"/phone": "1", "/r[1]/r/phone": "2"}

    @pytest.mark.parametrize(
        ("day", "at", "on"),
        [
            ("", "2021-09-16T09:00", "2021-09-16"),
            ("2021-09-16", "2021-09-16T09:00", "2021-09-16"),
            ("2021-09-15", "2021-09-15T23:59:59", "2021-09-15"),
            ("2021-10-01", "2021-09-16T09:00", "2021-10-01"),
            ("2021-09-16T08:00:00+08:00", "2021-09-16T08:00", "2021-09-16"),
            ("2021-09-16T08:00:00", "2021-09-16T08:00", "2021-09-16"),
            ("2021-09-17T08:00:00+08:00", "2021-09-16T09:00", "2021-09-17"),
        ],
    )
    def test_when_it_happened(self, day, at, on):
        now = dt.datetime(2021, 9, 16, 9, tzinfo=ZONE)
        moment, counted = meaning.happened(day, now)
        assert moment == dt.datetime.fromisoformat(at).replace(tzinfo=ZONE)
        assert counted.isoformat() == on

    def test_settings(self):
        assert meaning.read_settings({"kind": "clean_day"}).kind == "clean_day"
        for bad in ({"kind": 3}, {"unknown": 1}):
            with pytest.raises(meaning.SettingsError):
                meaning.read_settings(bad)
        with pytest.raises(meaning.SettingsError):
            meaning.read_settings({"measures": ["n"]}, sheet())


class TestSmall:
    def test_moves(self):
        assert lifecycle.may_move("draft", "open")
        assert not lifecycle.may_move("draft", "closed")
        assert not lifecycle.may_move("nothing", "open")

    @pytest.mark.parametrize(
        ("old", "new"),
        [("", "1"), ("1", "2"), ("2021091609", "2021091610"), ("v9", "v10"), ("a", "a-2"), ("007", "008")],
    )
    def test_following_versions(self, old, new):
        assert lifecycle.next_version(old) == new

    def test_rewriting_an_instance(self):
        root = parsed('<data id="f" xmlns="urn:x"><a>1</a><r><b>2</b></r><r><b>3</b></r></data>')
        assert instance.value_at(root, "/r[2]/b") == "3"
        assert instance.value_at(root, "/r[3]/b") == ""
        assert instance.value_at(root, "/r[]/b") == ""
        assert not instance.rewrite(root, {"/a": "1"}, instance_id="n", replaces="o")
        assert instance.rewrite(
            root, {"/a": "2", "/g/c": "x", "/r[2]/b": "4"}, instance_id="n2", replaces="o2"
        )
        text = etree.tostring(root).decode()
        assert "<b>4</b>" in text
        header = answers.read_header(root)
        assert (header.instance_id, header.deprecated_id) == ("n2", "o2")

    def test_facts(self):
        class Row:
            meaning = {"kind": "k", "category": "c", "measures": {"n": "1.5"}, "attributes": {"a": "b"}}
            area, unit, status, happened_on, returns = "310114", "jd/", "approved", dt.date(2021, 9, 16), 2

        fact = facts_of(Row())[0]
        assert (fact.kind, fact.units, str(fact.measures["n"])) == ("k", ("jd/",), "1.5")
        assert fact.attributes == {"a": "b", "returns": "2"}
        Row.unit, Row.status = "", "rejected"
        assert facts_of(Row()) == []
