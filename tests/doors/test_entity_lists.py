"""Registers as entity lists at the desk: offering, what waits, both sides of a conflict."""

from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from guatu.fieldwork.acts import EnvelopeIn, publish_form, receive_many
from guatu.fieldwork.models import Submission
from guatu.kernel import ids
from guatu.registers import acts
from guatu.registers.models import EntityWord, Entry, Register
from tests.cast import NANXIANG
from tests.registers.conftest import persons, somebody, units  # noqa: F401
from tests.registers.entity_papers import TREES, VISIT, planted, visited

pytestmark = pytest.mark.django_db


@pytest.fixture
def trees(cast) -> Register:
    for source, name in ((TREES, "plant.md"), (VISIT, "visit.md")):
        publish_form(by=cast.jinbo, campaign=cast.campaign, source=source.encode(), file_name=name)
    return Register.objects.get(entity_list="trees")


@pytest.fixture
def send(cast):
    def one(xml: bytes) -> None:
        assert receive_many(envelopes=[EnvelopeIn(xml=xml, by=cast.nanxiang, campaign=cast.campaign)])[
            0
        ].taken

    return one


@pytest.fixture
def torn(trees, send) -> Entry:
    """A tree whose girth two people measured side by side."""
    tree = str(ids.new())
    send(planted("uuid:1", tree))
    send(visited("uuid:2", tree, girth=35))
    send(visited("uuid:3", tree, girth=33, state="差", day="2021-09-15"))
    return Entry.objects.get(id=tree)


def text(answer: Any) -> str:
    return answer.content.decode()


def test_a_register_is_offered_and_withdrawn_again(cast, signed_in, units):  # noqa: F811
    office = signed_in(cast.jinbo)
    address = reverse("desk:register_entities", args=[units.id])
    assert "还没有" not in text(office.get(address))
    answer = office.post(address, {"name": "units", "own": "on", "version": units.version})
    assert answer.status_code == 302
    units.refresh_from_db()
    assert (units.entity_list, units.entity_own, units.entity_approval) == ("units", True, False)
    assert office.post(address, {"name": "places"}).status_code == 422
    assert office.post(address, {"name": "__x"}).status_code == 422
    assert office.post(address, {"name": "units", "version": 0}).status_code == 422
    office.post(address, {"name": ""})
    units.refresh_from_db()
    assert units.entity_list == ""


def test_who_may_not_edit_only_looks(cast, signed_in, trees):
    address = reverse("desk:register_entities", args=[trees.id])
    verifier = signed_in(cast.hecha)
    page = text(verifier.get(address))
    assert "species" in page
    assert "保存" not in page
    assert verifier.post(address, {"name": "x"}).status_code == 403
    assert signed_in(cast.passer_by).get(address).status_code == 404


def test_what_waits_is_listed_entered_or_dropped(cast, signed_in, trees, send):
    first, second = str(ids.new()), str(ids.new())
    send(visited("uuid:8", first, 1, girth=8))
    send(visited("uuid:9", second, 1, girth=9))
    office = signed_in(cast.jinbo)
    page = text(office.get(reverse("desk:register_entities", args=[trees.id])))
    assert page.count("仍然写入") == 2
    assert "等待前一份填报" in page
    words = {str(word.entity_id): word for word in EntityWord.objects.all()}
    office.post(reverse("desk:word_drop", args=[words[first].id]))
    assert not Entry.objects.filter(id=first).exists()
    office.post(reverse("desk:word_enter", args=[words[second].id]))
    assert Entry.objects.get(id=second).fields["girth"] == "9"
    assert (
        signed_in(cast.jiangqiao).post(reverse("desk:word_drop", args=[words[first].id])).status_code == 404
    )


def test_the_entry_tells_which_submission_made_and_changed_it(cast, signed_in, torn):
    page = text(signed_in(cast.jinbo).get(reverse("desk:entry", args=[torn.id])))
    for name in ("uuid:1", "uuid:2", "uuid:3"):
        submission = Submission.objects.get(instance_id=name)
        assert reverse("desk:submission", args=[submission.id]) in page
    assert "同一项被两边修改" in page
    assert "核对并行修改" in page


def test_both_sides_are_shown_and_one_is_chosen(cast, signed_in, torn):
    office = signed_in(cast.jinbo)
    listed = text(office.get(reverse("desk:register", args=[torn.register_id]) + "?conflict=1"))
    assert str(torn.id) in listed
    address = reverse("desk:entry_conflict", args=[torn.id])
    page = text(office.get(address))
    assert "35（现在的）" in page
    assert "33 ·" in page
    assert office.post(address, {"c_girth": "9"}).status_code == 422
    assert office.post(address, {"c_girth": "1", "version": 99}).status_code == 422
    assert office.post(address, {"c_girth": "1", "version": torn.version}).status_code == 302
    torn.refresh_from_db()
    assert (torn.fields["girth"], torn.conflict) == ("33", "")
    assert office.get(address).status_code == 302
    assert str(torn.id) not in text(
        office.get(reverse("desk:register", args=[torn.register_id]) + "?conflict=1")
    )
    assert signed_in(cast.jiangqiao).get(address).status_code == 404


def test_a_soft_conflict_needs_only_a_look(cast, signed_in, trees, send):
    tree = str(ids.new())
    send(planted("uuid:1", tree))
    send(visited("uuid:2", tree, girth=35))
    send(visited("uuid:3", tree, state="差"))
    office = signed_in(cast.nanxiang)
    address = reverse("desk:entry_conflict", args=[tree])
    assert "两边改的是不同的项" in text(office.get(address))
    office.post(address, {})
    assert Entry.objects.get(id=tree).conflict == ""


def test_pages_ask_the_store_the_same_number_of_times(
    cast, signed_in, trees, send, django_assert_max_num_queries
):
    office = signed_in(cast.jinbo)
    for number in range(12):
        send(visited(f"uuid:{number}", str(ids.new()), 1, girth=number))
    office.get(reverse("desk:registers"))
    with django_assert_max_num_queries(25):
        office.get(reverse("desk:register_entities", args=[trees.id]))


def test_a_new_place_for_an_entry_keeps_the_list_apart(cast, trees, send):
    tree = str(ids.new())
    send(planted("uuid:1", tree))
    assert Entry.objects.get(id=UUID(tree)).area == NANXIANG
    assert (
        acts.withdraw_entry(by=cast.jinbo, entry=Entry.objects.get(id=tree), reason="重复").status
        == "withdrawn"
    )
