"""From an office's workbook to an XForm. A room of its own: pyxform does the work, this says in both languages what is
wrong with which cell, and checks what pyxform leaves to Java (functions in expressions).
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

import msgspec
from lxml import etree
from pyxform.errors import ErrorCode, PyXFormError
from pyxform.xls2json_backends import DefinitionData, get_xlsform
from pyxform.xls2xform import convert

from guatu.fieldwork import problems as problems
from guatu.fieldwork.rules import entities, expressions, phone_support, validation_form
from guatu.fieldwork.rules.faults import Cell, Fault, of_broken, of_doubt, of_expression, of_pyxform, placed
from guatu.fieldwork.rules.sheet import Sheet
from guatu.fieldwork.rules.xforms import FormError, read_form
from guatu.fieldwork.xlsform_places import cells_of, find, twice
from guatu.kernel import xml
from guatu.kernel.problems import Problem

LARGEST = 8 * 1024 * 1024
_LARGEST_UNPACKED = 40 * 1024 * 1024
_MOST_PARTS = 500
_TYPES = {".xlsx": ".xlsx", ".xlsm": ".xlsm", ".xls": ".xls", ".csv": ".csv", ".md": ".md"}


@dataclass(frozen=True)
class Compiled:
    """A form ready to be kept. media: files made on the way (itemsets.csv). phone: what the phone's own pages do another
    way, {"zh", "en"}."""

    xml: str
    sheet: Sheet
    warnings: list[str]
    media: dict[str, bytes]
    phone: list[dict[str, str]] = field(default_factory=list)


def compile_form(source: bytes, file_name: str, fallback_id: str = "") -> Compiled:
    """Compile an XLSForm (xlsx, xls, csv, md) or take an XForm (xml). Raises `form.faults`, `form.not_a_form`.

    fallback_id: the form's id when its settings name none; "" makes one of the file's name.
    """
    if len(source) > LARGEST:
        raise Problem("kernel.too_large", what=file_name, size=f"{len(source):,} B", limit=f"{LARGEST:,} B")
    suffix = PurePosixPath(file_name).suffix.lower()
    if suffix == ".xml":
        return _checked(
            source.decode("utf-8", "replace") if _is_utf8(source) else _as_utf8(source),
            file_name,
            [],
            {},
            None,
        )
    if suffix not in _TYPES:
        raise Problem("form.not_a_form", name=file_name, why=f"“{suffix or file_name}”")
    if suffix in (".xlsx", ".xlsm"):
        _refuse_bombs(source, file_name)
    try:
        workbook = get_xlsform(xlsform=io.BytesIO(source), file_type=_TYPES[suffix])
    except PyXFormError as wrong:
        _refuse(file_name, [_on_its_sheet(fault, source, suffix) for fault in _faults(wrong, {})])
    except Exception as wrong:  # calamine, openpyxl and xlrd each have errors of their own for broken files
        raise Problem(
            "form.not_a_form", name=file_name, why=str(wrong)[:200] or type(wrong).__name__
        ) from wrong
    rows = _rows(workbook)
    warnings: list[str] = []
    try:
        made = convert(xlsform=_dict_of(workbook, file_name, fallback_id), warnings=warnings, validate=False)
    except PyXFormError as wrong:
        cells = list(cells_of(workbook))
        _refuse(file_name, _faults(wrong, rows, lambda pattern: find(cells, pattern)))
    except (
        Exception
    ) as wrong:  # a workbook that pyxform did not foresee is a fault of the form, not of the server
        _refuse(file_name, [of_broken(f"{type(wrong).__name__}: {wrong}"[:200])])
    media = {"itemsets.csv": made.itemsets.encode()} if made.itemsets else {}
    return _checked(made.xform, file_name, made.warnings, media, rows)


def _is_utf8(source: bytes) -> bool:
    return (
        not re.match(rb"<\?xml[^>]*encoding=['\"](?!utf-8)", source[:200], re.IGNORECASE)
        and b"\x00" not in source[:100]
    )


def _as_utf8(source: bytes) -> str:
    root = xml.parse(source, "XForm")
    return etree.tostring(root, encoding="unicode")


def _checked(
    text: str, file_name: str, warnings: list[str], media: dict[str, bytes], rows: dict[str, Any] | None
) -> Compiled:
    root = xml.parse(text.encode(), file_name)
    try:
        sheet = read_form(root)
    except FormError as wrong:
        raise Problem("form.not_a_form", name=file_name, why=str(wrong)) from wrong
    sheet = entities.with_rows(
        msgspec.structs.replace(sheet, writes=entities.writes_of(root, f"/{sheet.root}")), rows
    )
    found = [*(of_expression(fault, rows) for fault in expressions.faults(root)), *entities.faults(sheet)]
    if found:
        _refuse(file_name, found)
    phone = [{"zh": fault.zh, "en": fault.en} for fault in phone_support.unsupported(root, rows)]
    doubts = [
        of_doubt(expression, word, rows)
        for expression, word in validation_form.doubts(root)
        if not word.endswith((".csv", ".xml", ".geojson"))  # a file may come along with the upload
    ]
    phone += [{"zh": fault.zh, "en": fault.en} for fault in doubts]
    return Compiled(text, sheet, warnings, media, phone)


def _refuse(file_name: str, faults: list[Fault]) -> Any:
    raise Problem(
        "form.faults",
        name=file_name,
        count=len(faults),
        first=f"{faults[0].zh}",
        faults=[asdict(fault) for fault in faults],
    )


def _code(wrong: PyXFormError, line: str) -> str:
    """The compiler's code; some of its errors carry only the finished sentence, which tells the code as well."""
    if wrong.code is not None:
        return str(wrong.code.name)
    return next((name for name, pattern in _templates().items() if pattern.fullmatch(line.strip())), "")


