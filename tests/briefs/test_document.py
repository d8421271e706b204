"""Templates in and out: what is no template is refused in words."""

import io
import zipfile

import pytest
from docx import Document

from guatu.briefs.document import LARGEST, Marks, Slot, blocks_of, fill, slots_of
from guatu.briefs.rules import TemplateError
from guatu.packs.library import find
from tests.briefs.conftest import word


def texts(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def test_a_template_is_filled_and_escaped():
    content = word("任务{{ f['a'] }}项 {{ name }}")
    filled = fill(content, {"f": {"a": Slot("a", "252")}, "name": "<甲 & 乙>"})
    assert texts(filled) == ["任务252项 <甲 & 乙>"]


def test_slots_and_blocks():
    content = word("任务{{ f['a'] }}项", "", "{{ f['b'].code }}{{ f['a'] }}")
    assert slots_of(content) == ("a", "b")
    blocks = blocks_of(fill(content, {"f": Marks()}))
    assert blocks == [
        {"style": "body", "runs": [{"text": "任务"}, {"figure": "a"}, {"text": "项"}]},
        {"style": "body", "runs": [{"figure": "a"}]},
    ]


@pytest.mark.parametrize(
    "text",
    ["{{ nothing }}", "{{ f['x'].nothing }}", "{{ f['a' }}", "{{ ''.__class__.__mro__ }}", "{{ f['c'] }}"],
)
def test_a_wrong_slot_is_refused(text):
    with pytest.raises(TemplateError):
        fill(word(text), {"f": {"x": Slot("x", "1")}})


def test_what_is_no_document_is_refused():
    for content in (b"", b"PK\x03\x04nothing", "文字".encode(), b"x" * (LARGEST + 1)):
        with pytest.raises(TemplateError):
            slots_of(content)
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("word/document.xml", b"0" * 70_000_000)
    with pytest.raises(TemplateError, match="too large"):
        slots_of(box.getvalue())


def test_the_shipped_template_is_in_the_official_format():
    """GB/T 9704-2012: A4, margins, the text 156 × 225 mm, 22 lines, page numbers odd right and even left, fonts by name."""
    document = Document(str(find("jiading-2021") / "brief" / "fifty-days.docx"))
    section = document.sections[0]
    millimetres = [round(each.mm) for each in (section.page_width, section.page_height, section.top_margin,
                                               section.left_margin, section.right_margin, section.bottom_margin)]  # fmt: skip
    assert millimetres == [210, 297, 37, 28, 26, 35]
    assert (millimetres[0] - 28 - 26, millimetres[1] - 37 - 35) == (156, 225)
    body = document.styles["公文正文"]
    assert (body.font.size.pt, round(body.paragraph_format.line_spacing.pt * 22)) == (
        16,
        637,
    )  # 225 mm are 637.8 pt
    assert (document.styles["公文标题"].font.size.pt, document.styles["公文版记"].font.size.pt) == (22, 14)
    assert document.settings.odd_and_even_pages_header_footer
    assert "— " in section.footer.paragraphs[0].text
    assert section.footer.paragraphs[0].alignment != section.even_page_footer.paragraphs[0].alignment
    xml = document.styles.element.xml
    for font in ("方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体"):
        assert font in xml
