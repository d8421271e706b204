"""What may be wrong with a pack, said so that its author can mend it: which file, sheet and line, what, and what to do.

All mistakes are collected; a pack is never refused for one at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

# code → (zh, en, remedy zh, remedy en); docs/packs.md lists them
WORDS: dict[str, tuple[str, str, str, str]] = {
    "no_file": (
        "缺少文件 {name}", "the file {name} is missing",
        "补上这个文件；可用 guatu pack new 生成样板对照", "add the file; `guatu pack new` writes a pack to compare with",
    ),
    "bad_toml": (
        "不是有效的 TOML：{why}", "this is not valid TOML: {why}",
        "检查引号、方括号和等号是否成对", "look for quotation marks, brackets and equals signs that do not match",
    ),
    "bad_table": (
        "表格读不出来：{why}", "the table cannot be read: {why}",
        "用电子表格软件另存为 .xlsx，或 UTF-8 编码的 .csv", "save it anew as .xlsx, or as .csv in UTF-8",
    ),
    "unknown_key": (
        "不认识“{key}”", "{key} is not known here",
        "改成 {near}", "write {near}",
    ),
    "missing_key": (
        "缺少“{key}”", "{key} is missing",
        "补上，例如 {example}", "add it, e.g. {example}",
    ),
    "wrong_type": (
        "“{key}”应是{wanted_zh}，现在是 {value}", "{key} must be {wanted}, but is {value}",
        "写成 {example}", "write it as {example}",
    ),
    "not_a_choice": (
        "“{key}”的值 {value} 不在可选范围内", "{value} is not one of the values that {key} may have",
        "从这些里选：{choices}", "choose one of: {choices}",
    ),
    "duplicate": (
        "{what}“{value}”重复，第 {first} 行已经有了", "{what} {value} stands here twice; line {first} has it already",
        "改成不同的，或删掉一行", "change one of them or delete one line",
    ),
    "missing_column": (
        "缺少列“{column}”", "the column {column} is missing",
        "在标题行加上这一列；可用的列名：{columns}", "add it to the heading line; columns that are read: {columns}",
    ),
    "unknown_column": (
        "列“{column}”不会被读取", "the column {column} is not read",
        "改成 {near}，或删掉这一列", "write {near}, or delete the column",
    ),
    "empty_cell": (
        "“{column}”不能空着", "{column} must not be empty",
        "填上内容，例如 {example}", "fill it in, e.g. {example}",
    ),
    "bad_area": (
        "区划代码 {value} 不对：应是 2、4、6、9、12 位或更长的数字", "{value} is no area code: 2, 4, 6, 9, 12 or more digits",
        "查《统计用区划代码》，例如 310114（嘉定区）", "look it up, e.g. 310114 (Jiading)",
    ),
    "unknown_area": (
        "区划代码 {value} 不在本场景包的区域里", "the area {value} is not among the areas of this pack",
        "在 areas.load 里装入它的上级，或写进 areas.csv", "load the area above it in areas.load, or write it into areas.csv",
    ),
    "area_outside": (
        "区划代码 {value} 不在保障区域 {area} 之内", "the area {value} lies outside the campaign's area {area}",
        "改正代码，或调整 campaign.area", "mend the code, or change campaign.area",
    ),
    "unknown_unit": (
        "单位“{value}”不在单位表里", "the unit {value} is not in the table of units",
        "在 units 表里加上它，或改成 {near}", "add it to the units, or write {near}",
    ),
    "unknown_person": (
        "人员“{value}”不在岗位表里", "the person {value} is not in the table of posts",
        "在 posts 表里加上他，或改成 {near}", "add the person to the posts, or write {near}",
    ),
    "unknown_body": (
        "组织“{value}”没有定义", "the body {value} is not defined",
        "在 organisation.toml 里加上它，或改成 {near}", "add it to organisation.toml, or write {near}",
    ),
    "body_parent": (
        "“{value}”（{kind}）不能设在“{parent}”之下", "{value} ({kind}) cannot stand under {parent}",
        "领导小组下设办公室和工作组，专项组设在领导小组或工作组下", "offices and work groups stand under a leading group, special groups under either",
    ),
    "wrong_days": (
        "{what}：{last} 早于 {first}", "{what}: {last} lies before {first}",
        "改正日期", "mend the days",
    ),
    "bad_day": (
        "“{column}”的日期 {value} 读不懂", "the day {value} in {column} cannot be understood",
        "写成 2021-09-16", "write it as 2021-09-16",
    ),
    "bad_moment": (
        "“{column}”的时间 {value} 读不懂", "the moment {value} in {column} cannot be understood",
        "写成 2021-09-16 09:00", "write it as 2021-09-16 09:00",
    ),
    "out_of_range": (
        "“{key}”的值 {value} 超出范围 {least}–{most}", "{key} is {value}, outside {least} to {most}",
        "改到范围之内", "bring it inside the range",
    ),
    "bad_form": (
        "表单编译不过：{why_zh}", "the form does not compile: {why}",
        "{fix_zh}", "{fix}",
    ),
    "bad_form_settings": (
        "表单“{form}”的设置不对：{why}", "the settings of the form {form} are wrong: {why}",
        "只写表单里有的题目名；可用的设置见 docs/packs.md", "name only questions that the form has; docs/packs.md lists the settings",
    ),
    "form_unknown": (
        "forms.toml 说到“{value}”，但 forms/ 里没有 {value}.xlsx", "forms.toml speaks of {value}, but forms/ holds no {value}.xlsx",
        "补上表单，或改成 {near}", "add the form, or write {near}",
    ),
    "bad_indicator": (
        "指标“{key}”的定义不对：{why}", "the indicator {key} is not defined as it should be: {why}",
        "按 docs/packs.md 的“指标”一节修改", "mend it as docs/packs.md says under indicators",
    ),
    "indicator_of_nothing": (
        "指标“{key}”要数“{kind}”，但没有任何表单、名册或内置对象提供它", "the indicator {key} counts {kind}, which no form, register or built-in noun gives",
        "改成 {near}", "write {near}",
    ),
    "indicator_category": (
        "指标“{key}”要数类别“{value}”，但本场景包没有这样的{what}", "the indicator {key} counts the category {value}, but the pack has no such {what}",
        "改成 {near}", "write {near}",
    ),
    "indicator_measure": (
        "指标“{key}”要累加“{value}”，但表单“{form}”没有这个数字题", "the indicator {key} sums {value}, but the form {form} has no such number",
        "改成 {near}", "write {near}",
    ),
    "bad_wall": (
        "大屏布局不对：{why}", "the wall cannot be laid out: {why}",
        "按 12 列 12 行的网格修改", "mend it on the grid of 12 columns and 12 rows",
    ),
    "unknown_indicator": (
        "{what}用到了指标“{value}”，但没有定义", "{what} uses the indicator {value}, which is not defined",
        "在 indicators.toml 里定义它，或改成 {near}", "define it in indicators.toml, or write {near}",
    ),
    "bad_brief": (
        "简报模板“{value}”不对：{why}", "the brief template {value} is wrong: {why}",
        "修改模板或 brief.toml", "mend the template or brief.toml",
    ),
    "bad_limit": (
        "时限“{value}”不对", "the limit {value} cannot be counted",
        "limit 写数字，limit_unit 从 work_hour、work_day、urgent_hour、natural_day 里选", "limit is a number, limit_unit one of work_hour, work_day, urgent_hour, natural_day",
    ),
    "bad_limit_cell": (
        "时限“{value}”读不懂：“{why}”", "the limit {value} cannot be read: {why}",
        "写成 2紧急工作时、4工作时、5工作日；分阶段写成 1紧急工作时止水；5工作日恢复", "write 2紧急工作时, 4工作时, 5工作日; stages as 1紧急工作时止水；5工作日恢复",
    ),
    "bad_kind": (
        "没有写明是部件还是事件：“{value}”", "it is not said whether this is a component or a matter: “{value}”",
        "在 kind 列写部件或事件（事项），或在 cases.toml 里写 kind", "write 部件 or 事件 in the column kind, or kind in cases.toml",
    ),
    "class_renamed": (
        "类别 {known} 前面叫“{name}”，这里叫“{value}”", "the class {known} is called {name} above, but {value} here",
        "统一名称，或改正编码", "use one name, or mend the code",
    ),
    "bad_questions": (
        "类别“{name}”的问题不对：{why}", "the questions of the class {name} are wrong: {why}",
        "按 docs/packs.md 的说明改正", "mend them as docs/packs.md says",
    ),
    "bad_routing": (
        "派单规则“{rule}”不能用：{why}", "the rule of dispatch {rule} cannot be used: {why}",
        "改正条件或承办单位", "mend its conditions or its unit",
    ),
    "bad_peer": (
        "平台“{peer}”的对照不对：{why}", "the mapping of the platform {peer} is wrong: {why}",
        "按 docs/case-exchange.md 改正", "mend it as docs/case-exchange.md says",
    ),
    "norm_item_twice": (
        "条号“{value}”在同一版本里写了两次", "the item {value} stands twice in one edition",
        "改成不同的条号", "give it another number",
    ),
    "unknown_industry": (
        "行业“{value}”不在行业表里", "the trade {value} is not in the table of trades",
        "在 industries 表里加上它，或改成 {near}", "add it to the industries, or write {near}",
    ),
    "not_in_library": (
        "标准库（library = true）不能带 {name}", "a library (library = true) cannot bring {name}",
        "去掉它，或去掉 library 并写上 [campaign]", "leave it out, or drop library and write [campaign]",
    ),
    "bad_row": (
        "{why}", "{why}",
        "改正这一行", "mend this line",
    ),
    "sample_reference": (
        "样例提到的{what}“{value}”不存在", "the sample speaks of {what} {value}, which does not exist",
        "改成 {near}", "write {near}",
    ),
    "sample_late": (
        "样例记录的时间 {value} 晚于场景时间 {as_of}", "the sample's record at {value} lies after the pack's moment {as_of}",
        "把时间改到 {as_of} 之前", "bring it before {as_of}",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One mistake. line counts from 1 as an editor or a spreadsheet shows it; None: the file as a whole."""

    code: str
    file: str
    sheet: str = ""
    line: int | None = None
    details: dict[str, Any] = field(default_factory=dict)
    warning: bool = False

    def _said(self, zh: int, en: int, language: str | None) -> str:
        chinese = (language or get_language() or "zh").startswith("zh")
        return WORDS[self.code][zh if chinese else en].format(**self.details)

    def sentence(self, language: str | None = None) -> str:
        return self._said(0, 1, language)

    def remedy(self, language: str | None = None) -> str:
        return self._said(2, 3, language)

    @property
    def where(self) -> str:
        """tasks.xlsx · 任务清单 · 12"""
        pieces = [self.file, self.sheet, str(self.line) if self.line else ""]
        return " · ".join(piece for piece in pieces if piece)

    def as_data(self) -> dict[str, Any]:
        return {
            "file": self.file, "sheet": self.sheet, "line": self.line, "code": self.code,
            "level": "warning" if self.warning else "error",
            "message": self.sentence("en"), "remedy": self.remedy("en"),
            "message_zh": self.sentence("zh-hans"), "remedy_zh": self.remedy("zh-hans"),
        }  # fmt: skip


class Faults(list[Fault]):
    """The mistakes found so far."""

    def add(
        self,
        code: str,
        file: str,
        *,
        line: int | None = None,
        sheet: str = "",
        warning: bool = False,
        **details: Any,
    ) -> None:
        self.append(Fault(code, file, sheet, line, details, warning))

    @property
    def errors(self) -> list[Fault]:
        return [fault for fault in self if not fault.warning]

    def sorted(self) -> list[Fault]:
        """Errors first, then by file and line."""
        return sorted(self, key=lambda fault: (fault.warning, fault.file, fault.sheet, fault.line or 0))


def near(word: str, known: Iterable[str], most: int = 6) -> str:
    """What was probably meant: the closest known words, or the first few of them all."""
    from difflib import get_close_matches

    words = list(dict.fromkeys(known))
    close = get_close_matches(word, words, n=2, cutoff=0.6)
    chosen = close or words[:most]
    return " / ".join(chosen) + ("" if close or len(words) <= most else " …") if chosen else "—"
