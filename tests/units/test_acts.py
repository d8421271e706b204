"""Units, people, posts, contracts, tokens: it works; then every refusal."""

import datetime as dt

import pytest

from guatu.figures.models import FactRow
from guatu.files import acts as files
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act, SightLog
from guatu.kernel.problems import Problem
from guatu.places import acts as places
from guatu.units import acts, reads
from guatu.units.models import Contract, Person, Post, Unit

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 9, 16)


def code_of(act, **kwargs):
    with pytest.raises(Problem) as caught:
        act(**kwargs)
    return caught.value.code


# ------------------------------------------------------------------------------------------------ units


def test_a_unit_below_another(cast):
    unit = acts.add_unit(by=cast.jinbo, code="lrj2", name="绿化所", parent=cast.units["lrj"], area="南翔镇")
    assert (unit.path, unit.area, unit.home) == ("jd/lrj/lrj2/", "310114102", "310114102")
    acts.edit_unit(by=cast.jinbo, unit=unit, changes={"short_name": "所", "area": ""}, version=1)
    assert unit.version == 2
    assert acts.edit_unit(by=cast.jinbo, unit=unit, changes={"short_name": "所"}).version == 2
    acts.edit_unit(by=cast.jinbo, unit=unit, changes={"active": False})
    assert Act.objects.filter(verb="unit.edited").count() == 2


def test_units_that_are_refused(cast):
    add = {"by": cast.jinbo, "code": "x", "name": "x", "parent": cast.units["jd"]}
    assert code_of(acts.add_unit, **{**add, "name": " "}) == "unit.no_name"
    assert code_of(acts.add_unit, **{**add, "code": "X Y"}) == "unit.bad_code"
    assert code_of(acts.add_unit, **{**add, "code": "lrj"}) == "unit.code_taken"
    assert code_of(acts.add_unit, **{**add, "area": "火星"}) == "place.unknown_area"
    assert code_of(acts.add_unit, **{**add, "by": cast.nanxiang}) == "access.denied"
    lrj = cast.units["lrj"]
    assert code_of(acts.edit_unit, by=cast.jinbo, unit=lrj, changes={"active": False}) == "unit.has_people"
    lrj.refresh_from_db()
    assert code_of(acts.edit_unit, by=cast.jinbo, unit=lrj, changes={"name": ""}) == "unit.no_name"
    assert code_of(acts.edit_unit, by=cast.jinbo, unit=lrj, changes={}, version=7) == "kernel.stale"
    with pytest.raises(KeyError):
        acts.edit_unit(by=cast.jinbo, unit=lrj, changes={"path": "x"})


# ----------------------------------------------------------------------------------------------- people


def test_a_person_with_a_sealed_number(cast):
    person = acts.add_person(
        by=cast.jinbo,
        username="lisi",
        name="李四",
        unit=cast.units["lrj"],
        phone="138-0000-1234",
        password="long enough 2021",
    )
    assert b"13800001234" not in bytes(person.phone_sealed)
    assert person.check_password("long enough 2021")
    assert "1380000" not in str(Act.objects.get(verb="person.added").details)
    assert acts.reveal_phone(by=person, person=person, reason="") == "13800001234"
    assert SightLog.objects.count() == 0
    assert acts.reveal_phone(by=cast.jinbo, person=person, reason="通知参加演练") == "13800001234"
    assert SightLog.objects.get().reason == "通知参加演练"
    assert code_of(acts.reveal_phone, by=cast.jinbo, person=person, reason=" ") == "person.no_reason"
    assert code_of(acts.reveal_phone, by=cast.hecha, person=person, reason="通知参加演练") == "access.denied"


def test_people_that_are_refused(cast):
    add = {"by": cast.jinbo, "username": "lisi", "name": "李四", "unit": cast.units["lrj"]}
    assert code_of(acts.add_person, **{**add, "by": cast.nanxiang}) == "access.denied"
    assert code_of(acts.add_person, **{**add, "name": " "}) == "unit.no_name"
    assert code_of(acts.add_person, **{**add, "username": "a b"}) == "person.bad_username"
    assert code_of(acts.add_person, **{**add, "username": "JINBO"}) == "person.username_taken"
    assert code_of(acts.add_person, **add, phone="没有") == "person.bad_phone"
    assert code_of(acts.add_person, **add, password="12345") == "person.weak_password"


def test_editing_people(cast):
    person = cast.lvrong
    acts.edit_person(by=cast.jinbo, person=person, changes={"duty_title": " 科长 "}, phone="12345", version=1)
    assert (person.duty_title, person.version) == ("科长", 2)
    acts.edit_person(by=person, person=person, changes={"language": "en"})
    assert code_of(acts.edit_person, by=person, person=person, changes={"name": "我"}) == "access.denied"
    assert code_of(acts.edit_person, by=cast.jinbo, person=person, changes={}, version=1) == "kernel.stale"
    assert code_of(acts.edit_person, by=cast.jinbo, person=person, changes={"name": " "}) == "unit.no_name"
    with pytest.raises(KeyError):
        acts.edit_person(by=cast.jinbo, person=person, changes={"username": "x"})


