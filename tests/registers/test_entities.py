"""Entities: what forms say of lists, how it is entered, in whatever order it comes in."""

import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from guatu.fieldwork.acts import EnvelopeIn, FileIn, Outcome, publish_form, receive_many, review_submission
from guatu.fieldwork.models import Form, FormVersion, Submission
from guatu.kernel import clock, ids
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import SightLog
from guatu.kernel.problems import Problem
from guatu.registers import acts, listing, lists
from guatu.registers.acts.words import enter_late
from guatu.registers.models import EntityWord, Entry, Register
from tests.cast import NANXIANG, Cast
from tests.registers.conftest import PERSON_COLUMNS, UNIT_COLUMNS, id_card
from tests.registers.entity_papers import STALLS, TREES, VISIT, market, planted, visited

pytestmark = pytest.mark.django_db


@pytest.fixture
def trees(cast: Cast) -> Register:
    """Two forms: one plants trees, one visits them. Publishing the first opens the list."""
    for source, name in ((TREES, "plant.md"), (VISIT, "visit.md")):
        publish_form(by=cast.jinbo, campaign=cast.campaign, source=source.encode(), file_name=name)
    return Register.objects.get(entity_list="trees")


@pytest.fixture
def send(cast: Cast) -> Callable[..., Outcome]:
    def one(xml: bytes, by: Any = None, files: tuple[FileIn, ...] = ()) -> Outcome:
        envelope = EnvelopeIn(xml=xml, by=by or cast.nanxiang, campaign=cast.campaign, files=files)
        return receive_many(envelopes=[envelope])[0]

    return one


def fresh() -> str:
    return str(ids.new())


def entry(tree: str) -> Entry:
    return Entry.objects.get(id=tree)


def word(tree: str, status: str = "") -> EntityWord:
    rows = EntityWord.objects.filter(entity_id=tree)
    found = (rows.filter(status=status) if status else rows).order_by("heard_at", "id").last()
    assert found is not None
    return found


class TestPublishing:
    def test_a_list_is_opened_with_the_properties_that_forms_name(self, cast, trees):
        assert list(listing.properties(trees)) == ["species", "girth", "state"]
        assert (trees.key_field, trees.title_field, trees.kind) == ("uuid", "label", "other")
        assert listing.names(cast.campaign) == {"trees", "places"}

    def test_who_may_not_edit_registers_is_told_the_cell(self, cast):
        with pytest.raises(Problem) as refused:
            publish_form(
                by=cast.chengyun, campaign=cast.campaign, source=TREES.encode(), file_name="plant.md"
            )
        assert refused.value.code == "form.faults"
        fault = refused.value.details["faults"][0]
        assert (fault["sheet"], fault["row"], fault["column"]) == ("entities", 2, "list_name")
        assert "trees" in fault["zh"]
        assert not Form.objects.filter(code="plant").exists()

    def test_a_register_that_is_not_offered_is_not_written_to(self, cast, units):
        source = TREES.replace("| trees |", "| units |").encode()
        with pytest.raises(Problem) as refused:
            publish_form(by=cast.jinbo, campaign=cast.campaign, source=source, file_name="plant.md")
        assert "没有作为实体清单提供" in refused.value.details["first"]

    def test_places_are_kept_by_the_system(self, cast):
        source = TREES.replace("| trees |", "| places |").encode()
        with pytest.raises(Problem, match="form.faults"):
            publish_form(by=cast.jinbo, campaign=cast.campaign, source=source, file_name="plant.md")

    @pytest.mark.parametrize(
        ("old", "new", "column"),
        [("| species |\n", "| na-me |\n", ""), ("| girth |", "| __girth |", "save_to")],
    )
    def test_names_that_cannot_be(self, cast, old, new, column):
        source = TREES.replace(
            "integer | girth | 胸径 | girth |",
            f"integer | girth | 胸径 {new}" if "girth" in old else "integer | girth | 胸径 | label |",
        )
        with pytest.raises(Problem) as refused:
            publish_form(by=cast.jinbo, campaign=cast.campaign, source=source.encode(), file_name="plant.md")
        assert refused.value.code == "form.faults"

    def test_a_file_that_nobody_uploaded_must_be_a_list(self, cast):
        source = VISIT.replace("trees.csv", "benches.csv").encode()
        with pytest.raises(Problem, match="form.media_missing"):
            publish_form(by=cast.jinbo, campaign=cast.campaign, source=source, file_name="visit.md")

    def test_places_are_chosen_from_without_a_file(self, cast):
        source = "| survey |\n| | type | name | label |\n| | select_one_from_file places.csv | place | 点位 |\n| settings |\n| | form_id | version |\n| | at | 1 |\n"
        made = publish_form(by=cast.jinbo, campaign=cast.campaign, source=source.encode(), file_name="at.md")
        assert isinstance(made, FormVersion)


