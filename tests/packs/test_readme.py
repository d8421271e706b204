"""A README as the page shows it."""

from guatu.packs.library import find
from guatu.packs.readme import blocks_of


def test_headings_paragraphs_tables_and_code():
    text = "# 标题\n\n第一行\n第二行 and\nwords `x`\n\n    code a\n      b\n\n| 甲 | 乙 |\n|---|:-:|\n| 1 | **2** |\n\n## 次级\n同段\n"
    assert blocks_of(text) == [
        {"kind": "heading", "level": 1, "text": "标题"},
        {"kind": "paragraph", "text": "第一行第二行 and words x"},
        {"kind": "code", "text": "code a\n  b"},
        {"kind": "table", "head": ["甲", "乙"], "rows": [["1", "2"]]},
        {"kind": "heading", "level": 2, "text": "次级"},
        {"kind": "paragraph", "text": "同段"},
    ]


def test_the_shipped_readme_is_understood():
    kinds = {
        block["kind"] for block in blocks_of((find("jiading-2021") / "README.md").read_text(encoding="utf-8"))
    }
    assert kinds == {"heading", "paragraph", "table", "code"}