@lru_cache(maxsize=1)
def _templates() -> dict[str, re.Pattern[str]]:
    found = {}
    for code in ErrorCode:
        words = re.split(r"\{\w+\}", code.value.msg.replace("{{", "\0").replace("}}", "\1"))
        pattern = ".*?".join(re.escape(word.replace("\0", "{").replace("\1", "}")) for word in words)
        found[code.name] = re.compile(pattern, re.DOTALL)
    return found


def _on_its_sheet(fault: Fault, source: bytes, suffix: str) -> Fault:
    """A header that stands twice: the compiler does not say on which sheet."""
    match = re.search(r"Duplicate column header: (.+)", fault.text)
    if match is None:
        return fault
    return placed(replace(fault, sheet=twice(source, suffix, match[1]), row=1, column=match[1]))


def _faults(
    wrong: PyXFormError, rows: dict[str, Any], find_cell: Callable[[str], Cell | None] = lambda pattern: None
) -> list[Fault]:
    lines = (
        [str(wrong)] if wrong.code is not None else [line for line in str(wrong).splitlines() if line.strip()]
    )
    found = [of_pyxform(line, _code(wrong, line), rows, find_cell) for line in lines]
    # an error of several lines that is one sentence: what follows the first line is its explanation
    return [fault for fault in found if fault.row or fault.sheet] or found[:1]


def _dict_of(workbook: DefinitionData, file_name: str, fallback_id: str) -> dict[str, Any]:
    """The sheets as plain data; the form is named after its file when its settings do not name it."""
    found = {name: value for name, value in asdict(workbook).items() if value}
    found["fallback_form_name"] = fallback_id or _slug(PurePosixPath(file_name).stem)
    return found


def _slug(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-") or "form"


def _rows(workbook: DefinitionData) -> dict[str, Any]:
    """Where each question stands: {"name": row on the survey sheet}, and {"type integer": the first row of that type}."""
    found: dict[str, Any] = {}
    for number, row in enumerate(workbook.survey or [], 2):
        name = str(row.get("name") or "").strip()
        if name:
            found.setdefault(name, number)
        kind = " ".join(str(row.get("type") or "").split())
        if kind:
            found.setdefault(f"type {kind}", number)
            if kind.startswith(("select", "rank")):
                found.setdefault("type select", number)
    for number, row in enumerate(workbook.entities or [], 2):
        name = row.get("list_name") or row.get("dataset")
        found.setdefault(f"entities {str(name or '').strip()}", number)
    return found


def _refuse_bombs(source: bytes, file_name: str) -> None:
    """Look into the package before anything is unpacked: sizes, number of parts, and XML with a DTD."""
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as package:
            parts = package.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > _MOST_PARTS or size > _LARGEST_UNPACKED:
                raise Problem(
                    "kernel.too_large",
                    what=file_name,
                    size=f"{size:,} B / {len(parts)}",
                    limit=f"{_LARGEST_UNPACKED:,} B",
                )
            for part in parts:
                with package.open(part) as opened:
                    head = opened.read(4096).replace(b"\x00", b"")
                if part.filename.endswith((".xml", ".rels")) and (
                    b"<!DOCTYPE" in head or b"<!ENTITY" in head
                ):
                    raise Problem("kernel.bad_xml", what=f"{file_name}/{part.filename}", why="DTD")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as wrong:
        raise Problem("form.not_a_form", name=file_name, why=str(wrong)[:200]) from wrong