class TestCreating:
    def test_a_submission_makes_an_entity(self, cast, trees, send):
        tree = fresh()
        assert send(planted("uuid:1", tree)).status == "received"
        made = entry(tree)
        assert (made.title_text, made.fields["species"], made.fields["girth"]) == ("银杏", "银杏", "30")
        assert (made.area, made.version, made.by_id) == (NANXIANG, 1, cast.nanxiang.id)
        kept = word(tree)
        assert (kept.status, kept.made, kept.conflict) == ("taken", 1, "")
        assert Submission.objects.get(id=kept.submission_id).instance_id == "uuid:1"

    def test_once_for_each_submission(self, trees, send):
        tree = fresh()
        for _ in range(3):
            send(planted("uuid:1", tree))
        assert Entry.objects.filter(register=trees).count() == 1
        assert entry(tree).version == 1

    def test_one_for_each_repeat(self, cast, send):
        publish_form(by=cast.jinbo, campaign=cast.campaign, source=STALLS.encode(), file_name="market.md")
        first, second = fresh(), fresh()
        assert send(market("uuid:1", (first, "A-1"), (second, "A-2"))).taken
        assert [entry(each).title_text for each in (first, second)] == ["A-1", "A-2"]

    @pytest.mark.parametrize("tree", ["", "no-uuid"])
    def test_an_id_that_is_none_is_kept_and_shown(self, trees, send, tree):
        assert send(planted("uuid:1", tree)).taken
        kept = EntityWord.objects.get()
        assert (kept.status, kept.problem["code"]) == ("failed", "entity.bad_id")
        assert not Entry.objects.exists()

    def test_an_id_is_created_once(self, trees, send):
        tree = fresh()
        send(planted("uuid:1", tree))
        assert send(planted("uuid:2", tree, species="樟")).taken
        assert word(tree).problem["code"] == "entity.known"
        assert entry(tree).title_text == "银杏"

    def test_a_label_is_needed(self, trees, send):
        tree = fresh()
        send(planted("uuid:1", tree, label=""))
        assert word(tree).problem["code"] == "entity.no_label"

    def test_what_does_not_fit_its_column_is_kept_and_can_be_mended(self, cast, trees, send):
        columns = [{**each, "type": "number"} if each["key"] == "girth" else each for each in trees.columns]
        Register.objects.filter(pk=trees.pk).update(columns=columns)
        tree = fresh()
        send(planted("uuid:1", tree, species="樟" * 600))
        assert word(tree).problem["code"] == "register.bad_value"
        send(planted("uuid:2", tree, replaces="uuid:1"))
        assert (word(tree).status, entry(tree).title_text) == ("taken", "银杏")

    def test_approval_comes_first_when_the_list_says_so(self, cast, trees, send):
        acts.offer_list(by=cast.jinbo, register=trees, name="trees", approval=True)
        tree = fresh()
        send(planted("uuid:1", tree))
        send(visited("uuid:2", tree, girth=31))
        assert not Entry.objects.exists()
        assert (word(tree, "approval").status, word(tree, "waiting").status) == ("approval", "waiting")
        submission = Submission.objects.get(instance_id="uuid:1")
        review_submission(by=cast.jinbo, submission=submission, status="rejected", reason="重拍")
        assert not Entry.objects.exists()
        review_submission(by=cast.jinbo, submission=submission, status="approved")
        assert (entry(tree).version, entry(tree).fields["girth"]) == (2, "31")

    def test_a_list_that_is_no_longer_offered(self, cast, trees, send):
        acts.offer_list(by=cast.jinbo, register=trees, name="")
        assert send(planted("uuid:1", fresh())).taken
        assert EntityWord.objects.get().problem["code"] == "entity.no_such_list"


