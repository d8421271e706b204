"""Entities in forms, asked of the rules alone: what a form writes, what is wrong with it, what a filled form says."""

import hashlib
from typing import Any
from uuid import UUID

import pytest

from guatu.fieldwork.rules import digest, entities
from guatu.fieldwork.rules.entities import Said
from guatu.fieldwork.rules.sheet import Save, Sheet, WritesTo
from guatu.kernel import xml

TREE = "0199a3b0-0000-7000-8000-000000000001"


def parsed(text: str) -> Any:
    return xml.parse(text.encode(), "XML")


def xform(data: str, binds: str = "", version: str = "2024.1.0") -> Any:
    primary = f"<instance>{data}</instance>" if data else "<instance/>"
    return parsed(
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
        'xmlns:e="http://www.opendatakit.org/xforms/entities"><h:head>'
        f'<model e:entities-version="{version}"><instance id="empty"/>{primary}{binds}</model></h:head><h:body/></h:html>'
    )


def saves(path: str, name: str) -> str:
    return f'<bind nodeset="{path}" e:saveto="{name}"/>'


class TestWhatAFormWrites:
    STALL = '<stall><meta><entity dataset="stalls" update="1"/></meta><number/><in><size/></in></stall>'
    DATA = (
        f'<data><meta><entity dataset="markets" create="1"/></meta><name/><g><area/></g>{STALL}{STALL}</data>'
    )

    def test_each_answer_goes_to_the_nearest_entity_around_it(self):
        binds = (
            saves("/data/name", "title")
            + saves("/data/g/area", "area")
            + saves("/data/stall/in/size", "size")
            + '<bind nodeset="/data/stall/number"/>'
        )
        assert entities.writes_of(xform(self.DATA, binds), "/data") == [
            WritesTo("markets", "", [Save("/name", "title"), Save("/g/area", "area")], create=True, version="2024.1.0"),
            WritesTo("stalls", "/stall", [Save("/stall/in/size", "size")], update=True, version="2024.1.0"),
        ]  # fmt: skip

    def test_an_answer_outside_every_entity_is_saved_nowhere(self):
        root = xform(f"<data><name/>{self.STALL}</data>", saves("/data/name", "title") + saves("/data", "x"))
        assert [(each.dataset, each.saves) for each in entities.writes_of(root, "/data")] == [("stalls", [])]

    @pytest.mark.parametrize("data", ["", "<data><a/></data>", "<data><meta><instanceID/></meta></data>"])
    def test_a_form_without_entities_writes_nothing(self, data: str):
        assert entities.writes_of(xform(data, saves("/data/a", "x")), "/data") == []


class TestNames:
    @pytest.mark.parametrize(
        ("name", "bad"),
        [
            ("trees", False), ("树", False), ("a-b_1", False), ("", True), ("1a", True), ("__a", True), ("_a", False), ("a b", True),
            ("a.b", True), ("a" * 60, False), ("a" * 61, True),
        ],
    )  # fmt: skip
    def test_names_of_lists(self, name: str, bad: bool):
        assert entities.bad_name(name) is bad

    @pytest.mark.parametrize("name", ["name", "Label", "__id"])
    def test_names_that_properties_may_not_have(self, name: str):
        assert entities.bad_property(name)
        assert not entities.bad_property(f"{name.strip('_')}2")


class TestFaults:
    def faults(self, *writes: WritesTo) -> list[tuple[str, int, str]]:
        return [(each.sheet, each.row, each.column) for each in entities.faults(Sheet("f", writes=[*writes]))]

    @pytest.mark.parametrize(
        ("writes", "place"),
        [
            (WritesTo("trees", create=True, version="2031.1"), ("entities", 0, "")),
            (WritesTo("1st", create=True, row=2), ("entities", 2, "list_name")),
            (WritesTo("trees", row=3), ("entities", 3, "create_if")),
            (WritesTo("trees", update=True, saves=[Save("/a", "label", 5)]), ("survey", 5, "save_to")),
            (WritesTo("trees", create=True, saves=[Save("/a", "k", 5), Save("/b", "k", 6)]), ("survey", 6, "save_to")),
        ],
    )  # fmt: skip
    def test_each_names_its_cell(self, writes: WritesTo, place: tuple[str, int, str]):
        assert self.faults(writes) == [place]

    def test_what_is_right_has_none(self):
        good = [Save("/a", "k"), Save("/b", "m"), Save("/a", "k")]
        assert self.faults(WritesTo("trees", "", good, True, True, "2025.1.0")) == []
        assert self.faults(WritesTo("trees", saves=[Save("/a", "k")], create=True), WritesTo("parks", saves=[Save("/b", "k")], create=True)) == []  # fmt: skip

    def test_the_words_of_what_the_lists_answer(self):
        save = Save("/girth", "girth", 4)
        writes = WritesTo("trees", "", [save], row=2)
        found = entities.fault("no_property", writes, save)
        assert (found.sheet, found.row, found.column) == ("survey", 4, "save_to")
        assert "trees/girth" in found.zh
        assert "trees/girth" in found.en
        closed = entities.fault("closed", writes)
        assert closed.place(True) == "entities 表 第 2 行 list_name 列"
        assert closed.zh.startswith(closed.place(True))
        assert closed.next_zh

    def test_rows_of_the_workbook_are_put_beside_what_it_writes(self):
        sheet = Sheet("f", writes=[WritesTo("trees", "", [Save("/g/girth", "girth"), Save("/x", "x")])])
        placed = entities.with_rows(sheet, {"entities trees": 2, "girth": 7}).writes[0]
        assert (placed.row, [save.row for save in placed.saves]) == (2, [7, 0])
        assert entities.with_rows(sheet, None) is sheet
        assert entities.with_rows(Sheet("f"), {"girth": 7}).writes == []


