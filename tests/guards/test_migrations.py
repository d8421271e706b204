"""Migrations that can be run on a store full of records, by somebody who did not write them."""

import ast

import pytest

from tests.guards.tree import nothing, texts

pytestmark = pytest.mark.tree

# What a migration may name of ours: makers of default values that never change their meaning.
ALLOWED = {"guatu.kernel.ids"}
_SCHEMA = {
    "CreateModel",
    "DeleteModel",
    "AddField",
    "RemoveField",
    "AlterField",
    "RenameField",
    "RenameModel",
}


def faults(files: dict[str, str]) -> list[str]:
    """App code in a migration changes under its feet; data and schema in one lock the table; a step without a way back."""
    found = []
    for path, text in files.items():
        tree = ast.parse(text)
        names = [
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        ]
        names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        found += [
            f"{path}: imports {name}" for name in names if name.startswith("guatu") and name not in ALLOWED
        ]
        calls = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        ]
        kinds = {node.func.attr for node in calls if isinstance(node.func, ast.Attribute)}
        if "RunPython" in kinds and kinds & _SCHEMA:
            found.append(f"{path}: data and schema in one migration")
        for node in calls:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            both = len(node.args) > 1 or {"reverse_code", "reverse_sql"} & {
                each.arg for each in node.keywords
            }
            if name in {"RunPython", "RunSQL"} and not both:
                found.append(f"{path}: {name} without a way back")
    return found


def test_migrations_stand_on_their_own():
    files = {path: text for path, text in texts(".py", under="guatu").items() if "/migrations/" in path}
    nothing(faults(files))


def test_planted_faults_are_found():
    planted = (
        "from guatu.cases.models import Case\n"
        "operations = [migrations.AddField('case', 'x'), migrations.RunPython(fill), migrations.RunSQL('select 1')]"
    )
    assert len(faults({"guatu/x/migrations/0002_x.py": planted})) == 4
