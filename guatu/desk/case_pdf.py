"""One case on paper: text, a small map of our own borders, photos beside each other, page numbers.

Pure drawing: it is given everything (`Paper`) and asks nothing of the store. The typeface comes with the product (Noto Sans
SC, OFL) and only the signs that occur are embedded. Photos are scaled one after the other, so that memory stays bounded.
"""

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos
from PIL import Image, ImageOps
from pylopdf_fonts_zh_cn import sans_path
from shapely.geometry import box, shape

from guatu.kernel.secrets import mask

MOST_PHOTOS = 20
_EDGE = 900  # pixels of the longer side: sharp enough on half a page
_REACH = 0.012  # degrees of latitude above and below the point
_NUMBERS = re.compile(r"(?<!\d)(1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
Ring = list[tuple[float, float]]  # 0…1 from the lower left corner of the map


@dataclass(frozen=True)
class SmallMap:
    """What a small map shows. rings: (name, border, where the name stands); point: always in the middle; km: width."""

    rings: Sequence[tuple[str, Ring, tuple[float, float]]]
    width_km: float


@dataclass(frozen=True)
class Paper:
    """Everything that is printed, in the reader's language. Pairs are (label, value)."""

    title: str
    number: str
    state: str
    facts: Sequence[tuple[str, str]]
    description: str
    where: Sequence[tuple[str, str]]
    map: SmallMap | None
    clock: Sequence[str]
    stages: Sequence[Sequence[str]]
    steps: Sequence[Sequence[str]]
    comments: Sequence[Sequence[str]]
    photos: Sequence[tuple[str, Sequence[tuple[str, Path]]]]  # (label, [(caption, file)]): before, after
    foot: str
    words: Mapping[str, str]  # headings
    chinese: bool = True
    left_out: str = ""
    heads: Mapping[str, Sequence[str]] = field(default_factory=dict)


def masked(text: str) -> str:
    """Free text with mobile and identity numbers hidden, as everywhere by default."""
    return _NUMBERS.sub(lambda found: mask(found[0]), text)


def small_map(
    lon: float, lat: float, features: Sequence[Mapping[str, Any]], reach: float = _REACH
) -> SmallMap:
    """The borders around a point, cut to a window of 2 × `reach` degrees of latitude. features: `places.map_areas`."""
    wide = reach * 1.6 / max(math.cos(math.radians(lat)), 0.05)
    window = box(lon - wide, lat - reach, lon + wide, lat + reach)
    rings: list[tuple[str, Ring, tuple[float, float]]] = []
    for each in features:
        said = each["properties"]
        if said.get("tile") or said.get("role") != "area":
            continue
        inside = shapely.make_valid(shape(each["geometry"])).intersection(window)
        for part in getattr(inside, "geoms", [inside]):
            if part.geom_type != "Polygon" or part.is_empty:
                continue
            middle = part.representative_point()
            rings.append((str(said.get("name") or ""), [_unit(x, y, window.bounds) for x, y in part.exterior.coords],
                          _unit(middle.x, middle.y, window.bounds)))  # fmt: skip
    return SmallMap(rings, 2 * reach * 1.6 * 111.2)


def _unit(x: float, y: float, bounds: Sequence[float]) -> tuple[float, float]:
    west, south, east, north = bounds
    return round((x - west) / (east - west), 4), round((y - south) / (north - south), 4)


class _Sheet(FPDF):
    """A4 with our typeface and a foot that says what, when, by whom, which page."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(format="A4")
        self.paper = paper
        self.wrap = WrapMode.CHAR if paper.chinese else WrapMode.WORD
        self.add_font("noto", fname=str(sans_path()))
        self.set_margins(16, 14, 16)
        self.set_auto_page_break(True, margin=18)
        self.set_title(f"{paper.number} {paper.title}")
        self.set_lang("zh-Hans" if paper.chinese else "en")
        self.set_creator("guatu")
        self.add_page()

    def footer(self) -> None:
        self.set_y(-13)
        self.set_font("noto", size=8)
        self.set_text_color(90)
        self.cell(self.epw - 20, 5, self.paper.foot)
        self.cell(20, 5, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(0)

    def text_block(self, text: str, size: float = 10, width: float = 0, line: float = 5.2) -> None:
        self.set_font("noto", size=size)
        self.multi_cell(width, line, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=self.wrap)

    def heading(self, text: str, keep: float = 22) -> None:
        """A heading that never stands alone at the foot of a page."""
        if self.will_page_break(keep):
            self.add_page()
        self.ln(2.5)
        self.text_block(text, 12.5, line=7)
        self.set_draw_color(120)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(1.5)

    def pairs(self, pairs: Sequence[tuple[str, str]], label_width: float = 30) -> None:
        for label, value in pairs:
            if not value:
                continue
            if self.will_page_break(6):
                self.add_page()
            top = self.get_y()
            self.set_font("noto", size=9.5)
            self.set_text_color(90)
            self.multi_cell(label_width, 5.2, label, align="L", wrapmode=self.wrap)
            below = self.get_y() if self.get_y() > top else top + 5.2
            self.set_text_color(0)
            self.set_xy(self.l_margin + label_width, top)
            self.multi_cell(0, 5.2, value, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=self.wrap)
            self.set_y(max(below, self.get_y()))

    def rows(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        self.set_font("noto", size=9)
        with self.table(col_widths=tuple(widths), line_height=4.8, text_align="LEFT", borders_layout="HORIZONTAL_LINES",
                        wrapmode=self.wrap, first_row_as_headings=bool(heads), headings_style=_plain()) as table:  # fmt: skip
            for line in ([heads] if heads else []) + list(rows):
                row = table.row()
                for value in line:
                    row.cell(value)


def _plain() -> Any:
    from fpdf.fonts import FontFace

    return FontFace(emphasis="", color=(90, 90, 90))


def case_pdf(paper: Paper) -> bytes:
    """The case as a PDF."""
    sheet = _Sheet(paper)
    sheet.text_block(f"{paper.number}   {paper.state}", 10.5)
    sheet.text_block(paper.title, 17, line=9)
    sheet.ln(1)
    sheet.pairs(paper.facts)
    if paper.description:
        sheet.heading(paper.words["description"])
        sheet.text_block(paper.description)
    sheet.heading(paper.words["where"], keep=75 if paper.map else 22)
    sheet.pairs(paper.where)
    if paper.map is not None:
        _draw_map(sheet, paper.map)
    if paper.clock:
        sheet.heading(paper.words["clock"])
        for line in paper.clock:
            sheet.text_block(line, 9.5)
    if any(files for _label, files in paper.photos):
        _draw_photos(sheet, paper)
    for name, widths in (
        ("stages", (20, 27, 27, 27, 30)),
        ("steps", (26, 22, 34, 60)),
        ("comments", (26, 30, 86)),
    ):
        rows: Sequence[Sequence[str]] = getattr(paper, name)
        if rows:
            sheet.heading(paper.words[name])
            sheet.rows(paper.heads.get(name, ()), rows, widths)
    return bytes(sheet.output())


def _draw_map(sheet: _Sheet, found: SmallMap) -> None:
    """Borders, the point in the middle, a bar of a kilometre. North is up."""
    wide, high = 96.0, 60.0
    if sheet.will_page_break(high + 6):
        sheet.add_page()
    left, top = sheet.l_margin, sheet.get_y() + 1.5
    place = lambda point: (left + point[0] * wide, top + (1 - point[1]) * high)  # noqa: E731
    sheet.set_draw_color(150)
    sheet.set_fill_color(246, 247, 248)
    sheet.rect(left, top, wide, high, style="DF")
    sheet.set_font("noto", size=7.5)
    with sheet.local_context(line_width=0.25):
        for _name, ring, _middle in found.rings:
            sheet.polygon([place(point) for point in ring], style="D")
    sheet.set_text_color(110)
    for name, _ring, middle in found.rings:
        x, y = place(middle)
        half = sheet.get_string_width(name) / 2
        sheet.text(
            min(max(x - half, left + 1), left + wide - 2 * half - 1),
            min(max(y, top + 4), top + high - 2),
            name,
        )
    x, y = place((0.5, 0.5))
    sheet.set_fill_color(190, 30, 30)
    sheet.circle(x, y, 1.6, style="F")
    sheet.set_fill_color(255)
    kilometre = wide / found.width_km
    sheet.set_draw_color(40)
    sheet.line(left + 3, top + high - 3, left + 3 + kilometre, top + high - 3)
    sheet.text(left + 3, top + high - 4, "1 km")
    north = "北↑" if sheet.paper.chinese else "N↑"
    sheet.set_text_color(0)
    sheet.text(left + wide - sheet.get_string_width(north) - 1.5, top + high - 3, north)
    sheet.set_text_color(0)
    sheet.set_y(top + high + 2)


def _draw_photos(sheet: _Sheet, paper: Paper) -> None:
    """Before on the left, after on the right, one pair below the other."""
    sheet.heading(paper.words["photos"], keep=75)
    wide, high, gap = (sheet.epw - 6) / 2, 62.0, 6.0
    columns = [list(files) for _label, files in paper.photos]
    tops = sheet.get_y()
    sheet.set_font("noto", size=9.5)
    for index, (label, files) in enumerate(paper.photos):
        sheet.text(sheet.l_margin + index * (wide + gap), tops + 4, label if files else f"{label}：—")
    sheet.set_y(tops + 6)
    for number in range(max(len(column) for column in columns)):
        if sheet.will_page_break(high + 8):
            sheet.add_page()
        top = sheet.get_y()
        for index, column in enumerate(columns):
            if number < len(column):
                caption, file = column[number]
                left = sheet.l_margin + index * (wide + gap)
                _photo(sheet, file, left, top, wide, high)
                sheet.set_font("noto", size=8)
                sheet.text(left, top + high + 4, caption)
        sheet.set_y(top + high + 7)
    if paper.left_out:
        sheet.text_block(paper.left_out, 9)


def _photo(sheet: _Sheet, file: Path, left: float, top: float, wide: float, high: float) -> None:
    """A photo inside its frame; what cannot be read leaves the frame empty."""
    try:
        with Image.open(file) as picture:
            picture.draft("RGB", (_EDGE, _EDGE))
            small = ImageOps.exif_transpose(picture).convert("RGB")
        small.thumbnail((_EDGE, _EDGE))
    except OSError:
        sheet.rect(left, top, wide, high)
        return
    scale = min(wide / small.width, high / small.height)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=78)
    out.seek(0)
    sheet.image(out, left, top, small.width * scale, small.height * scale)
