"""The workshop's own tools: the wheel's hook, the front end's stamp, the throw-away PostgreSQL, CI's single line."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts import front, postgres
from scripts.wheel_hook import MISSING, WheelHook, compile_catalogues

pytestmark = pytest.mark.tree

ROOT = Path(__file__).resolve().parents[2]


def hook(root: Path) -> WheelHook:
    return WheelHook(str(root), {}, None, None, str(root), "wheel")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    words = tmp_path / "guatu" / "x" / "locale" / "en" / "LC_MESSAGES"
    words.mkdir(parents=True)
    (words / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "逾期"\nmsgstr "late"\n'
    )
    return tmp_path


def test_there_is_no_wheel_without_a_front_end(checkout):
    with pytest.raises(SystemExit) as refused:
        hook(checkout).initialize("standard", {"force_include": {}})
    assert str(refused.value) == MISSING


def test_a_wheel_brings_words_and_packs_along(checkout):
    built = checkout / "guatu" / "kit" / "static" / "built"
    built.mkdir(parents=True)
    (built / "elements.js").write_text("")
    data: dict = {"force_include": {}}
    hook(checkout).initialize("standard", data)
    assert data["force_include"] == {str(checkout / "packs"): "guatu/packs_library"}
    assert list(checkout.rglob("*.mo"))


def test_an_editable_install_needs_neither(checkout):
    hook(checkout).initialize("editable", {"force_include": {}})
    assert not list(checkout.rglob("*.mo"))


def test_catalogues_are_readable_by_gettext(checkout):
    import gettext

    (made,) = compile_catalogues(checkout)
    with made.open("rb") as catalogue:
        assert gettext.GNUTranslations(catalogue).gettext("逾期") == "late"


def test_the_front_end_is_built_again_when_a_source_changes(tmp_path, monkeypatch):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.ts").write_text("1")
    (tmp_path / "node_modules").mkdir()
    monkeypatch.setattr(front, "FRONT", tmp_path)
    before = front.sources_hash()
    (tmp_path / "node_modules" / "noise.js").write_text("x")
    assert front.sources_hash() == before
    (tmp_path / "src" / "a.ts").write_text("2")
    assert front.sources_hash() != before


def test_a_server_you_name_is_used_and_left_alone(monkeypatch):
    monkeypatch.setenv(postgres.VARIABLE, "postgresql://somebody@127.0.0.1/x")
    code = "import os, sys; sys.exit(os.environ['GUATU_TEST_DATABASE_URL'] != 'postgresql://somebody@127.0.0.1/x')"
    assert postgres.main([sys.executable, "-c", code]) == 0


@pytest.mark.slow  # makes and removes a whole cluster
def test_a_cluster_is_made_for_one_command_and_removed():
    environment = {name: value for name, value in os.environ.items() if name != postgres.VARIABLE}
    code = (
        "import os, psycopg; c = psycopg.connect(os.environ['GUATU_TEST_DATABASE_URL']);"
        "print(c.execute('show data_directory').fetchone()[0]); raise SystemExit(3)"
    )
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "postgres.py"), "--", sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 3, done.stderr
    assert not Path(done.stdout.strip()).exists()


def test_ci_is_make_test_and_nothing_less():
    lines = [
        line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")
    ]
    assert lines[-1] == "exec make test </dev/null"


@pytest.mark.slow  # builds the wheel
def test_the_wheel_holds_pages_words_packs_and_the_front_end(tmp_path):
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    for part in (
        "guatu/kit/static/built/elements.js",
        "guatu/kit/templates/kit/base.html",
        "guatu/kit/locale/en/LC_MESSAGES/django.mo",
        "guatu/packs_library/jiading-2021/pack.toml",
        "guatu/kernel/reference/cn_workdays_2018_2026.csv",
    ):
        assert part in names, part
    assert not [name for name in names if name.startswith(("tests/", "front/", "scripts/"))]
