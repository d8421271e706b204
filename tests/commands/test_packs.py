"""Packs and people at the terminal: check, compare, apply, begin a new one; the first administrator."""

import json
import stat
from pathlib import Path

import pytest

from guatu.commands import packs
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.places.acts import load_areas
from guatu.units.models import Person
from tests.cast import Cast


@pytest.fixture
def fresh(command, tmp_path) -> str:
    """A small pack just begun, by its path."""
    assert command("pack", "new", "trial", "--in", str(tmp_path), "--title", "试办").exit_code == 0
    return str(tmp_path / "trial")


@pytest.fixture
def areas(db: None) -> None:
    from guatu.kernel.acts import SYSTEM

    load_areas(by=SYSTEM)


def test_a_new_pack_is_sound_and_is_applied_once(areas, fresh, command, said):
    assert said("pack", "check", fresh)["sound"]
    assert command("pack", "diff", fresh).exit_code == 1
    applied = said("pack", "apply", fresh)
    assert applied["changes"]
    again = said("pack", "apply", fresh)
    assert again["changes"] == []
    assert command("pack", "diff", fresh).exit_code == 0
    assert isinstance(said("pack", "figures", fresh), list)


def test_a_mistake_is_named_with_its_place_and_its_remedy(fresh, command, said):
    units = Path(fresh) / "units.csv"
    units.write_text(units.read_text(encoding="utf-8").replace("310114", "999999"), encoding="utf-8")
    result = command("pack", "check", fresh)
    assert result.exit_code == 1
    assert "units.csv" in result.output
    assert not said("pack", "check", fresh)["sound"]
    assert isinstance(command("pack", "apply", fresh).exception, Problem)


def test_a_name_that_is_no_pack_lists_those_there_are(command):
    refused = command("pack", "check", "nothing").exception
    assert isinstance(refused, Problem)
    assert "jiading-2021" in refused.next_step()
    assert "jiading-2021" in command("pack", "list").output


def test_the_demo_is_filled_once_with_accounts_of_its_own(
    areas, fresh, settings, tmp_path, monkeypatch, capsys
):
    posts = Path(fresh) / "posts.csv"
    lines = posts.read_text(encoding="utf-8").splitlines()
    posts.write_text(
        "\n".join([lines[0] + ",demo", *(line + ",是" for line in lines[1:])]) + "\n", encoding="utf-8"
    )
    settings.GUATU_HOME = tmp_path
    monkeypatch.setattr(packs, "DEMO_PACK", fresh)
    monkeypatch.setattr(
        "guatu.packs.sampling.enter_sample", lambda **_: 0
    )  # this small pack brings no records
    try:
        packs.fill_demo()
        note = tmp_path / "demo.json"
        assert stat.S_IMODE(note.stat().st_mode) == 0o600
        written = json.loads(note.read_text(encoding="utf-8"))
        person = Person.objects.get(username=written["accounts"][0]["username"])
        assert person.check_password(written["password"])
        packs.fill_demo()
        assert json.loads(note.read_text(encoding="utf-8")) == written, "a filled store is left alone"
        packs.say_accounts()
        assert written["password"] in capsys.readouterr().out
    finally:
        clock.set_store(None)


def test_the_first_administrator(cast: Cast, command):
    made = command(
        "user",
        "add",
        "root1",
        "--name",
        "管理员",
        "--role",
        "admin",
        "--everywhere",
        "--password",
        "纸短情长-2021-挂图",
    )
    assert made.exit_code == 0, made.output
    person = Person.objects.get(username="root1")
    assert person.scope.may("settings.edit")
    assert person.check_password("纸短情长-2021-挂图")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nanxiang", "--name", "又一个", "--password", "纸短情长-2021-挂图"), "person.username_taken"),
        (("weak1", "--name", "弱", "--password", "12345678"), "person.weak_password"),
    ],
)
def test_a_person_that_cannot_be_added_is_refused(cast: Cast, command, arguments, code):
    refused = command("user", "add", *arguments).exception
    assert isinstance(refused, Problem)
    assert refused.code == code


def test_a_post_covers_something(cast: Cast, command):
    result = command(
        "user", "add", "some1", "--name", "某", "--role", "street", "--password", "纸短情长-2021-挂图"
    )
    assert result.exit_code == 2
    assert "covers something" in result.output
