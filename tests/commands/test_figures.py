"""Figures at the terminal: recount proves, trace opens, import brings in, every command helps."""

import datetime as dt

import pytest
from click.testing import CliRunner

from guatu.cli import _WHERE, guatu
from guatu.figures.acts import define_indicators, freeze
from guatu.figures.models import Reading
from guatu.figures.reads import indicators, present_as_of
from guatu.kernel.acts import SYSTEM
from guatu.kernel.problems import Problem
from guatu.places.acts import register_place
from guatu.places.models import Place
from tests.cast import DEHUA, GUYIYUAN, JIANGQIAO, Cast

SHOPS = {
    "key": "shops",
    "title": {"zh": "商铺", "en": "Shops"},
    "kind": "count",
    "of": {"kind": "place", "category": "shop"},
}


@pytest.fixture
def shops(cast: Cast) -> list[Place]:
    define_indicators(by=SYSTEM, campaign=cast.campaign, definitions=[SHOPS])
    return [
        register_place(
            by=SYSTEM,
            name=name,
            kind="shop",
            area=area,
            campaign=cast.campaign,
            opened_on=dt.date(2021, 9, 1),
        )
        for name, area in [("豫园茶楼", GUYIYUAN), ("书店", DEHUA), ("江桥面馆", JIANGQIAO)]
    ]


def frozen(cast: Cast) -> str:
    """The code of the shops' figure, frozen now."""
    found = freeze(
        by=SYSTEM, campaign=cast.campaign, meanings=indicators(cast.campaign), as_of=present_as_of()
    )
    return found[0].figure.code


def test_recount_proves_that_all_is_equal(shops, command, said):
    found = said("recount")
    assert found["equal"]
    assert found["facts"] >= 3
    assert command("recount").exit_code == 0


def test_recount_finds_and_repairs_a_reading_that_was_tampered_with(shops, command, said):
    Reading.objects.filter(area="310114").update(count=99)
    found = said("recount")
    assert not found["equal"]
    assert "99" in found["differences"][0]["kept"]
    assert command("recount").exit_code == 1
    assert command("recount", "--repair").exit_code == 0
    assert said("recount")["equal"]


def test_trace_opens_a_figure_down_to_its_acts(cast, shops, command, said):
    code = frozen(cast)
    found = said("trace", code)
    assert (found["text"], found["same"], found["title"]) == ("3", True, "商铺")
    records = found["parts"]["of"]["records"]
    assert {record["title"] for record in records} >= {"豫园茶楼"}
    assert records[0]["acts"][0]["verb"] == "place.registered"
    assert code in command("trace", code).stdout


def test_trace_withholds_what_the_reader_may_not_open(cast, shops, said):
    code = frozen(cast)
    found = said("trace", code, "--as", "nanxiang")
    assert "江桥面馆" not in str(found)


def test_trace_of_an_unknown_code_is_refused(cast, command):
    result = command("trace", "F-0000")
    assert isinstance(result.exception, Problem)
    assert result.exception.code == "figure.unknown_code"


def test_an_unknown_person_is_refused(cast, command):
    result = command("trace", "F-0000", "--as", "nobody")
    assert result.exit_code == 2
    assert "nobody" in result.output


def test_import_takes_what_is_right_and_names_what_is_wrong(cast, tmp_path, command, said):
    table = tmp_path / "places.csv"
    table.write_text(
        "编号,名称,类别,区域\nS1,茶楼,shop,310114102001\nS2,无处,shop,999999999\n", encoding="utf-8"
    )
    found = said("import", "place", str(table))
    assert found["totals"]["new"] == 1
    assert found["errors"]
    assert Place.objects.filter(number="S1").exists()
    assert command("import", "place", str(table), "--dry-run").exit_code == 1
    assert command("import", "place", str(table), "--map", "nonsense").exit_code == 2


@pytest.mark.parametrize("name", sorted(_WHERE))
def test_every_command_helps_with_an_example(name):
    group = guatu.get_command(None, name)
    names = [[name]] + [[name, each] for each in getattr(group, "commands", {})]
    for words in names[1:] or names:
        result = CliRunner().invoke(guatu, [*words, "--help"])
        assert result.exit_code == 0
        assert "例 · Examples" in result.output, words