class TestChanging:
    def test_an_update(self, cast, trees, send):
        tree = fresh()
        send(planted("uuid:1", tree))
        send(visited("uuid:2", tree, girth=31, state="好"))
        row = entry(tree)
        assert (row.version, row.fields["girth"], row.fields["state"], row.conflict) == (2, "31", "好", "")
        told = listing.versions_of(row)
        assert [each.values.get("girth") for each in told] == ["30", "31"]
        assert told[1].details["submission"] == str(Submission.objects.get(instance_id="uuid:2").id)

    def test_an_empty_answer_clears_and_an_absent_one_leaves(self, trees, send):
        tree = fresh()
        send(planted("uuid:1", tree))
        send(visited("uuid:2", tree, girth=""))
        assert "girth" not in entry(tree).fields
        send(visited("uuid:3", tree, 2, state="好"))
        assert entry(tree).fields["species"] == "银杏"

    def test_side_by_side_on_other_columns(self, trees, send):
        tree = fresh()
        send(planted("uuid:1", tree))
        send(visited("uuid:2", tree, girth=31))
        send(visited("uuid:3", tree, state="好"))
        row = entry(tree)
        assert (row.fields["girth"], row.fields["state"], row.conflict, row.version) == (
            "31",
            "好",
            "soft",
            3,
        )

    def test_side_by_side_on_the_same_column_the_newer_word_stands(self, cast, trees, send):
        tree = fresh()
        send(planted("uuid:1", tree))
        send(visited("uuid:2", tree, girth=35, day="2021-09-16"))
        send(visited("uuid:3", tree, girth=33, state="差", day="2021-09-15"))
        row, late = entry(tree), word(tree)
        assert (row.fields["girth"], row.fields["state"], row.conflict) == ("35", "差", "hard")
        assert (late.kept, late.said["girth"], late.conflict) == (["girth"], "33", "hard")

        settled = acts.settle_conflict(by=cast.nanxiang, entry=row, values={"girth": "33"})
        assert (settled.fields["girth"], settled.conflict) == ("33", "")
        with pytest.raises(Problem, match="entity.no_conflict"):
            acts.settle_conflict(by=cast.nanxiang, entry=settled)
        with pytest.raises(Problem, match="access.denied"):
            acts.settle_conflict(by=cast.jiangqiao, entry=settled)

    def test_the_same_said_twice_is_no_hard_conflict(self, trees, send):
        tree = fresh()
        send(planted("uuid:1", tree))
        send(visited("uuid:2", tree, girth=35))
        send(visited("uuid:3", tree, girth=35))
        assert entry(tree).conflict in ("", "soft")

    def test_not_beyond_ones_reach(self, cast, trees, send):
        tree = fresh()
        send(planted("uuid:1", tree))
        assert send(visited("uuid:2", tree, girth=99), by=cast.jiangqiao).taken
        assert word(tree).problem["code"] == "entity.out_of_reach"
        assert entry(tree).fields["girth"] == "30"
        acts.enter_word(by=SYSTEM, word=word(tree))
        assert entry(tree).fields["girth"] == "99"

    def test_a_correction_of_the_submission_follows(self, cast, trees, send):
        tree = fresh()
        send(planted("uuid:1", tree))
        send(planted("uuid:2", tree, girth=40, replaces="uuid:1"))
        assert (entry(tree).fields["girth"], entry(tree).version) == ("40", 2)
        assert EntityWord.objects.count() == 1
        send(visited("uuid:3", tree, 2, girth=50))
        send(planted("uuid:4", tree, girth=40, species="樟", replaces="uuid:2"))
        row = entry(tree)
        assert (row.fields["species"], row.fields["girth"], row.conflict) == ("樟", "50", "soft")