def test_passwords_and_accounts(cast):
    person = cast.xuncha
    acts.set_password(by=person, person=person, password="another long one 1")
    acts.set_password(by=cast.jinbo, person=person, password="another long one 2")
    assert (
        code_of(acts.set_password, by=cast.hecha, person=person, password="another long one 3")
        == "access.denied"
    )
    assert code_of(acts.set_password, by=person, person=person, password="short") == "person.weak_password"
    assert code_of(acts.deactivate, by=cast.jinbo, person=person) == "person.has_contracts"
    assert code_of(acts.deactivate, by=cast.jinbo, person=cast.jinbo) == "person.self"
    acts.deactivate(by=cast.jinbo, person=cast.hecha)
    assert (
        code_of(acts.set_password, by=cast.jinbo, person=cast.hecha, password="another long one 4")
        == "person.inactive"
    )
    acts.reactivate(by=cast.jinbo, person=cast.hecha)
    assert acts.reactivate(by=cast.jinbo, person=cast.hecha).is_active


# ------------------------------------------------------------------------------------------------ posts


def test_a_post_gives_rights_until_it_ends(cast):
    person = cast.passer_by
    person.unit = cast.units["nxz"]
    person.save()
    post = acts.give_post(by=cast.jinbo, person=person, role="street", areas=["南翔镇"], units=["jd/nxz/"])
    assert Person.objects.get(id=person.id).scope.allows("place.edit", area="310114102001")
    acts.end_post(by=cast.jinbo, post=post)
    assert not Person.objects.get(id=person.id).scope.may("place.edit")
    assert post.to_day == TODAY - dt.timedelta(days=1)
    late = acts.give_post(by=cast.jinbo, person=person, role="street", areas=["南翔镇"], from_day=TODAY)
    acts.end_post(by=cast.jinbo, post=late, on=TODAY - dt.timedelta(days=9))
    assert late.to_day < late.from_day


def test_posts_that_are_refused(cast):
    give = {"by": cast.jinbo, "person": cast.lvrong, "role": "street"}
    assert code_of(acts.give_post, **{**give, "role": "king"}) == "post.unknown_role"
    assert code_of(acts.give_post, **give) == "post.nowhere"
    assert code_of(acts.give_post, **give, areas=["火星"]) == "place.unknown_area"
    assert code_of(acts.give_post, **give, areas=[""]) == "post.beyond"
    assert code_of(acts.give_post, **give, areas=["31"]) == "post.beyond"
    assert code_of(acts.give_post, **give, units=["zz/"]) == "unit.unknown"
    assert code_of(acts.give_post, **{**give, "role": "admin"}, areas=["310114"]) == "access.denied"
    days = {"from_day": TODAY, "to_day": TODAY - dt.timedelta(days=1)}
    assert code_of(acts.give_post, **give, areas=["310114"], **days) == "post.bad_days"
    assert code_of(acts.give_post, **{**give, "by": cast.nanxiang}, areas=["310114102"]) == "access.denied"
    cast.lvrong.is_active = False
    assert code_of(acts.give_post, **give, areas=["310114"]) == "person.inactive"
    far = acts.add_unit(by=SYSTEM, code="far", name="远", area="")
    office = acts.add_person(by=SYSTEM, username="only", name="甲", unit=cast.units["jd"])
    acts.give_post(by=SYSTEM, person=office, role="office", areas=["310114"])
    fresh = Person.objects.get(id=office.id)
    assert (
        code_of(acts.give_post, by=fresh, person=cast.zhihui, role="street", units=[far.path])
        == "post.beyond"
    )
    places.load_zone(by=SYSTEM, code="all", name="全市", areas=["31"])
    assert (
        code_of(acts.give_post, by=fresh, person=cast.zhihui, role="street", zones=["all"]) == "post.beyond"
    )


# -------------------------------------------------------------------------------------------- contracts


def test_a_contract_from_signing_to_its_end(cast):
    place = cast.places["JD-001"]
    contract = acts.sign_contract(by=cast.jinbo, person=cast.hecha, kind="place", place=place)
    assert (contract.area, contract.from_day) == (place.area, TODAY)
    facts = {row.subject_type: row for row in FactRow.objects.filter(until_position=None)}
    assert facts["contract"].status == "running"
    assert facts["place"].attributes["contracted"] is True
    acts.end_contract(by=cast.jinbo, contract=contract, on=TODAY + dt.timedelta(days=3), version=1)
    assert not contract.ended
    assert acts.expire_contracts() == 0
    with clock.at(dt.datetime(2021, 9, 25, 9, tzinfo=clock.ZONE)):
        assert acts.expire_contracts() == 1
        contract.refresh_from_db()
        assert code_of(acts.end_contract, by=cast.jinbo, contract=contract) == "contract.ended"
    place_facts = FactRow.objects.filter(until_position=None, effective_until=None, subject_type="place")
    assert [row.attributes["contracted"] for row in place_facts] == [False]


