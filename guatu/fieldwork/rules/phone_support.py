"""What a form asks for that the phone's own pages cannot do, or do another way. Pure: takes the parsed XForm (lxml).

The pages are ours, the engine below them is ODK's (docs/decisions/0009). Nothing here stops a form from being published:
ODK Collect does all of it, and what the phone puts in its place is told beside it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from guatu.fieldwork.rules.faults import Fault, placed
from guatu.fieldwork.rules.xforms import local

# Functions of the ODK XForms specification that the phone's engine does not know: the form would not open.
FUNCTIONS = frozenset(
    """depend version property intersects base64-encode extract-signed thousands-sep number-from-string search""".split()
)
_CALENDARS = {"ethiopian", "coptic", "islamic", "bikram-sambat", "myanmar", "persian", "buddhist"}

# appearance → (zh, en): what the phone does instead.
APPEARANCES: dict[str, tuple[str, str]] = {
    "placement-map": ("手机页面没有地图底图，改为定位取点或手工填写经纬度", "the phone pages show no map; the position is taken where one stands, or typed"),
    "maps": ("手机页面没有地图底图，改为定位取点或手工填写经纬度", "the phone pages show no map; the position is taken where one stands, or typed"),
    "map": ("手机页面把地图选择改为可查找的列表", "the phone pages show a list with a search field instead of a map"),
    "printer": ("手机页面不能连接打印机", "the phone pages cannot reach a printer"),
    "bearing": ("手机页面不读罗盘，改为手工填写角度", "the phone pages read no compass; the angle is typed"),
    "counter": ("手机页面没有加减按钮，改为填写数字", "the phone pages have no counter; the number is typed"),
    "hidden-answer": ("手机页面照常显示扫到的内容", "the phone pages show what was scanned"),
    "thousands-sep": ("手机页面不加千分位", "the phone pages write no thousands separators"),
}  # fmt: skip
_OTHER_PROGRAM = (
    "手机页面不能调用别的应用，改为手工填写",
    "the phone pages cannot call another program; the answer is typed",
)
_CALENDAR = ("手机页面只用公历", "the phone pages use the Gregorian calendar")
_AUDIT = (
    "手机页面不记操作日志（audit），答案不受影响",
    "the phone pages keep no audit log; answers are not affected",
)
_SOUND = ("手机页面不在后台录音，请另设录音题", "the phone pages do not record in the background; ask for a recording instead")  # fmt: skip
_EXTERNAL = (
    "手机页面不认 select_one_external，改为手工填写；请改用 select_one_from_file",
    "the phone pages do not know select_one_external and let the answer be typed; use select_one_from_file",
)
_SEARCH = (
    "手机页面不认 search()，选项出不来；请改用 select_one_from_file",
    "the phone pages do not know search() and show no choices; use select_one_from_file",
)
_CALL = re.compile(r"([A-Za-z_][\w.:-]*)\s*\(")
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")


def unsupported(root: Any, rows: Mapping[str, int] | None) -> list[Fault]:
    """What the phone's pages do not do as the form asks, by sheet, row and column; each cell once, in the form's order.

    rows: question name → row of the survey sheet (None: there was no workbook).
    """
    found: dict[tuple[str, str, str], Fault] = {}
    for name, column, (zh, en), word in [*_asked(root), *_functions(root)]:
        row = (rows or {}).get(name, 0)
        said = f"“{word}”：{zh}" if word else zh
        said_en = f"“{word}”: {en}" if word else en
        fault = Fault("survey" if rows is not None else "", row, column, said, said_en, "", "")
        found.setdefault((name, column, word), placed(fault))
    return list(found.values())


_Found = tuple[str, str, tuple[str, str], str]


def _asked(root: Any) -> Iterator[_Found]:
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        ref = str(node.get("ref") or node.get("nodeset") or "")
        name = ref.rpartition("/")[2]
        kind = local(node)
        if kind == "recordaudio":
            yield name, "type", _SOUND, "background-audio"
        elif kind == "bind" and name == "audit":
            yield name, "type", _AUDIT, "audit"
        elif kind == "input" and node.get("query"):
            yield name, "type", _EXTERNAL, "select_one_external"
        if node.get("intent"):
            yield name, "appearance", _OTHER_PROGRAM, str(node.get("intent"))[:60]
        yield from _appearances(name, str(node.get("appearance") or ""))


def _appearances(name: str, appearance: str) -> Iterator[_Found]:
    for word in appearance.split():
        bare = word.partition("(")[0].partition(":")[0]
        if word.startswith("search("):
            yield name, "appearance", _SEARCH, "search()"
        elif word.startswith(("ex:", "printer:")):
            yield (
                name,
                "appearance",
                APPEARANCES["printer"] if bare == "printer" else _OTHER_PROGRAM,
                word[:60],
            )
        elif bare in _CALENDARS:
            yield name, "appearance", _CALENDAR, bare
        elif bare in APPEARANCES:
            yield name, "appearance", APPEARANCES[bare], bare


# element → its attributes that hold expressions, each with the column of the sheet it comes from
_EXPRESSIONS = {
    "bind": {"relevant": "relevant", "constraint": "constraint", "required": "required", "calculate": "calculation", "readonly": "readonly"},
    "setvalue": {"value": "default"},
    "itemset": {"nodeset": "choice_filter"},
    "output": {"value": "label"},
}  # fmt: skip
_NO_FUNCTION = (
    "手机页面不认识这个函数，这张表单在手机页面上打不开；请改用别的写法，或只用 ODK Collect 填报",
    "the phone pages do not know this function and cannot open the form; write it another way, or fill it in with ODK Collect only",
)


def _functions(root: Any) -> Iterator[_Found]:
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        for attribute, column in _EXPRESSIONS.get(local(node), {}).items():
            text = _LITERAL.sub("''", str(node.get(attribute) or ""))
            for word in _CALL.findall(text):
                if word in FUNCTIONS:
                    yield _question_of(node), column, _NO_FUNCTION, word


def _question_of(node: Any) -> str:
    """The name of the question an expression stands at; a list of choices and a text stand inside theirs."""
    while node is not None:
        ref = node.get("nodeset") if local(node) == "bind" else node.get("ref")
        if ref and local(node) != "itemset":
            return str(ref).rpartition("/")[2].rstrip("')")
        node = node.getparent()
    return ""
