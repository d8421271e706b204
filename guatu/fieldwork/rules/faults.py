"""What is wrong with a form, by sheet, row and column, in both languages and with what to do next. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from guatu.fieldwork.rules.expressions import Expression, ExpressionFault
from guatu.fieldwork.rules.faults_words import BROKEN, COLUMNS, FIND, HEADERS, MORE_CODES, MORE_TEXTS


@dataclass(frozen=True)
class Fault:
    """One fault. row 0 and column "": the place is not known more exactly. text: the compiler's own words (English)."""

    sheet: str
    row: int
    column: str
    zh: str
    en: str
    next_zh: str
    next_en: str
    text: str = ""

    def place(self, chinese: bool) -> str:
        """“survey 表第 5 行 relevant 列”."""
        parts = [f"{self.sheet} 表" if chinese else f"sheet {self.sheet}"] if self.sheet else []
        if self.row:
            parts.append(f"第 {self.row} 行" if chinese else f"row {self.row}")
        if self.column:
            parts.append(f"{self.column} 列" if chinese else f"column {self.column}")
        return (" " if chinese else ", ").join(parts)


_ROW = re.compile(r"\[row\s*:\s*(\d+)\]|row[s]?\s+(\d+)", re.IGNORECASE)
_SHEET = re.compile(r"(?:On the |sheet: |sheet named |the )'?(\w+)'? sheet|sheet: '(\w+)'", re.IGNORECASE)
_COLUMN = re.compile(r"the '([^']+)' value")
_QUOTED = re.compile(
    r"(?:find the|The) name '([^']+)'|named '([^']+)'|type '([^']+)'|sheet: (\S+)|'name' value '([^']+)'"
)