class TestWhatAFilledFormSays:
    WRITES = WritesTo("trees", "", [Save("/species", "species"), Save("/g/girth", "girth")], create=True)

    def said(self, attributes: str, inner: str = "", answers: str = "") -> list[Said]:
        entity = f"<entity {attributes}>{inner}</entity>"
        return entities.said([self.WRITES], parsed(f"<data><meta>{entity}</meta>{answers}</data>"))

    def test_what_was_asked_is_said_and_what_was_not_is_left_out(self):
        found = self.said(
            f'dataset="trees" create="1" id="uuid:{TREE}"',
            "<label> 银杏 </label>",
            "<species> 银杏 </species>",
        )
        assert found == [Said("trees", UUID(TREE), True, False, label="银杏", values={"species": "银杏"})]

    def test_an_empty_answer_clears(self):
        found = self.said(f'update="true()" id="{TREE}"', "<label/>", "<species/><g><girth>30</girth></g>")[0]
        assert (found.dataset, found.label, found.values) == ("trees", "", {"species": "", "girth": "30"})
        assert (found.create, found.update) == (False, True)

    def test_which_version_the_phone_had_before_its_eyes(self):
        found = self.said(
            f'update="1" id="{TREE}" baseVersion=" 3 " trunkVersion="123456789" branchId=" {"b" * 40} "'
        )[0]
        assert (found.base, found.trunk, found.branch, found.label) == (3, None, "b" * 36, None)
        other = self.said(f'update="1" id="{TREE}" baseVersion="-1" trunkVersion="2"')[0]
        assert (other.base, other.trunk, other.branch) == (None, 2, "")

    @pytest.mark.parametrize("given", ["", 'create="0"', 'create="" update="false"', 'create="no"'])
    def test_conditions_that_did_not_hold_say_nothing(self, given: str):
        assert self.said(f'{given} id="{TREE}"') == []

    @pytest.mark.parametrize("data", ["<data/>", "<data><meta/></data>"])
    def test_a_form_without_the_entity_says_nothing(self, data: str):
        assert entities.said([self.WRITES], parsed(data)) == []

    @pytest.mark.parametrize("identity", ["", "tree-1", "uuid:"])
    def test_an_identity_that_is_none_is_told(self, identity: str):
        found = self.said(f'create="1" id="{identity}"')[0]
        assert (found.id, found.wrong) == (None, "id")

    @pytest.mark.parametrize("written", [TREE, f"uuid:{TREE}", f" uuid: {TREE} ", TREE.upper()])
    def test_an_identity_as_clients_write_it(self, written: str):
        assert entities.entity_id(written) == UUID(TREE)

    def test_every_repetition_speaks_for_itself(self):
        stall = '<stall><meta><entity create="{}" id="{}"/></meta><number>{}</number></stall>'
        ids = [TREE[:-1] + digit for digit in "123"]
        rows = "".join(
            stall.format(create, each, n) for create, each, n in zip("101", ids, "789", strict=True)
        )
        writes = WritesTo("stalls", "/m/stall", [Save("/m/stall/number", "number")])
        found = entities.said([self.WRITES, writes], parsed(f"<data><m>{rows}</m><m/></data>"))
        assert [(str(each.id), each.values) for each in found] == [
            (ids[0], {"number": "7"}), (ids[2], {"number": "9"})
        ]  # fmt: skip


class TestDigest:
    def test_one_value_for_each_algorithm(self):
        found = digest.ha1("南翔", "a:b")
        assert tuple(found) == digest.ALGORITHMS
        assert found["SHA-256"] == hashlib.sha256("南翔:Guatu:a:b".encode()).hexdigest()
        assert found["MD5"] == digest.hashed("MD5", "南翔:Guatu:a:b")

    def test_known_values(self):
        assert digest.hashed("MD5", "abc") == "900150983cd24fb0d6963f7d28e17f72"
        assert digest.hashed("SHA-256", "abc").startswith("ba7816bf8f01cfea")