class TestOrder:
    """Phones send when they can: a change may come in before what it changes."""

    def test_a_change_waits_for_its_entity(self, cast, trees, send):
        tree = fresh()
        branch = fresh()
        send(visited("uuid:3", tree, 2, branch=branch, girth=32))
        send(visited("uuid:2", tree, 1, branch=branch, girth=31, state="好"))
        assert [each.status for each in EntityWord.objects.all()] == ["waiting", "waiting"]
        send(planted("uuid:1", tree))
        row = entry(tree)
        assert (row.version, row.fields["girth"], row.fields["state"], row.conflict) == (3, "32", "好", "")
        assert {each.status for each in EntityWord.objects.all()} == {"taken"}

    def test_all_at_once_in_any_order(self, cast, trees):
        tree, branch = fresh(), fresh()
        papers = [
            planted("uuid:1", tree),
            *(visited(f"uuid:{n + 1}", tree, n, branch=branch, girth=n) for n in range(1, 6)),
        ]
        random.Random(3).shuffle(papers)
        envelopes = [EnvelopeIn(xml=paper, by=cast.nanxiang, campaign=cast.campaign) for paper in papers]
        assert all(outcome.taken for outcome in receive_many(envelopes=envelopes))
        assert (entry(tree).version, entry(tree).fields["girth"], entry(tree).conflict) == (6, "5", "")

    def test_a_branch_off_a_version_of_ours(self, trees, send):
        tree, branch = fresh(), fresh()
        send(planted("uuid:1", tree))
        send(visited("uuid:2", tree, 1, girth=31))  # somebody online
        send(visited("uuid:4", tree, 2, trunk=1, branch=branch, state="差"))  # second of the offline branch
        assert word(tree).status == "waiting"
        send(visited("uuid:3", tree, 1, trunk=1, branch=branch, state="好"))
        row = entry(tree)
        assert (row.version, row.fields["state"], row.fields["girth"], row.conflict) == (
            4,
            "差",
            "31",
            "soft",
        )

    def test_nobody_waits_for_ever(self, cast, trees, send):
        tree, branch = fresh(), fresh()
        send(planted("uuid:1", tree))
        send(visited("uuid:9", tree, 7, trunk=1, branch=branch, girth=77))
        assert enter_late() == 0
        EntityWord.objects.update(heard_at=clock.now() - lists.LONGEST_HOLD * 2)
        assert enter_late() == 1
        assert entry(tree).fields["girth"] == "77"

    def test_a_colleague_enters_or_drops_what_waits(self, cast, trees, send):
        tree = fresh()
        send(visited("uuid:2", tree, 1, girth=31))
        with pytest.raises(Problem, match="access.denied"):
            acts.enter_word(by=cast.jiangqiao, word=word(tree))
        with pytest.raises(Problem, match="access.denied"):
            acts.drop_word(by=cast.xuncha, word=word(tree))
        acts.drop_word(by=cast.nanxiang, word=word(tree))
        with pytest.raises(Problem, match="entity.word_settled"):
            acts.enter_word(by=cast.nanxiang, word=word(tree))
        send(planted("uuid:1", tree))
        assert entry(tree).fields["girth"] == "30"