# code or pattern → (zh, next zh, next en). {word}: the name that the compiler quotes.
_BY_CODE: dict[str, tuple[str, str, str]] = {
    "PYREF_001": ("引用写得不对，应为 ${{题目名}}", "检查 $、大括号和题目名之间有没有多余的字符。", "Write references as ${{name}}, with nothing else inside the braces."),
    "PYREF_002": ("引用之间缺少逗号", "在每两个 ${{…}} 之间加英文逗号。", "Put a comma between the references."),
    "PYREF_003": ("引用了不存在的题目“{word}”", "核对 survey 表 name 列的拼写和大小写，或补上这道题。", "Check the spelling against the name column, or add that question."),
    "PYREF_004": ("引用的题目“{word}”有多道同名题目", "把同名的题目改成不同的 name。", "Give those questions different names."),
    "NAMES_001": ("题目名“{word}”重复", "同一组里每道题的 name 必须不同，请改名。", "Names must differ within a group; rename one."),
    "NAMES_003": ("重复组的名称不能与表单根节点同名", "换一个 name。", "Use another name."),
    "NAMES_004": ("重复组名称“{word}”在表单里出现了两次", "换一个 name。", "Use another name."),
    "NAMES_005": ("“meta”是保留名称", "换一个 name。", "Use another name."),
    "NAMES_006": ("选项没有 name", "给这个选项填写 name。", "Fill in the choice's name."),
    "NAMES_007": ("同一选项表里有重复的选项 name", "改成不同的 name；确需重复时在 settings 表设 allow_choice_duplicates。", "Use different names, or set allow_choice_duplicates on the settings sheet."),
    "NAMES_008": ("名称里有不能用的字符", "以字母、汉字或下划线开头，不含空格和标点。", "Begin with a letter or underscore; no spaces or punctuation."),
    "NAMES_009": ("表单名称里有不能用的字符", "以字母、汉字或下划线开头，不含空格和标点。", "Begin with a letter or underscore; no spaces or punctuation."),
    "LABEL_001": ("选项没有 label", "给这个选项填写 label。", "Fill in the choice's label."),
    "HEADER_001": ("找不到表头", "第一行应为列名，如 type、name、label。", "The first row must hold the column names: type, name, label."),
    "HEADER_002": ("有两列是同一个意思", "删去或改名其中一列。", "Rename or remove one of them."),
    "HEADER_003": ("缺少必需的列", "survey 表要有 type、name、label；choices 表要有 list_name、name、label。", "survey needs type, name, label; choices needs list_name, name, label."),
    "HEADER_004": ("choices 表的列名是空的或带空格", "去掉空格，或删去空列。", "Remove the spaces or the empty column."),
    "SURVEY_001": ("多了一个 end_group / end_repeat", "删去它，或补上对应的 begin 行。", "Remove it, or add the matching begin row."),
    "SURVEY_002": ("begin_group / begin_repeat 没有结束", "在组的末尾补上 end_group 或 end_repeat。", "Add end_group or end_repeat after the group's last question."),
    "SURVEY_004": ("parameters 写得不对", "写成 键=值，用空格分开。", "Write key=value, separated by spaces."),
    "SURVEY_005": ("这种题目不支持该 parameters", "删去不支持的键。", "Remove the key that is not supported."),
}  # fmt: skip
_BY_TEXT: tuple[tuple[re.Pattern[str], tuple[str, str, str]], ...] = (
    (re.compile(r"Unknown question type '(?P<word>[^']*)'"), ("没有“{word}”这种题型", "检查 type 列的拼写，如 text、integer、select_one 选项表名。", "Check the type column, such as text, integer, select_one listname.")),
    (re.compile(r"List name not in (?:external )?choices sheet: (?P<word>\S+)"), ("选项表“{word}”不存在", "在 choices 表补上 list_name 为“{word}”的选项，或改正 type 列里的表名。", "Add choices with list_name “{word}”, or correct the name in the type column.")),
    (re.compile(r"choices sheet has the"), ("用到了选项，但没有 choices 表，或缺少 list_name、name、label 列", "补上 choices 表。", "Add the choices sheet with those columns.")),
    (re.compile(r"Question with no type"), ("题目没有题型", "填写 type 列。", "Fill in the type column.")),
    (re.compile(r"Question or group with no name"), ("题目没有名称", "填写 name 列。", "Fill in the name column.")),
    (re.compile(r"Missing calculation"), ("calculate 题没有算式", "填写 calculation 列。", "Fill in the calculation column.")),
    (re.compile(r"Choice names with spaces"), ("多选题的选项 name 里有空格", "去掉空格。", "Remove the space.")),
    (re.compile(r"There is no survey element named '(?P<word>[^']*)'"), ("引用了不存在的题目“{word}”", "核对 survey 表 name 列的拼写，或补上这道题。", "Check the spelling against the name column, or add that question.")),
    (re.compile(r"There are multiple survey elements named '(?P<word>[^']*)'"), ("引用的题目“{word}”有多道同名题目", "把同名的题目改成不同的 name。", "Give those questions different names.")),
    (re.compile(r"Duplicate column header: (?P<word>.+)"), ("列名“{word}”出现了两次", "删去或改名其中一列。", "Rename or remove one of them.")),
    (re.compile(r"sheet named 'survey'|have a sheet named: survey"), ("没有 survey 表", "工作簿里要有名为 survey 的工作表，第一行为 type、name、label。", "The workbook needs a sheet named survey with the columns type, name, label.")),
    (re.compile(r"not recognized as a supported type|does not appear to be a valid XLSForm|Error reading"), ("文件打不开，或者不是它的扩展名所说的格式", "用 Excel 或 WPS 另存为 .xlsx 后重新上传。", "Save it as .xlsx and upload again.")),
    (re.compile(r"file extensions"), ("select_…_from_file 的文件扩展名不对", "用 .csv、.xml 或 .geojson 文件。", "Use a .csv, .xml or .geojson file.")),
)  # fmt: skip
# The column that a complaint is about, where the compiler does not say it.
_COLUMNS = (
    ("Unknown question type", "type"), ("List name not in", "type"), ("Question with no type", "type"),
    ("Question or group with no name", "name"), ("Missing calculation", "calculation"),
    ("NAMES_", "name"), ("LABEL_", "label"),
)  # fmt: skip


Cell = tuple[str, int, str, str]  # sheet, row, column, text


def of_pyxform(
    text: str, code: str, rows: Mapping[str, int], find: Callable[[str], Cell | None] = lambda pattern: None
) -> Fault:
    """A fault from the compiler's words. rows: question name → row, for faults that name only the question.

    find: the first cell with a pattern, for faults that name nothing but a word of theirs.
    """
    text = " ".join(text.split())
    known, word = _words_of(text, code)
    row = _first(_ROW, text)
    sheet, column = _first(_SHEET, text), _first(_COLUMN, text)
    number = int(row) if row else rows.get(f"type {word}", 0) or rows.get(word, 0)
    if "choices sheet has the" in text and not row:
        sheet, number, column = "survey", rows.get("type select", 0), "type"
    if (header := HEADERS.search(text)) is not None:
        sheet, number, column, word = header[1], 1, header[2], header[2]
    if not number and not sheet and (cell := _found(text, find)) is not None:
        sheet, number, column = cell[:3]
    column = column or next(
        (implied for words, implied in (*_COLUMNS, *COLUMNS) if words in f"{code} {text}"), ""
    )
    if not sheet and (number or "Unmatched" in text):
        sheet = "survey"
    zh, next_zh, next_en = known or (
        f"这里写得不对（{text}）",
        "请按英文提示修改。",
        "Mend it as the message says.",
    )
    fault = Fault(
        sheet, number, column, zh.format(word=word), text, next_zh.format(word=word), next_en.format(word=word), text
    )  # fmt: skip
    return placed(fault)


