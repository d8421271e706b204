"""The Word document of a brief: filled from its template, and taken apart again into blocks for the page.

One template is the only source: filled with values it is the document, filled with marks it tells which words of the text
are figures, so that the page can make each of them a link.
"""

import html
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.table import Table
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from guatu.briefs import rules

LARGEST = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024

# style of the Word template → how the page shows the paragraph
STYLES = {
    "简报名称": "masthead",
    "简报期号": "issue",
    "简报编发": "office",
    "公文标题": "title",
    "公文一级": "h2",
    "公文二级": "h3",
    "公文正文": "body",
    "公文落款": "sign",
    "公文版记": "closing",
    "公文说明": "small",
    "公文表格": "cell",
}


@dataclass(frozen=True)
class Slot:
    """A figure as a template sees it: `{{ f['key'] }}` writes its words; `.code`, `.unit`, `.title`, `.as_of` stand by."""

    key: str
    text: str
    code: str = ""
    unit: str = ""
    title: str = ""
    as_of: str = ""

    def __str__(self) -> str:
        return self.text


def open_template(content: bytes) -> DocxTemplate:
    """The template, readable. Raises rules.TemplateError in words of the office."""
    if len(content) > LARGEST:
        raise rules.TemplateError(f"it is larger than {LARGEST // 1024 // 1024} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            if sum(member.file_size for member in box.infolist()) > MOST_UNPACKED:
                raise rules.TemplateError("unpacked it is too large")
        template = DocxTemplate(io.BytesIO(content))
        template.init_docx()
    except rules.TemplateError:
        raise
    except (
        Exception
    ) as wrong:  # zipfile, python-docx and lxml each have their own errors for “no Word document”
        raise rules.TemplateError("it is not a Word document (.docx)") from wrong
    return template


def slots_of(content: bytes) -> tuple[str, ...]:
    """The keys of the figures that the template asks for, in the order of the text."""
    template = open_template(content)
    return rules.slots_in(html.unescape(template.patch_xml(template.get_xml())))


def fill(content: bytes, context: Mapping[str, Any]) -> bytes:
    """The template filled. Raises rules.TemplateError when it names something that is not there."""
    template = open_template(content)
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        template.render(dict(context), environment, autoescape=True)
    except TemplateSyntaxError as wrong:
        raise rules.TemplateError(f"a slot is not written as it should be: {wrong.message}") from wrong
    except TemplateError as wrong:
        raise rules.TemplateError(f"a slot names something that is not there: {wrong.message}") from wrong
    except KeyError as wrong:
        raise rules.TemplateError(f"a slot names something that is not there: {wrong}") from wrong
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


class Marks(dict[str, Slot]):
    """Stands in for the figures: every key gives a mark instead of a value."""

    def __missing__(self, key: str) -> Slot:
        return Slot(key=key, text=rules.marked(key))


def blocks_of(content: bytes) -> list[dict[str, Any]]:
    """A filled document as blocks: {"style", "runs"} for a paragraph, {"style": "table", "rows": [[runs]]} for a table."""
    document = Document(io.BytesIO(content))
    blocks: list[dict[str, Any]] = []
    for piece in _pieces(document):
        if isinstance(piece, Table):
            rows = [[rules.runs_of(cell.text.strip()) for cell in row.cells] for row in piece.rows]
            blocks.append({"style": "table", "rows": rows})
        elif piece.text.strip():
            style = STYLES.get(piece.style.name or "" if piece.style else "", "body")
            blocks.append({"style": style, "runs": rules.runs_of(piece.text.strip())})
    return blocks


def _pieces(document: DocumentType) -> Iterator[Paragraph | Table]:
    yield from document.iter_inner_content()


def context_of(
    *,
    number: int,
    title: str,
    dress: rules.Dress,
    campaign: str,
    day: str,
    as_of: str,
    slots: Sequence[Slot],
    figures: Any,
) -> dict[str, Any]:
    """Everything a template may name; docs/briefs.md lists it."""
    return {
        "f": figures,
        "figures": list(slots),
        "number": number,
        "title": title,
        "masthead": dress.masthead,
        "office": dress.office,
        "campaign": campaign,
        "day": day,
        "as_of": as_of,
        "report_to": "，".join(dress.report_to),
        "send_to": "，".join(dress.send_to),
        "copies": dress.copies,
    }
