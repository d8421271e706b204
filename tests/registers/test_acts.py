"""Every act on a register: it works, then every refusal. No personal value ever stands in the clear."""

import json
from collections.abc import Callable

import pytest
from django.db import connection

from guatu.figures.models import FactRow
from guatu.kernel import secrets
from guatu.kernel.acts import SYSTEM, story
from guatu.kernel.models import Act, SightLog, SubjectKey
from guatu.kernel.problems import Problem
from guatu.registers import acts, reads
from guatu.registers.models import Entry, Identity, Register
from tests.cast import DEHUA, JIANGQIAO, NANXIANG, Cast
from tests.registers.conftest import PERSON_COLUMNS, id_card

Make = Callable[..., Entry]


def refusal(code: str, act: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as refused:
        act()
    assert refused.value.code == code
    assert "?" not in refused.value.sentence("zh-hans") + refused.value.sentence("en")
    return refused.value


def fact(entry: Entry) -> FactRow | None:
    return FactRow.objects.filter(subject_id=str(entry.id), until_position=None, effective_until=None).first()


def everything_stored() -> str:
    """All that the store holds, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


# --- opening -----------------------------------------------------------------------------------------------------


def test_opening_the_same_register_again_changes_nothing(
    cast: Cast, persons: Register, units: Register
) -> None:
    acted = Act.objects.count()
    again = acts.open_register(
        by=SYSTEM, campaign=cast.campaign, code="persons", name="交易分团人员", name_en="Persons", kind="person",
        key_field="id_card", title_field="name", columns=PERSON_COLUMNS, parent=units, purpose="第四届进博会入场证件",
    )  # fmt: skip
    assert again.pk == persons.pk
    assert Act.objects.count() == acted


def test_columns_may_be_added_not_changed_under_entries(
    cast: Cast, persons: Register, somebody: Make
) -> None:
    somebody()
    more = [*PERSON_COLUMNS, {"key": "hotel", "label": "住宿"}]

    def reopen(columns: list[dict[str, object]], key: str = "id_card") -> Register:
        return acts.open_register(
            by=SYSTEM, campaign=cast.campaign, code="persons", name="人员", kind="person", key_field=key, columns=columns
        )  # fmt: skip

    assert reopen(more).version == 2
    opened = [{**PERSON_COLUMNS[0], "personal": False}, *more[1:]]
    refusal("register.known", lambda: reopen(opened))
    refusal("register.known", lambda: reopen(more[1:], "name"))


@pytest.mark.parametrize(
    "more", [{"columns": []}, {"key_field": "x"}, {"kind": "ghost"}, {"title_field": "x"}]
)
def test_bad_declarations_are_refused(cast: Cast, more: dict[str, object]) -> None:
    given = {
        "code": "r",
        "name": "名册",
        "kind": "person",
        "key_field": "id_card",
        "columns": PERSON_COLUMNS,
        **more,
    }
    refusal("register.bad_column", lambda: acts.open_register(by=SYSTEM, campaign=cast.campaign, **given))  # type: ignore[arg-type]


def test_opening_needs_its_right(cast: Cast) -> None:
    refusal(
        "access.denied",
        lambda: acts.open_register(
            by=cast.nanxiang, campaign=cast.campaign, code="r", name="名册", kind="person", key_field="id_card",
            columns=PERSON_COLUMNS,
        ),
    )  # fmt: skip


# --- entering ----------------------------------------------------------------------------------------------------


def test_an_entry_is_sealed_counted_and_found_by_its_key(
    cast: Cast, persons: Register, somebody: Make
) -> None:
    entry = somebody()
    assert (entry.home, entry.area, entry.fields, entry.key_text, entry.title_text) == (
        NANXIANG, NANXIANG, {"badge": "采购商"}, "", "",
    )  # fmt: skip
    assert set(entry.sealed) == {"id_card", "name", "phone"}
    assert reads.opened([entry])[entry.id]["name"] == "张小明"
    assert reads.by_key(cast.jinbo.scope, persons, f" {id_card(1)} ") == entry
    assert reads.by_key(cast.jiangqiao.scope, persons, id_card(1)) is None  # lies in another street
    stated = fact(entry)
    assert stated is not None
    assert (stated.kind, stated.category, stated.area, stated.measures) == (
        "entry",
        "persons",
        NANXIANG,
        {"entries": "1"},
    )
    assert stated.attributes == {"badge": "采购商", "parent": str(entry.parent_id)}


def test_no_personal_value_stands_in_the_clear_anywhere(cast: Cast, somebody: Make) -> None:
    entry = somebody()
    acts.correct_entry(by=cast.jinbo, entry=entry, values={"phone": "13987654321"})
    stored = everything_stored()
    for text in (id_card(1), "张小明", "13812345678", "13987654321"):
        assert text not in stored
        assert text.encode().hex() not in stored


def test_the_same_person_is_refused_or_updated(cast: Cast, persons: Register, somebody: Make) -> None:
    entry = somebody()
    twice = refusal("register.twice", lambda: somebody())
    assert id_card(1) not in twice.sentence("zh-hans")
    assert "3101" in twice.sentence("zh-hans")
    draft = acts.Draft({"id_card": id_card(1).lower(), "name": "张小明", "phone": "13900000000"}, DEHUA)
    found = acts.enter(by=cast.jinbo, register=persons, drafts=[draft], update=True)
    assert [row for row, _before in found.changed] == [entry]
    row = Entry.objects.get(id=entry.id)
    assert (row.version, row.home, row.area) == (2, NANXIANG, DEHUA)
    assert reads.opened([row])[row.id]["phone"] == "13900000000"
    again = acts.enter(by=cast.jinbo, register=persons, drafts=[draft], update=True)
    assert (len(again.same), again.changed, again.created) == (1, [], [])


def test_the_same_person_twice_in_one_table_is_refused_as_a_whole(
    cast: Cast, persons: Register, units: Register
) -> None:
    draft = acts.Draft({"id_card": id_card(2), "name": "李"}, NANXIANG)
    refusal(
        "register.twice",
        lambda: acts.enter(by=cast.jinbo, register=persons, drafts=[draft, draft], update=True),
    )
    assert not Entry.objects.exists()
    assert not SubjectKey.objects.exists()


@pytest.mark.parametrize(
    ("values", "parent", "code"),
    [
        ({"id_card": "123", "name": "张"}, "", "register.bad_value"),
        ({"name": "张"}, "", "register.bad_value"),
        ({"id_card": id_card(3), "name": "张", "shoe": "42"}, "", "register.unknown_column"),
        ({"id_card": id_card(3), "name": "张"}, "没有这个单位", "register.parent_unknown"),
    ],
)
def test_entering_is_refused(
    cast: Cast, persons: Register, values: dict[str, str], parent: str, code: str
) -> None:
    refusal(
        code,
        lambda: acts.enter(by=cast.jinbo, register=persons, drafts=[acts.Draft(values, NANXIANG, parent)]),
    )


def test_entering_keeps_to_ones_own_area(cast: Cast, units: Register) -> None:
    refusal(
        "access.denied",
        lambda: acts.enter(by=cast.nanxiang, register=units, drafts=[acts.Draft({"name": "甲"}, JIANGQIAO)]),
    )
    assert acts.enter(by=cast.nanxiang, register=units, drafts=[acts.Draft({"name": "甲"}, NANXIANG)]).created
    refusal(
        "register.no_parent",
        lambda: acts.enter(
            by=cast.jinbo, register=units, drafts=[acts.Draft({"name": "乙"}, NANXIANG, "甲")]
        ),
    )


# --- correcting and leaving --------------------------------------------------------------------------------------


def test_a_correction_moves_the_key_and_says_which_columns(
    cast: Cast, persons: Register, somebody: Make
) -> None:
    entry = somebody()
    row = acts.correct_entry(
        by=cast.jinbo, entry=entry, values={"id_card": id_card(7), "badge": "工作人员", "phone": ""}, parent="", version=1
    )  # fmt: skip
    assert reads.by_key(cast.jinbo.scope, persons, id_card(1)) is None
    assert reads.by_key(cast.jinbo.scope, persons, id_card(7)) == row
    assert set(row.sealed) == {"id_card", "name"}
    assert row.parent_id is None
    act = story(row)[0]
    assert act.details["personal"] == ["id_card", "phone"]
    assert act.details["new"] == {"badge": "工作人员", "parent": ""}
    other = somebody(8)
    refusal(
        "register.twice",
        lambda: acts.correct_entry(by=cast.jinbo, entry=other, values={"id_card": id_card(7)}),
    )
    same = acts.correct_entry(by=cast.jinbo, entry=row, values={"badge": "工作人员"})
    assert same.version == row.version


def test_corrections_are_refused(cast: Cast, somebody: Make) -> None:
    entry = somebody()
    refusal(
        "access.denied",
        lambda: acts.correct_entry(by=cast.jiangqiao, entry=entry, values={"badge": "工作人员"}),
    )
    refusal(
        "access.denied", lambda: acts.correct_entry(by=cast.nanxiang, entry=entry, values={}, area=JIANGQIAO)
    )
    refusal("register.bad_value", lambda: acts.correct_entry(by=cast.jinbo, entry=entry, values={"name": ""}))
    with pytest.raises(Problem) as refused:
        acts.correct_entry(by=cast.jinbo, entry=entry, values={"badge": ""}, version=9)
    assert refused.value.code == "kernel.stale"


def test_withdrawn_no_longer_counts_and_can_come_back(cast: Cast, persons: Register, somebody: Make) -> None:
    entry = somebody()
    refusal("register.reason_needed", lambda: acts.withdraw_entry(by=cast.jinbo, entry=entry, reason=" "))
    unit = Entry.objects.get(id=entry.parent_id)
    held = refusal(
        "register.has_members", lambda: acts.withdraw_entry(by=cast.jinbo, entry=unit, reason="误报")
    )
    assert "1" in held.sentence("zh-hans")
    row = acts.withdraw_entry(by=cast.jinbo, entry=entry, reason="不再参会")
    assert fact(row) is None
    refusal("register.withdrawn", lambda: acts.correct_entry(by=cast.jinbo, entry=row, values={"badge": ""}))
    assert somebody().id != entry.id


def test_forgetting_destroys_the_person_and_keeps_the_count(
    cast: Cast, persons: Register, somebody: Make
) -> None:
    entry = somebody()
    sealed = dict(entry.sealed)
    refusal("access.denied", lambda: acts.forget_entry(by=cast.nanxiang, entry=entry, reason="期满"))
    refusal("register.reason_needed", lambda: acts.forget_entry(by=cast.jinbo, entry=entry, reason=""))
    row = acts.forget_entry(by=cast.jinbo, entry=entry, reason="保存期满")
    assert (row.status, row.sealed, row.key_index) == ("forgotten", {}, "")
    assert not SubjectKey.objects.filter(subject_id=row.id).exists()
    assert not Identity.objects.filter(entry_id=row.id).exists()
    refusal(
        "secrets.forgotten", lambda: secrets.open_sealed(row.id, "name", sealed["name"])
    )  # nor from a backup
    refusal(
        "secrets.forgotten", lambda: acts.reveal(by=cast.jinbo, entry=row, fields=["name"], reason="看看")
    )
    refusal("register.withdrawn", lambda: acts.forget_entry(by=cast.jinbo, entry=row, reason="再来"))
    stated = fact(row)
    assert stated is not None
    assert stated.measures == {"entries": "1"}
    assert reads.masked([row])[row.id] == {"badge": "采购商"}


def test_forgetting_a_withdrawn_entry_does_not_bring_it_back_into_the_count(
    cast: Cast, somebody: Make
) -> None:
    entry = acts.withdraw_entry(by=cast.jinbo, entry=somebody(), reason="误报")
    row = acts.forget_entry(by=cast.jinbo, entry=entry, reason="本人要求")
    assert row.status == "withdrawn"
    assert fact(row) is None


# --- sight -------------------------------------------------------------------------------------------------------


def test_whoever_looks_leaves_a_line(cast: Cast, somebody: Make) -> None:
    entry = somebody()
    assert reads.masked([entry])[entry.id]["phone"] == "138****5678"
    assert not SightLog.objects.exists()
    found = acts.reveal(by=cast.jinbo, entry=entry, fields=["phone", "name"], reason="核对证件")
    assert found == {"phone": "13812345678", "name": "张小明"}
    lines = SightLog.objects.filter(subject_id=str(entry.id))
    assert {(line.field, line.reason, line.by_id) for line in lines} == {
        ("phone", "核对证件", cast.jinbo.id), ("name", "核对证件", cast.jinbo.id),
    }  # fmt: skip
    assert reads.sights(cast.jinbo.scope, entry).count() == 2
    refusal("access.denied", lambda: reads.sights(cast.nanxiang.scope, entry))


@pytest.mark.parametrize(
    ("who", "fields", "reason", "code"),
    [
        ("nanxiang", ["phone"], "好奇", "access.denied"),
        ("jinbo", ["phone"], "  ", "register.reason_needed"),
        ("jinbo", ["badge"], "核对", "register.nothing_personal"),
    ],
)
def test_looking_is_refused(
    cast: Cast, somebody: Make, who: str, fields: list[str], reason: str, code: str
) -> None:
    entry = somebody()
    refusal(code, lambda: acts.reveal(by=getattr(cast, who), entry=entry, fields=fields, reason=reason))
    assert not SightLog.objects.exists()


def test_the_system_has_no_eyes(cast: Cast, somebody: Make) -> None:
    entry = somebody()
    refusal("access.denied", lambda: acts.reveal(by=SYSTEM, entry=entry, fields=["phone"], reason="作业"))


def test_an_export_is_recorded(cast: Cast, persons: Register, somebody: Make) -> None:
    entry = somebody()
    acts.record_export(by=cast.jinbo, register=persons, count=1)
    assert not SightLog.objects.exists()
    acts.record_export(by=cast.jinbo, register=persons, count=1, revealed=[entry], reason="办证")
    assert SightLog.objects.get().field == "export"
    assert [act.details["personal"] for act in story(persons) if act.verb == "register.exported"] == [
        True,
        False,
    ]
    assert "办证" not in json.dumps([act.details for act in story(persons)], ensure_ascii=False)
    refusal("access.denied", lambda: acts.record_export(by=cast.nanxiang, register=persons, count=1))
    refusal(
        "register.reason_needed",
        lambda: acts.record_export(by=cast.jinbo, register=persons, count=1, revealed=[entry]),
    )
