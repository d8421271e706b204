"""Who sees which units, people and contracts; gaps."""

import pytest

from guatu.kernel.problems import Problem
from guatu.units import acts, reads
from guatu.units.models import Person, Post
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def code_of(read, *args, **kwargs):
    with pytest.raises(Problem) as caught:
        read(*args, **kwargs)
    return caught.value.code


def test_the_tree(cast):
    lines = reads.unit_tree(cast.jinbo.scope)
    assert [(line.unit.code, line.depth) for line in lines][:2] == [("jd", 0), ("cgzf", 1)]
    assert {line.unit.code for line in reads.unit_tree(cast.lvrong.scope)} == {"jd", "lrj"}
    assert reads.unit_tree(cast.passer_by.scope, active=False) == []


def test_one_unit(cast):
    assert reads.unit(cast.jinbo.scope, "lrj") == reads.unit(cast.jinbo.scope, cast.units["lrj"].id)
    assert code_of(reads.unit, cast.nanxiang.scope, "jqz") == "access.not_found"
    assert reads.units_seen(cast.nanxiang.scope, [str(cast.units["jqz"].id)]) == {}
    assert reads.find_unit("绿容局") == reads.find_unit("lrj") == reads.find_unit("嘉定区绿化和市容管理局")
    assert code_of(reads.find_unit, "火星") == "unit.unknown"


def test_people_in_sight(cast):
    assert {row.username for row in reads.visible_people(cast.nanxiang.scope)} == {"nanxiang"}
    assert "lvrong" in {row.username for row in reads.visible_people(cast.lvrong.scope)}
    assert [row.username for row in reads.visible_people(cast.passer_by.scope)] == ["passer_by"]
    assert code_of(reads.person, cast.nanxiang.scope, "jiangqiao") == "access.not_found"
    assert reads.person(cast.jinbo.scope, "lvrong") == cast.lvrong
    assert reads.people_seen(cast.jinbo.scope, [str(cast.lvrong.id)]) == {str(cast.lvrong.id): "绿容局"}


def test_finding_people_by_name(cast):
    assert reads.find_person("NANXIANG") == reads.find_person("南翔镇") == cast.nanxiang
    assert code_of(reads.find_person, "无名氏") == "person.unknown"
    Person.objects.create(username="two", name="南翔镇", unit=cast.units["lrj"])
    assert code_of(reads.find_person, "南翔镇") == "person.ambiguous"
    assert reads.find_person("南翔镇", unit=cast.units["nxz"]) == cast.nanxiang


def test_contracts_in_sight(cast):
    assert reads.visible_contracts(cast.jinbo.scope).count() == 3
    assert {row.place.number for row in reads.visible_contracts(cast.nanxiang.scope)} == {"NX-001", "NX-002"}
    assert [row.person for row in reads.who_answers(cast.jinbo.scope, place=cast.places["NX-001"])] == [
        cast.nanxiang
    ]
    acts.sign_contract(by=cast.nanxiang, person=cast.xuncha, kind="grid", area="310114102")
    assert [row.kind for row in reads.who_answers(cast.jinbo.scope, area="310114102")] == ["grid"]
    row = reads.visible_contracts(cast.jinbo.scope).first()
    assert reads.contract(cast.jinbo.scope, row.id) == row
    assert code_of(reads.contract, cast.passer_by.scope, row.id) == "access.not_found"
    assert list(reads.contracts_seen(cast.jinbo.scope, [str(row.id)])) == [str(row.id)]


def test_gaps(cast):
    found = reads.gaps(cast.jinbo.scope, area="310114")
    assert (found.areas, found.all_areas, found.places, found.all_places, found.people) == (2, 2, 1, 4, 0)
    acts.sign_contract(by=cast.jinbo, person=cast.xuncha, kind="village_group", area="310114102001")
    assert [row.code for row in reads.areas_without(cast.jinbo.scope, area="310114")] == ["310114102002"]
    cast.places["JD-001"].area = "310114102001"
    cast.places["JD-001"].save()
    assert reads.gaps(cast.jinbo.scope, area="310114").places == 0  # its neighbourhood is answered for
    assert reads.gaps(cast.jiangqiao.scope, area="310114").all_places == 1
    assert [row.username for row in reads.overloaded(cast.jinbo.scope, most=1)] == ["xuncha"]


def test_rows_for_the_figures(cast, django_assert_num_queries):
    keys = [str(row.id) for row in reads.visible_contracts(cast.jinbo.scope)]
    with django_assert_num_queries(1):
        rows = reads.contract_rows(keys)
    assert {row.unit for row in rows} == {"jd/nxz/", "jd/cgzf/", "jd/jqz/"}


def test_a_street_post_without_a_unit_reaches_its_holders_own(cast: Cast) -> None:
    """A case handed over from another district lies outside the area; it is the unit's own all the same."""
    post = Post.objects.get(person=cast.nanxiang)
    post.units = []
    post.save()
    fresh = Person.objects.get(pk=cast.nanxiang.pk)
    assert fresh.scope.allows("case.handle", area="310112008", units=("jd/nxz/",))
    assert not fresh.scope.allows("case.handle", area="310112008", units=("jd/lrj/",))
    post.role = "verifier"
    post.save()
    assert not Person.objects.get(pk=cast.nanxiang.pk).scope.allows(
        "case.verify", area="310112008", units=("jd/nxz/",)
    )
