"""Applying a pack: once, twice, changed, refused, by whom; a pack of a place nobody has shipped."""

import datetime as dt

import openpyxl
import pytest

from guatu.campaigns.models import Campaign
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.packs.applying import apply_pack, begins, compare
from guatu.packs.reading import read_pack
from guatu.packs.reads import campaign_of, figures, one, shelved
from guatu.packs.sampling import enter_sample
from guatu.packs.scaffold import new_pack
from guatu.places.models import Area
from guatu.tasks.models import Task
from guatu.units.models import Person, Unit
from tests.cast import assemble

pytestmark = pytest.mark.django_db


@pytest.fixture
def applied(small):
    return apply_pack(by=SYSTEM, pack=read_pack(small))


def test_a_pack_lays_down_a_whole_campaign(applied):
    campaign = applied.campaign
    assert (campaign.code, campaign.pack) == ("small-2021", "small-2021")
    assert campaign.bodies.count() == 3
    assert Task.objects.filter(campaign=campaign).count() == 2
    assert Unit.objects.filter(code__in=["office", "street"]).count() == 2
    person = Person.objects.get(username="small-2021-office")
    assert not person.has_usable_password()
    assert person.scope.allows("task.plan", area="310114102")
    assert {figure["key"]: figure["value"] for figure in figures(campaign)}["tasks_listed"] == 2


def test_twice_changes_nothing(applied, small):
    before = Act.objects.count()
    again = apply_pack(by=SYSTEM, pack=read_pack(small))
    assert (again.made, Act.objects.count()) == ([], before)


def test_a_changed_pack_changes_just_that(applied, small):
    for file, old, new in (
        ("organisation.toml", "市容环境组", "市容保障组"),
        ("units.csv", "示例街道,示例街道", "示例街道办,示例街道"),
        ("indicators.toml", 'zh = "任务"', 'zh = "全部任务"'),
    ):
        path = small / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    book = openpyxl.load_workbook(small / "tasks.xlsx")
    book.active["D2"] = book.active["D3"] = "市容保障组"
    book.active["F3"] = "2021-11-30"
    book.save(small / "tasks.xlsx")
    pack = read_pack(small)
    wanted = {
        ("units", "street", "changed"), ("bodies", "environment", "changed"), ("indicators", "tasks_listed", "changed"),
        ("tasks", "tasks.xlsx", "changed"),
    }  # fmt: skip
    assert {(c.section, c.key, c.outcome) for c in compare(by=SYSTEM, pack=pack).made} == wanted
    assert {(c.section, c.key, c.outcome) for c in apply_pack(by=SYSTEM, pack=pack).made} == wanted
    assert Task.objects.get(number="RW-002").due_on == dt.date(2021, 11, 30)


def test_comparing_writes_nothing(small):
    report = compare(by=SYSTEM, pack=read_pack(small))
    assert report.counts()["tasks"] == {"added": 2, "changed": 0, "same": 0}
    assert not Campaign.objects.exists()
    assert not Act.objects.exists()


def test_what_the_office_added_beside_the_pack_stays(applied, small):
    campaign = applied.campaign
    Campaign.objects.filter(id=campaign.id).update(settings={**campaign.settings, "own": 1})
    assert apply_pack(by=SYSTEM, pack=read_pack(small)).made == []
    campaign.refresh_from_db()
    assert campaign.settings["own"] == 1


def test_a_campaign_of_another_pack_is_not_taken_over(applied, small, tmp_path):
    other = new_pack(tmp_path / "more", "other-2021")
    path = other / "pack.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('code = "other-2021"', 'code = "small-2021"'),
        encoding="utf-8",
    )
    with pytest.raises(Problem) as refused:
        apply_pack(by=SYSTEM, pack=read_pack(other))
    assert refused.value.code == "pack.other_campaign"