class TestPersonal:
    """Personal columns of a register stay sealed, whatever the form calls its questions."""

    FORM = """
| survey |
| | type | name | label | save_to |
| | text | number | 号码 | id_card |
| | text | who | 称呼 | who |
| | text | badge | 证件 | badge |
| entities |
| | list_name | label |
| | persons | ${badge} |
| settings |
| | form_id | version |
| | enrol | 1 |
"""

    @pytest.fixture
    def offered(self, cast: Cast) -> Register:
        columns = [{**each, "property": "who"} if each["key"] == "name" else each for each in PERSON_COLUMNS]
        register = acts.open_register(
            by=cast.jinbo, campaign=cast.campaign, code="persons", name="人员", kind="person", key_field="id_card",
            title_field="name", columns=columns,
        )  # fmt: skip
        acts.offer_list(by=cast.jinbo, register=register, name="persons")
        publish_form(by=cast.jinbo, campaign=cast.campaign, source=self.FORM.encode(), file_name="enrol.md")
        return register

    def enrol(self, instance: str, person: str) -> bytes:
        entity = f'<entity dataset="persons" create="1" id="{person}"><label>采购商</label></entity>'
        body = f"<number>{id_card(7)}</number><who>张小明</who><badge>采购商</badge>"
        return f'<data id="enrol" version="1">{body}<meta>{entity}<instanceID>{instance}</instanceID></meta></data>'.encode()

    def test_sealed_in_the_submission_in_the_word_and_in_the_entry(self, cast, offered, send):
        person = fresh()
        assert send(self.enrol("uuid:1", person)).taken
        row, kept = entry(person), word(person)
        submission = Submission.objects.get(instance_id="uuid:1")
        for fields in (row.fields, kept.said, submission.answers):
            assert "张小明" not in str(fields)
            assert id_card(7) not in str(fields)
        assert set(row.sealed) == {"id_card", "name"}
        assert acts.reveal(by=cast.jinbo, entry=row, fields=["name"], reason="核对") == {"name": "张小明"}

    def test_on_a_phone_only_for_who_may_and_on_record(self, cast, offered, send):
        person = fresh()
        send(self.enrol("uuid:1", person))
        for scope in (cast.jinbo.scope, cast.nanxiang.scope):
            text = b"".join(listing.csv_chunks(listing.entity_file(scope, cast.campaign, "persons"))).decode()
            assert "张小明" not in text
            assert text.splitlines()[0] == "name,label,__version,badge"
            assert "张**" in text
        acts.offer_list(by=cast.jinbo, register=offered, name="persons", personal=True)
        file = listing.entity_file(cast.jinbo.scope, cast.campaign, "persons")
        assert "张小明" in b"".join(listing.csv_chunks(file)).decode()
        other = listing.entity_file(cast.nanxiang.scope, cast.campaign, "persons")
        assert "张小明" not in b"".join(listing.csv_chunks(other)).decode()
        assert file.hash != other.hash
        assert acts.record_phone_copy(by=cast.jinbo, register=offered, entry_ids=[UUID(person)]) == 1
        assert SightLog.objects.filter(subject_id=person, field="list").count() == 1
        with pytest.raises(Problem, match="access.denied"):
            acts.offer_list(by=cast.nanxiang, register=offered, name="persons", personal=True)


class TestLists:
    def test_only_ones_own(self, cast, trees, send):
        acts.offer_list(by=cast.jinbo, register=trees, name="trees", own=True)
        tree = fresh()
        send(planted("uuid:1", tree), by=cast.xuncha)
        assert [each for each, _v in listing.entity_file(cast.xuncha.scope, cast.campaign, "trees").rows] == [
            UUID(tree)
        ]
        assert listing.entity_file(cast.nanxiang.scope, cast.campaign, "trees").rows == []
        send(visited("uuid:2", tree, girth=1), by=cast.jiangqiao)
        assert word(tree).problem["code"] == "entity.out_of_reach"

    def test_a_list_is_as_fresh_as_its_rows(self, cast, trees, send):
        def mark(person: Any) -> str:
            return listing.entity_file(person.scope, cast.campaign, "trees").hash

        tree = fresh()
        before = mark(cast.nanxiang), mark(cast.jiangqiao)
        send(planted("uuid:1", tree))
        made = mark(cast.nanxiang)
        assert made != before[0]
        assert mark(cast.jiangqiao) == before[1]
        send(visited("uuid:2", tree, girth=31))
        changed = mark(cast.nanxiang)
        assert changed != made
        acts.withdraw_entry(by=cast.jinbo, entry=entry(tree), reason="砍了")
        assert mark(cast.nanxiang) == before[0]

    def test_places_of_ones_area(self, cast):
        file = listing.entity_file(cast.nanxiang.scope, cast.campaign, "places")
        text = b"".join(listing.csv_chunks(file)).decode()
        assert "南翔老街" in text
        assert "江桥万达广场" not in text
        assert "31.294000 121.312000" in text

    def test_two_queries_and_one_for_each_piece(self, cast, trees, send, django_assert_num_queries):
        for number in range(3):
            send(planted(f"uuid:{number}", fresh()))
        scope = cast.jinbo.scope
        with django_assert_num_queries(3):
            file = listing.entity_file(scope, cast.campaign, "trees")
        with django_assert_num_queries(1):
            assert len(b"".join(listing.csv_chunks(file)).splitlines()) == 4

    def test_settings_are_checked(self, cast, trees, units):
        with pytest.raises(Problem, match="entity.list_taken"):
            acts.offer_list(by=cast.jinbo, register=units, name="trees")
        with pytest.raises(Problem, match="entity.bad_name"):
            acts.offer_list(by=cast.jinbo, register=units, name="a b")
        with pytest.raises(Problem, match="kernel.stale"):
            acts.offer_list(by=cast.jinbo, register=units, name="units", version=99)
        with pytest.raises(Problem, match="access.denied"):
            acts.offer_list(by=cast.jiangqiao, register=units, name="units")
        with pytest.raises(Problem, match="access.denied"):
            acts.open_list(by=cast.xuncha, campaign=cast.campaign, name="more")

    def test_opened_again_by_a_pack_keeps_what_forms_added(self, cast, units):
        acts.offer_list(by=cast.jinbo, register=units, name="units")
        acts.add_properties(by=cast.jinbo, register=units, names=["树种"])
        again = acts.open_register(
            by=SYSTEM, campaign=cast.campaign, code="units", name="交易分团单位", name_en="Units", kind="unit",
            key_field="name", columns=UNIT_COLUMNS,
        )  # fmt: skip
        assert "树种" in listing.properties(again)


