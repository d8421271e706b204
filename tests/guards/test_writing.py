"""What no tracked file may hold: addresses of registries, paths of a machine, unfinished marks, tests that do not run."""

import re

import pytest

from tests.guards.tree import nothing, texts

pytestmark = pytest.mark.tree

# Written in halves, so that this file does not find itself.
_FORBIDDEN = [
    (re.compile(r"(?:pypi\.o" r"rg|pythonhosted\.o" r"rg|registry\.npm" r"js|npm" r"mirror|/sim" r"ple/)"), "a registry's host"),
    (re.compile(r"(?<![\w.$}/])/(?:wo" r"rk|fa" r"rm|ro" r"ot|ho" r"me/\w+)/[\w.]"), "a path of one machine"),
    (re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b"), "an unfinished mark"),
    (re.compile(r"raise NotImplement" r"ed"), "a stub"),
    (re.compile(r"pytest\.sk" r"ip\(|mark\.sk" r"ip|mark\.xf" r"ail|importor" r"skip|unittest\.sk" r"ip|\b(?:it|test|describe)\.sk" r"ip\("),
     "a test that does not run"),
]  # fmt: skip


def marks(files: dict[str, str]) -> list[str]:
    """One sentence per forbidden mark found."""
    return [
        f"{path}:{number}: {meaning}: {line.strip()[:120]}"
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        for pattern, meaning in _FORBIDDEN
        if pattern.search(line)
    ]


def addresses(files: dict[str, str]) -> list[str]:
    """Locks and registry settings carry no address at all."""
    locks = re.compile(r"(^|/)(requirements[^/]*\.txt|package-lock\.json|[^/]*\.lock|\.npmrc|pip\.conf)$")
    return [
        f"{path}:{number}: an address in a lock file: {line.strip()[:100]}"
        for path, text in files.items()
        if locks.search(path)
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(r"https?://|file:|^\s*(-i|--index-url|--extra-index-url|--find-links|-f)\b", line)
        and '"url": "https://'
        not in line  # npm names where a package asks for money; nothing is fetched from there
    ]


def test_nothing_forbidden_is_written():
    nothing(marks(texts()))


def test_locks_carry_no_address():
    nothing(addresses(texts()))


@pytest.mark.parametrize(
    "line",
    [
        "https://pypi.o" + "rg/x",
        "see /wo" + "rk/main/x",
        "# TO" + "DO later",
        "raise NotImplement" + "edError",
        "@pytest.mark.sk" + "ip",
        "@pytest.mark.xf" + "ail(reason='x')",
    ],
)
def test_a_planted_mark_is_found(line):
    assert len(marks({"planted.py": "fine\n" + line})) == 1


@pytest.mark.parametrize(
    "line",
    ["--index-url https://a.example/simple", '  "resolved": "https://a.example/x.tgz"', "-f file:///x"],
)
def test_a_planted_address_is_found(line):
    assert len(addresses({"front/package-lock.json": line})) == 1