def test_a_pack_brings_its_own_areas(tmp_path):
    """A city that is not shipped: its districts and streets come with the pack."""
    folder = new_pack(tmp_path, "hangzhou-2022", area="330106")
    (folder / "areas.csv").write_text(
        "code,name,name_en\n33,浙江省,Zhejiang\n3301,杭州市,Hangzhou\n330106,西湖区,Xihu\n330106001,北山街道,Beishan\n",
        encoding="utf-8",
    )
    pack = read_pack(folder)
    assert list(pack.faults) == []
    report = apply_pack(by=SYSTEM, pack=pack)
    assert Area.objects.get(code="330106001").parent == "330106"
    assert report.campaign.area == "330106"
    assert apply_pack(by=SYSTEM, pack=read_pack(folder)).made == []


def test_a_refusal_leaves_nothing_behind(small):
    (small / "posts.csv").write_text(
        "username,name,unit,role,title,areas\n坏 名,办公室,office,office,,310114\n", encoding="utf-8"
    )
    with pytest.raises(Problem) as refused:
        apply_pack(by=SYSTEM, pack=read_pack(small))
    assert refused.value.code == "person.bad_username"
    assert not Unit.objects.exists()


def test_only_who_may_apply_does(small):
    cast = assemble()
    for act in (apply_pack, compare):
        with pytest.raises(Problem) as refused:
            act(by=cast.nanxiang, pack=read_pack(small))
        assert refused.value.code == "access.denied"
    report = apply_pack(by=cast.jinbo, pack=read_pack(small))
    assert Act.objects.get(verb="campaign.founded", subject_id=str(report.campaign.id)).by_id == cast.jinbo.id


def test_reads_ask_for_the_right(small):
    cast = assemble()
    for read in (lambda: shelved(cast.nanxiang.scope), lambda: one(cast.nanxiang.scope, "jiading-2021")):
        with pytest.raises(Problem) as refused:
            read()
        assert refused.value.code == "access.denied"
    assert one(cast.jinbo.scope, "jiading-2021").errors == 0
    with pytest.raises(Problem):
        one(cast.jinbo.scope, "nothing-here")


def test_a_campaign_is_found_by_pack_path_or_code(applied, small):
    assert campaign_of("small-2021") == applied.campaign
    assert campaign_of(str(small)) == applied.campaign
    with pytest.raises(Problem) as refused:
        campaign_of("jiading-2021")
    assert refused.value.code == "pack.not_applied"


def test_the_world_of_a_pack_begins_with_its_first_day(small):
    pack = read_pack(small)
    assert begins(pack) == clock.now()
    pack.as_of = clock.now() - dt.timedelta(days=10)
    assert begins(pack) <= pack.as_of


def test_a_pack_without_sample_says_so(applied):
    with pytest.raises(Problem) as refused:
        enter_sample(by=SYSTEM, report=applied)
    assert refused.value.code == "pack.no_sample"


def test_a_sample_that_cannot_go_on_names_its_line_and_leaves_nothing(small):
    (small / "sample").mkdir()
    (small / "sample" / "task_steps.csv").write_text(
        "at,task,step,by,note\n2021-09-15 09:00,RW-001,start,small-2021-office,\n2021-09-15 10:00,RW-001,accept,small-2021-office,\n",
        encoding="utf-8",
    )
    pack = read_pack(small)
    assert pack.faults.errors == []
    report = apply_pack(by=SYSTEM, pack=pack)
    with pytest.raises(Problem) as refused:
        enter_sample(by=SYSTEM, report=report)
    assert refused.value.code == "pack.sample_failed"
    assert (refused.value.details["file"], refused.value.details["line"]) == ("sample/task_steps.csv", 3)
    assert Task.objects.get(number="RW-001").status == "planned"


@pytest.mark.parametrize("name", ["", "Jiading", "a b", "嘉定", "-x"])
def test_a_pack_needs_a_plain_name(tmp_path, name):
    with pytest.raises(Problem) as refused:
        new_pack(tmp_path, name)
    assert refused.value.code == "pack.bad_name"


def test_a_new_pack_does_not_write_over_another(small):
    with pytest.raises(Problem) as refused:
        new_pack(small.parent, "small-2021")
    assert refused.value.code == "pack.exists"