def test_contracts_that_are_refused(cast):
    sign = {"by": cast.nanxiang, "person": cast.xuncha, "kind": "village_group", "area": "南翔镇"}
    acts.sign_contract(**sign)
    assert code_of(acts.sign_contract, **sign) == "contract.exists"
    assert code_of(acts.sign_contract, **{**sign, "area": ""}) == "contract.nothing"
    assert code_of(acts.sign_contract, **{**sign, "kind": "moon"}) == "contract.unknown_kind"
    assert code_of(acts.sign_contract, **{**sign, "area": "江桥镇"}) == "access.denied"
    assert (
        code_of(acts.sign_contract, **{**sign, "kind": "grid"}, to_day=TODAY - dt.timedelta(days=1))
        == "post.bad_days"
    )
    place = cast.places["NX-002"]
    assert (
        code_of(acts.sign_contract, by=cast.nanxiang, person=cast.xuncha, kind="block", place=place)
        == "contract.exists"
    )
    place.withdrawn = True
    assert (
        code_of(acts.sign_contract, by=cast.nanxiang, person=cast.nanxiang, kind="block", place=place)
        == "place.withdrawn"
    )
    cast.xuncha.is_active = False
    assert code_of(acts.sign_contract, **{**sign, "kind": "grid"}) == "person.inactive"
    running = Contract.objects.filter(place=cast.places["NX-001"]).get()
    assert code_of(acts.end_contract, by=cast.nanxiang, contract=running, version=9) == "kernel.stale"
    assert code_of(acts.end_contract, by=cast.jiangqiao, contract=running) == "access.denied"
    early = dt.date(2020, 1, 1)
    assert code_of(acts.end_contract, by=cast.nanxiang, contract=running, on=early) == "post.bad_days"


# ----------------------------------------------------------------------------------------------- tokens


def test_tokens(cast):
    token, text = acts.make_token(by=cast.nanxiang, person=cast.nanxiang, name="报表")
    assert text not in str(Act.objects.get(verb="token.made").details)
    assert reads.token_of(text) == token
    assert reads.token_of(text + "x") is None
    acts.note_use(token)
    token.refresh_from_db()
    used = token.used_at
    acts.note_use(token)
    token.refresh_from_db()
    assert token.used_at == used
    with clock.at(dt.datetime(2023, 1, 1, tzinfo=clock.ZONE)):
        assert reads.token_of(text) is None
    assert code_of(acts.make_token, by=cast.nanxiang, person=cast.jinbo, name="x") == "access.denied"
    assert code_of(acts.make_token, by=cast.nanxiang, person=cast.nanxiang, name=" ") == "unit.no_name"
    assert code_of(acts.withdraw_token, by=cast.jiangqiao, token=token) == "access.denied"
    acts.withdraw_token(by=cast.nanxiang, token=token)
    assert reads.token_of(text) is None
    ever, text = acts.make_token(by=cast.jinbo, person=cast.lvrong, name="长期", days=None)
    assert reads.token_of(text) == ever
    cast.lvrong.is_active = False
    cast.lvrong.save()
    assert reads.token_of(text) is None
    assert code_of(acts.make_token, by=cast.jinbo, person=cast.lvrong, name="x") == "person.inactive"


# ---------------------------------------------------------------------------------------------- imports


def bring(by, kind, text):
    return files.import_file(by=by, kind=kind, path=text.encode(), name=f"{kind}.csv")


def codes_of(run):
    return {(error["line"], error["code"]) for error in run.errors}


def test_units_from_a_table_and_back(cast):
    text = "代码,名称,简称,类别,上级,区域\nnew,新局,新,委办局,jd,嘉定区\nsub,新所,,,new,\n"
    run = bring(cast.jinbo, "unit", text)
    assert (run.totals["new"], Unit.objects.get(code="sub").path) == (2, "jd/new/sub/")
    assert bring(cast.jinbo, "unit", text).totals["same"] == 2
    changed = bring(cast.jinbo, "unit", text.replace("新所", "新新所"))
    assert changed.totals["changed"] == 1
    files.undo_import(by=cast.jinbo, run=changed)
    assert Unit.objects.get(code="sub").name == "新所"
    Unit.objects.filter(code="sub").update(version=1)
    files.undo_import(by=cast.jinbo, run=run)
    assert not Unit.objects.filter(code__in=["new", "sub"]).exists()


