"""Writes docs/reference/*.md from the code: commands, settings, refusals, verbs. `python scripts/reference.py [--check]`.

What a program knows about itself is not typed twice; a guard fails when these pages are not what this script writes.
"""

import ast
import importlib
import os
import pkgutil
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
WRITTEN = "<!-- Written by `make reference`; edit the code, not this page. -->\n"

# Every variable the product reads: default, what it means.
SETTINGS = {
    "GUATU_HOME": ("`.guatu` in a checkout, else the user's data folder", "Folder of the store, files and keys of this installation. Readable by its owner only."),
    "GUATU_DATABASE_URL": ("SQLite in the home folder", "`postgresql://user:password@host:5432/guatu`, or `sqlite:///path`."),
    "GUATU_SECRET_KEY": ("made once, kept in the home folder", "Signs sessions and links. At least 32 random characters."),
    "GUATU_OFFICE_KEY": ("made once, kept in the home folder", "Seals personal fields. Lose it and they are lost; keep a copy apart from the store's backup."),
    "GUATU_HOSTS": ("`127.0.0.1,localhost,[::1]`", "Host names this installation answers to, with commas between."),
    "GUATU_ORIGINS": ("none", "Origins trusted for forms behind a proxy, as `https://guatu.example`."),
    "GUATU_EXCHANGE_PLAIN": ("`0`", "`1`: other platforms by `http` too, on this machine and private addresses only."),
    "GUATU_HTTPS": ("`0`", "`1` behind TLS: secure cookies, redirect, HSTS."),
    "GUATU_DEBUG": ("`0`", "`1` while developing: pages are read anew, errors show their trace."),
    "GUATU_NAME": ("`挂图`", "What the house is called in the head of every page."),
}  # fmt: skip


def variables() -> set[str]:
    """Names of environment variables that the settings and commands read."""
    found = set()
    for path in (ROOT / "guatu").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"(?:environ(?:\.get)?[\[(]|getenv\(|truth\()\s*\"(GUATU_\w+)\"", text))
        found |= {f"GUATU_{name.upper()}" for name in re.findall(r"kept_secret\(\"(\w+)\"", text)}
    return found


def settings_page() -> str:
    lines = [
        "# Settings\n",
        "All from the environment. What is wrong stops the start, with an id, what is wrong and a hint.\n",
    ]
    lines += ["| variable | default | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {default} | {meaning} |" for name, (default, meaning) in SETTINGS.items()]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def load_everything() -> None:
    """Import every module of the product, so that every refusal is declared."""
    import django

    import guatu

    django.setup()
    for module in pkgutil.walk_packages(guatu.__path__, "guatu."):
        if ".migrations" not in module.name and module.name not in {"guatu.cli", "guatu.asgi"}:
            importlib.import_module(module.name)


def problems_page() -> str:
    from guatu.kernel.problems import CATALOGUE

    lines = [
        "# Refusals\n",
        "One catalogue. As a page, as JSON `{code, message, next, details}`, and as an OpenRosa message, with the same words.\n",
        "| code | status | 中文 | English |",
        "|---|---|---|---|",
    ]
    for code, kind in sorted(CATALOGUE.items()):
        lines.append(
            f"| `{code}` | {kind.status} | {_cell(kind.zh + kind.next_zh)} | {_cell(f'{kind.en} {kind.next_en}')} |"
        )
    return "\n".join(lines) + "\n"


def verbs() -> dict[str, list[str]]:
    """{verb: ["guatu/cases/acts.py: open_case", …]} of every line the acts write into the ledger."""
    from guatu.kernel.verbs import VERBS

    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "guatu").rglob("*.py")):
        if "acts" not in path.relative_to(ROOT).as_posix():
            continue
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for verb in sorted({*_recorded(function), *(_named(function) & set(VERBS))}):
                found.setdefault(verb, []).append(f"{path.relative_to(ROOT).as_posix()}: {function.name}")
    return found


def _named(function: ast.FunctionDef) -> set[str]:
    """Every text in a function: verbs handed on to a shared step are among them."""
    return {str(node.value) for node in ast.walk(function) if isinstance(node, ast.Constant)}


def _recorded(function: ast.FunctionDef) -> Iterator[str]:
    """Verbs given to `record` directly, declared or not."""
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "record"
            and node.args
        ):
            for constant in ast.walk(node.args[0]):
                if (
                    isinstance(constant, ast.Constant)
                    and isinstance(constant.value, str)
                    and "." in constant.value
                ):
                    yield constant.value


def verbs_page() -> str:
    from guatu.kernel.verbs import VERBS

    places = verbs()
    lines = [
        "# Verbs of the ledger\n",
        "What can be done, how the story of a record tells it, and the act that does it.\n",
        "| verb | 中文 | English | act |",
        "|---|---|---|---|",
    ]
    for verb in sorted(set(places) | set(VERBS)):
        zh, en = VERBS.get(verb, ("", ""))
        acts = "; ".join(f"`{place}`" for place in places.get(verb, []))
        lines.append(f"| `{verb}` | {_cell(zh)} | {_cell(en)} | {acts} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    import click

    from guatu.cli import guatu as top

    lines = ["# Commands\n"]

    def describe(command: click.Command, context: click.Context) -> None:
        lines.append(f"## `{context.command_path}`\n\n```\n{command.get_help(context)}\n```\n")
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                assert child is not None
                describe(
                    child,
                    click.Context(
                        child, info_name=name, parent=context, terminal_width=100, max_content_width=100
                    ),
                )

    describe(top, click.Context(top, info_name="guatu", terminal_width=100, max_content_width=100))
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """{file name: text} as it should be."""
    load_everything()
    return {
        name: WRITTEN + text
        for name, text in {
            "settings.md": settings_page(),
            "problems.md": problems_page(),
            "verbs.md": verbs_page(),
            "commands.md": commands_page(),
        }.items()
    }


def stale() -> list[str]:
    """Pages that are not what the code says."""
    return [
        f"docs/reference/{name} is not what the code says; run `make reference`"
        for name, text in pages().items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text(encoding="utf-8") != text
    ]


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guatu.settings")
    with tempfile.TemporaryDirectory() as home:
        os.environ["GUATU_HOME"] = home
        if "--check" in sys.argv:
            found = stale()
            print("".join(f"{line}\n" for line in found), end="")
            return bool(found)
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in pages().items():
            (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
