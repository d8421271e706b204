"""Small rooms: 400 lines a file, 40 a function. What is larger says here why."""

import ast

import pytest

from tests.guards.tree import nothing, sources, texts

pytestmark = pytest.mark.tree

FILE_LINES, FUNCTION_LINES = 400, 40

# path or path::function → the reason it may be larger. A line that is no longer needed fails the guard too.
LARGER: dict[str, str] = {}


def long_files(files: dict[str, str]) -> list[str]:
    return [path for path, text in files.items() if text.count("\n") > FILE_LINES]


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the last one."""
    body = function.body
    first = body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def long_functions(files: dict[str, str]) -> list[str]:
    return [
        f"{path}::{node.name}"
        for path, text in files.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and body_lines(node) > FUNCTION_LINES
    ]


def test_files_and_functions_stay_small():
    files = {
        **texts(".ts", ".css", ".html", under="front"),
        **texts(".html", under="guatu"),
        **sources(),
        **sources("scripts"),
    }
    found = long_files(files) + long_functions({**sources(), **sources("scripts")})
    nothing(sorted(set(found) - set(LARGER)))


def test_the_list_of_exceptions_is_not_longer_than_it_must_be():
    files = {**texts(".ts", ".css", ".html"), **sources(), **sources("scripts")}
    found = {*long_files(files), *long_functions({**sources(), **sources("scripts")})}
    nothing(sorted(set(LARGER) - found))
    assert all(len(reason) > 20 for reason in LARGER.values())


def test_planted_giants_are_found():
    giant = "def f():\n" + "    x = 1\n" * 41
    assert long_functions({"a.py": giant}) == ["a.py::f"]
    assert long_functions({"a.py": giant.replace("    x = 1\n", "", 1)}) == []
    assert long_files({"a.py": "x = 1\n" * 401}) == ["a.py"]
