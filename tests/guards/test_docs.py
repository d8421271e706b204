"""Documents that fail the build: every command, setting, refusal, verb and pack key is described, and nothing else is."""

import pytest

from scripts import reference
from tests.guards.tree import nothing, texts

pytestmark = pytest.mark.tree


def undescribed(names: set[str], documents: dict[str, str]) -> list[str]:
    """Names that no document mentions between back-ticks or in a block."""
    everything = "\n".join(documents.values())
    return sorted(name for name in names if name not in everything)


def test_reference_pages_are_what_the_code_says():
    nothing(reference.stale())


def test_every_setting_is_described_and_every_described_setting_is_read():
    assert reference.variables() == set(reference.SETTINGS)


def test_every_verb_is_described():
    nothing(undescribed(set(reference.verbs()), texts(".md", under="docs")))


def test_planted_names_are_missed():
    assert undescribed({"case.opened", "case.lost"}, {"a.md": "`case.opened`"}) == ["case.lost"]