def _words_of(text: str, code: str) -> tuple[tuple[str, str, str] | None, str]:
    """(our words, the name the compiler quotes) for a complaint."""
    known, word = _BY_CODE.get(code) or MORE_CODES.get(code), ""
    for pattern, said in (*_BY_TEXT, *MORE_TEXTS) if known is None else ():
        match = pattern.search(text)
        if match:
            known, word = said, next((each for each in match.groups() if each), "")
            break
    if not word:
        quoted = _QUOTED.search(text)
        word = next((group for group in quoted.groups() if group), "") if quoted else ""
    return known, word


def _found(text: str, find: Callable[[str], Cell | None]) -> Cell | None:
    for pattern, wanted in FIND:
        match = pattern.search(text)
        if match is not None:
            words = [re.escape(group or "") for group in match.groups()]
            return find(wanted.format(*words) if words else wanted)
    return None


def of_broken(text: str) -> Fault:
    """The compiler failed without a word about the form: the first row of the survey sheet is where to look."""
    zh, next_zh, next_en = BROKEN
    return placed(
        Fault("survey", 1, "", zh, f"the headers cannot be made out ({text})", next_zh, next_en, text)
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return next((group for group in match.groups() if group), "") if match else ""


def of_expression(fault: ExpressionFault, rows: Mapping[str, int] | None) -> Fault:
    """A fault in an expression, brought back to the cell it came from (when there was a workbook)."""
    where = fault.where
    name = where.path.rpartition("/")[2]
    row = (rows or {}).get(name, 0)
    if fault.kind == "function":
        zh, en = (
            f"用到了手机不认识的函数“{fault.word}”",
            f"uses the function “{fault.word}”, which phones do not know",
        )
        next_zh = "核对函数名的拼写（大小写和连字符）；可用的函数见 docs/forms.md。"
        next_en = "Check the spelling (capitals, hyphens); docs/forms.md lists the functions."
    else:
        zh, en = f"算式写得不对：{where.text[:120]}", f"the expression cannot be read: {where.text[:120]}"
        next_zh, next_en = (
            "检查括号、引号是否成对，运算符两边是否完整。",
            "Check brackets, quotes and operators.",
        )
    question = f"题目“{name}”" if name else ""
    if rows is None:  # an XForm has no cells: the element is named
        element = f"bind “{where.path}”" if where.path else "label/output"
        return Fault(
            "", 0, where.column, f"元素 {element} 的 {where.column}：{zh}。", f"element {element}, {where.column}: {en}",
            next_zh, next_en, where.text[:300],
        )  # fmt: skip
    fault_of_cell = Fault(
        "survey", row, where.column, f"{question}{zh}", f"“{name}” {en}" if name else en,
        next_zh, next_en, where.text[:300],
    )  # fmt: skip
    return placed(fault_of_cell)


def of_doubt(where: Expression, word: str, rows: Mapping[str, int] | None) -> Fault:
    """An expression that the server cannot ask: it never refuses for it. For the publisher to know."""
    name = where.path.rpartition("/")[2]
    row = (rows or {}).get(name, 0)
    sheet = "survey" if rows is not None else ""
    zh = f"题目“{name}”的规则用到 {word}，服务器收到填报时不能核对，只记录，不拒收"
    en = f"“{name}” uses {word}, which the server cannot check when answers come in; it is noted and never refuses"
    return placed(Fault(sheet, row, where.column, zh, en, "", "", where.text[:300]))


def placed(fault: Fault) -> Fault:
    """The sentence begins with the place."""
    zh_place, en_place = fault.place(True), fault.place(False)
    return Fault(
        fault.sheet, fault.row, fault.column,
        f"{zh_place}：{fault.zh}。" if zh_place else f"{fault.zh}。",
        fault.en if not en_place or fault.en.startswith("[row") else f"{en_place}: {fault.en}",
        fault.next_zh, fault.next_en, fault.text,
    )  # fmt: skip
