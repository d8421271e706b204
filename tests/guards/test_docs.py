"""Documents that fail the build: every command, setting, refusal, verb and pack key is described, and nothing else is."""

import ast
import subprocess
import sys

import pytest

from guatu.kernel.verbs import VERBS
from scripts import reference
from tests.guards.tree import ROOT, nothing, sources, texts

pytestmark = pytest.mark.tree


def undescribed(names: set[str], documents: dict[str, str]) -> list[str]:
    """Names that no document mentions between back-ticks or in a block."""
    everything = "\n".join(documents.values())
    return sorted(name for name in names if name not in everything)


def test_reference_pages_are_what_the_code_says():
    # in a process of its own: tests declare refusals and verbs for themselves
    command = [sys.executable, str(ROOT / "scripts" / "reference.py"), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert not done.stderr, done.stderr
    nothing(done.stdout.split("\n")[:-1])


def test_every_setting_is_described_and_every_described_setting_is_read():
    assert reference.variables() == set(reference.SETTINGS)


def unspoken(recorded: dict[str, list[str]], words: dict[str, tuple[str, str]]) -> list[str]:
    """Verbs that the story of a record would show raw."""
    return [f"{verb} ({places[0]}) has no words" for verb, places in recorded.items() if verb not in words]


def test_every_verb_has_words_for_the_story():
    reference.load_everything()
    nothing(unspoken(reference.verbs(), VERBS))


def test_every_verb_is_described():
    nothing(undescribed(set(reference.verbs()) | set(VERBS), texts(".md", under="docs")))


def pack_keys(files: dict[str, str]) -> set[str]:
    """Keys of pack.toml and columns of a pack's tables, as the reading of packs declares them."""
    calls = [
        node for text in files.values() for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)
    ]
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in {"Key", "Column"}
        if call.args and isinstance(call.args[0], ast.Constant)
    }


def test_every_pack_key_is_described():
    keys = pack_keys(sources("guatu/packs"))
    assert len(keys) > 20, "the reading of packs declares its keys in another way: mend this guard"
    nothing(undescribed({f"`{key}`" for key in keys}, texts(".md", under="docs")))


def test_planted_names_are_missed():
    assert unspoken({"case.lost": ["a.py: lose"]}, {"case.opened": ("", "")}) == [
        "case.lost (a.py: lose) has no words"
    ]
    assert pack_keys({"a.py": "KEYS = (Key('opens_on', 'day'), Column('areas', ('区域',)))"}) == {
        "opens_on",
        "areas",
    }
    assert undescribed({"case.opened", "case.lost"}, {"a.md": "`case.opened`"}) == ["case.lost"]