class TestFold:
    """Whatever is sent in whatever order: the entries are what the accepted words say, folded in the ledger's order."""

    @pytest.mark.parametrize("seed", range(6))
    def test_random_sequences(self, cast, trees, send, seed):
        chance = random.Random(seed)
        ours = [fresh() for _ in range(3)]
        papers = [planted(f"uuid:{tree}", tree, girth=1) for tree in ours]
        for number in range(24):
            tree = chance.choice(ours)
            answers: dict[str, object] = {}
            if chance.random() < 0.7:
                answers["girth"] = chance.randint(1, 4)
            if chance.random() < 0.6 or not answers:
                answers["state"] = chance.choice(["好", "差", ""])
            day = f"2021-09-{chance.randint(13, 16)}"
            papers.append(visited(f"uuid:{seed}-{number}", tree, chance.randint(1, 6), day=day, **answers))
        chance.shuffle(papers)
        for paper in papers:
            assert send(paper).taken
            if chance.random() < 0.2:
                assert send(paper).status == "repeated"
        for tree in ours:
            row = entry(tree)
            assert row.fields == fold(tree), tree
            told = listing.versions_of(row)
            assert told[-1].number == row.version
            assert told[-1].values == row.fields
            assert EntityWord.objects.filter(entity_id=tree).exclude(status="taken").count() == 0


def fold(tree: str) -> dict[str, str]:
    """The fields of an entity worked out again from its words alone, by the rule in words: of two words about one column
    the newer stands when the later one had not seen the other; who has seen it may say otherwise."""
    heard = list(EntityWord.objects.filter(entity_id=tree))
    made = next(each for each in heard if each.create)
    values = {key: text for key, text in {**made.said, "uuid": tree}.items() if text}
    changes: list[tuple[int, dict[str, str], Any]] = []  # version, what it changed, when it was said
    version = 1
    # the order of the ledger: waiting ones after the creation, in the order they came in
    later = [each for each in heard if not each.create]
    order = sorted(later, key=lambda each: (each.heard_at > made.heard_at, each.heard_at, each.id))
    for each in order:
        base = min(each.base or version, version)
        since: dict[str, Any] = {}
        for number, changed, at in changes:
            if number > base:
                for key in changed:
                    since[key] = max(at, since.get(key, at))
        take = {
            key: text
            for key, text in each.said.items()
            if values.get(key, "") != text
            and not (base < version and key in since and since[key] > each.said_at)
        }
        if take:
            version += 1
            changes.append((version, take, each.said_at))
            values = {key: text for key, text in {**values, **take}.items() if text}
        assert each.made == version
    return values
