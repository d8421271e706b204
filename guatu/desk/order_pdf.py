"""Orders on paper, in the form offices give them: heading, number, addressee, what is not so, until when, who took it.

Pure drawing: it is given everything (`OrderPaper`) and asks nothing of the store. One order a page or more, several in one file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos
from fpdf.fonts import FontFace
from pylopdf_fonts_zh_cn import sans_path


@dataclass(frozen=True)
class OrderPaper:
    """One order in the reader's language. lines: (number, what is not so, what must be done, until when)."""

    office: str
    title: str
    number: str
    to: str
    opening: str
    heads: Sequence[str]
    lines: Sequence[Sequence[str]]
    demand: Sequence[str]
    signatures: Sequence[tuple[str, str]]
    foot: str
    chinese: bool = True
    signature: bytes = b""


class _Sheet(FPDF):
    """A4 with our typeface; only the signs that occur are embedded."""

    def __init__(self, chinese: bool) -> None:
        super().__init__(format="A4")
        self.wrap = WrapMode.CHAR if chinese else WrapMode.WORD
        self.foot = ""
        self.add_font("noto", fname=str(sans_path()))
        self.set_margins(24, 20, 24)
        self.set_auto_page_break(True, margin=22)
        self.set_lang("zh-Hans" if chinese else "en")
        self.set_creator("guatu")

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("noto", size=8)
        self.set_text_color(90)
        self.cell(self.epw - 20, 5, self.foot)
        self.cell(20, 5, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(0)

    def text_block(self, text: str, size: float = 11, line: float = 7, align: str = "L") -> None:
        self.set_font("noto", size=size)
        self.multi_cell(0, line, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=self.wrap)


def orders_pdf(papers: Sequence[OrderPaper]) -> bytes:
    """The orders as one PDF, each beginning on a page of its own."""
    sheet = _Sheet(all(paper.chinese for paper in papers))
    if papers:
        sheet.set_title(papers[0].number if len(papers) == 1 else papers[0].title)
    for paper in papers:
        sheet.add_page()  # ends the page before, with the foot of the order before
        sheet.foot = paper.foot
        _draw(sheet, paper)
    return bytes(sheet.output())


def _draw(sheet: _Sheet, paper: OrderPaper) -> None:
    sheet.set_text_color(190, 20, 20)
    sheet.text_block(paper.office, 16, 10, "C")
    sheet.set_draw_color(190, 20, 20)
    sheet.set_line_width(0.6)
    sheet.line(sheet.l_margin, sheet.get_y() + 1, sheet.w - sheet.r_margin, sheet.get_y() + 1)
    sheet.set_text_color(0)
    sheet.ln(5)
    sheet.text_block(paper.title, 20, 12, "C")
    sheet.text_block(paper.number, 11, 7, "R")
    sheet.ln(2)
    sheet.text_block(paper.to, 12)
    sheet.text_block(paper.opening)
    sheet.ln(2)
    _table(sheet, paper)
    sheet.ln(3)
    for line in paper.demand:
        sheet.text_block(line)
    sheet.ln(6)
    _signatures(sheet, paper)


def _table(sheet: _Sheet, paper: OrderPaper) -> None:
    sheet.set_font("noto", size=10)
    sheet.set_draw_color(60)
    sheet.set_line_width(0.2)
    plain = FontFace(emphasis="", fill_color=(240, 240, 240))
    with sheet.table(
        col_widths=(10, 58, 58, 36),
        line_height=6,
        text_align="LEFT",
        wrapmode=sheet.wrap,
        headings_style=plain,
    ) as table:
        for line in (paper.heads, *paper.lines):
            row = table.row()
            for value in line:
                row.cell(value)


def _signatures(sheet: _Sheet, paper: OrderPaper) -> None:
    """Who inspected and who took it; blank lines where a pen must write. Never torn from each other by a page's end."""
    if sheet.will_page_break(10 * len(paper.signatures) + 26):
        sheet.add_page()
    for label, value in paper.signatures:
        sheet.set_font("noto", size=11)
        width = sheet.get_string_width(label) + 3
        sheet.cell(width, 9, label)
        top, left = sheet.get_y(), sheet.get_x()
        sheet.cell(0, 9, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if not value:
            sheet.set_draw_color(60)
            sheet.set_line_width(0.2)
            sheet.line(left, top + 8, left + 60, top + 8)
    if paper.signature:
        import io

        sheet.image(
            io.BytesIO(paper.signature),
            sheet.w - sheet.r_margin - 45,
            sheet.get_y() - 22,
            45,
            18,
            keep_aspect_ratio=True,
        )