def test_units_in_use_are_not_taken_back(cast):
    run = bring(cast.jinbo, "unit", "代码,名称,上级\nnew,新局,jd\n")
    acts.add_person(by=cast.jinbo, username="lisi", name="李四", unit=Unit.objects.get(code="new"))
    assert code_of(files.undo_import, by=cast.jinbo, run=run) == "import.built_on"


def test_wrong_units(cast):
    run = bring(
        cast.jinbo,
        "unit",
        "代码,名称,类别,上级,区域\n绿,x,,jd,\na,x,月亮,jd,\nb,x,,zz,\nc,x,,jd,火星\nd,x,,,\n",
    )
    assert codes_of(run) == {
        (2, "unit.bad_code"), (3, "import.not_a_choice"), (4, "unit.unknown"), (5, "place.unknown_area"), (6, "access.denied"),
    }  # fmt: skip


def test_people_from_a_table_and_back(cast):
    text = "用户名,姓名,单位,职务,电话,角色,负责区域\nlisi,李四,绿容局,科员,13812345678,街镇,南翔镇、江桥镇\nwu,吴五,lrj,,,牵头、协同单位,\n"
    run = bring(cast.jinbo, "person", text)
    assert run.totals["new"] == 2
    assert Post.objects.get(person__username="lisi").areas == ["310114102", "310114118"]
    assert Post.objects.get(person__username="wu").units == ["jd/lrj/"]
    assert bring(cast.jinbo, "person", text).totals["same"] == 2
    other = bring(cast.jinbo, "person", text.replace("13812345678", "13999999999"))
    assert other.totals["changed"] == 1
    files.undo_import(by=cast.jinbo, run=other)
    lisi = Person.objects.get(username="lisi")
    assert acts.reveal_phone(by=lisi, person=lisi, reason="") == "13812345678"
    Person.objects.filter(username="lisi").update(version=1)
    files.undo_import(by=cast.jinbo, run=run)
    assert not Person.objects.filter(username__in=["lisi", "wu"]).exists()


def test_wrong_people(cast):
    run = bring(
        cast.jinbo, "person",
        "用户名,姓名,单位,电话,角色,负责区域\na b,x,lrj,,,\nc,x,lrj,没有,,\nd,x,火星局,,,\ne,x,lrj,,系统管理,嘉定区\n"
        "f,x,lrj,,街镇,火星\ng,x,lrj,,街镇,上海市\nh,x,,,,\ni,x,lrj,,国王,\n",
    )  # fmt: skip
    found = codes_of(run)
    assert {
        (2, "person.bad_username"), (3, "person.bad_phone"), (4, "unit.unknown"), (5, "access.denied"), (6, "place.unknown_area"),
        (7, "post.beyond"), (8, "access.denied"), (9, "import.not_a_choice"),
    } <= found  # fmt: skip


def test_contracts_from_a_table_and_back(cast):
    text = "责任人,包干类别,点位编号,区域,开始日期\nnanxiang,街区包干,NX-002,,2021-09-01\n江桥镇,网格长,,江桥镇,\n"
    run = bring(cast.jinbo, "contract", text)
    assert run.totals["new"] == 2
    assert bring(cast.jinbo, "contract", text).totals["same"] == 2
    files.undo_import(by=cast.jinbo, run=run)
    assert Contract.objects.count() == 3
    run = bring(cast.jinbo, "contract", text)
    acts.end_contract(by=cast.jinbo, contract=Contract.objects.get(kind="grid"))
    assert code_of(files.undo_import, by=cast.jinbo, run=run) == "import.built_on"


def test_wrong_contracts(cast):
    run = bring(
        cast.nanxiang, "contract",
        "责任人,包干类别,点位编号,区域,开始日期,结束日期\nnanxiang,,XX,,,\n无名氏,,NX-001,,,\nnanxiang,月亮,NX-001,,,\nnanxiang,,,,,\n"
        "nanxiang,,,火星,,\nnanxiang,,,江桥镇,,\nnanxiang,,NX-001,,2021-09-02,2021-09-01\n",
    )  # fmt: skip
    assert codes_of(run) == {
        (2, "contract.unknown_place"), (3, "person.unknown"), (4, "import.not_a_choice"), (5, "contract.nothing"),
        (6, "place.unknown_area"), (7, "access.denied"), (8, "post.bad_days"),
    }  # fmt: skip


def test_the_hourly_job_ends_what_ran_out(cast, run_jobs):
    from guatu.units.jobs import end_expired_contracts

    Contract.objects.update(to_day=TODAY - dt.timedelta(days=1))
    end_expired_contracts.enqueue()
    run_jobs()
    assert not Contract.objects.filter(ended=False).exists()
    assert Act.objects.filter(verb="contract.expired").count() == 3
