"""rules.py and facts.py are pure; rows are written by acts and nobody else."""

import ast
import subprocess
import sys

import pytest

from tests.guards.tree import ROOT, nothing, sources

pytestmark = pytest.mark.tree

PURE = ("rules.py", "facts.py", "kernel/factshape.py", "kernel/workcalendar.py")
_IMPURE = {
    "django",
    "psycopg",
    "sqlite3",
    "ninja",
    "allauth",
    "requests",
    "socket",
    "random",
    "os",
    "pathlib",
}

_WRITES = {
    "save", "create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "delete", "update",
    "aget_or_create", "acreate", "asave", "adelete",
}  # fmt: skip
# Things that are saved and are no rows: workbooks, documents, pictures, sessions.
_NO_ROWS = {"book", "workbook", "document", "template", "picture", "image", "small", "session"}
# Who else may write rows, and why.
WRITERS = {
    "guatu/kernel/": "the ledger, the clock and the keys are what acts stand on",
    "guatu/figures/posting.py": "facts and readings are derived, inside the act's own transaction",
    "guatu/figures/recount.py": "readings are derived; recount repairs them from facts",
    "guatu/files/bytes.py": "pictures are saved there, not rows",
    "guatu/commands/worker.py": "the queue's rows are not the domain's",
    "guatu/commands/store.py": "the store's own settings",
}


def impurities(files: dict[str, str]) -> list[str]:
    """Imports that a pure module must not have."""
    found = []
    for path, text in files.items():
        if not path.endswith(PURE) and "/rules/" not in path:
            continue
        for node in ast.walk(ast.parse(text)):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            found += [f"{path}: imports {name}" for name in names if name.split(".")[0] in _IMPURE]
    return found


def _chain(node: ast.expr) -> list[str]:
    """Names along `a.b.filter(…).update`: ["a", "b", "filter", "update"]."""
    if isinstance(node, ast.Attribute):
        return [*_chain(node.value), node.attr]
    if isinstance(node, ast.Call):
        return _chain(node.func)
    return [node.id] if isinstance(node, ast.Name) else ["?"]


def writes(files: dict[str, str]) -> list[str]:
    """Calls that change rows, outside the rooms where rows are changed."""
    found = []
    for path, text in files.items():
        if path.endswith("/acts.py") or "/acts/" in path or any(path.startswith(each) for each in WRITERS):
            continue
        for node in ast.walk(ast.parse(text)):
            if not (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in _WRITES
            ):
                continue
            chain = _chain(node.func)
            rows = (
                "objects" in chain or "filter" in chain or node.func.attr in {"save", "asave", "bulk_create"}
            )
            if rows and not _NO_ROWS & set(chain):
                found.append(f"{path}:{node.lineno}: {'.'.join(chain)}()")
    return found


def test_rules_and_facts_are_pure():
    nothing(impurities(sources()))


def test_pure_modules_load_without_django():
    """The same said by running it: every pure module is imported in a Python that refuses Django."""
    modules = [path[:-3].replace("/", ".") for path in sources() if path.endswith(PURE)]
    code = "import sys\nsys.modules['django'] = None\nimport importlib\nfor m in sys.argv[1:]: importlib.import_module(m)"
    done = subprocess.run([sys.executable, "-c", code, *modules], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_only_acts_write_rows():
    nothing(writes(sources()))


def test_a_planted_impurity_is_found():
    assert impurities({"guatu/x/rules.py": "from django.db import models"}) == [
        "guatu/x/rules.py: imports django.db"
    ]
    assert impurities({"guatu/x/facts.py": "def f():\n    import django"}) == [
        "guatu/x/facts.py: imports django"
    ]
    assert impurities({"guatu/x/reads.py": "from django.db import models"}) == []


def test_a_planted_write_is_found():
    assert len(writes({"guatu/desk/views/x.py": "Case.objects.filter(id=1).update(status='x')"})) == 1
    assert len(writes({"guatu/cases/reads.py": "case.save()"})) == 1
    assert writes({"guatu/cases/reads.py": "details.update(a=1)"}) == []
    assert writes({"guatu/cases/acts.py": "case.save()"}) == []
