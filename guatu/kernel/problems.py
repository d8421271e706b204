"""One catalogue of refusals: a stable code, a sentence in both languages, and what to do next."""

from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from django.utils.translation import get_language


@dataclass(frozen=True)
class Kind:
    code: str
    status: int
    zh: str
    en: str
    next_zh: str
    next_en: str


CATALOGUE: dict[str, Kind] = {}


def declare(code: str, *, status: int, zh: str, en: str, next_zh: str, next_en: str) -> str:
    """Enter a refusal into the catalogue; called when `<app>/problems.py` is imported."""
    kind = Kind(code, status, zh, en, next_zh, next_en)
    if CATALOGUE.setdefault(code, kind) != kind:
        raise ValueError(f"problem {code} is declared twice with different words")
    return code


class _Gentle(Formatter):
    """A missing detail shows as “?”, so that a refusal never fails while refusing."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        return kwargs.get(key, "?") if isinstance(key, str) else "?"


@dataclass
class Problem(Exception):
    """What was refused and why. Raise it with the catalogue's code and the details its sentence names."""

    code: str
    details: dict[str, Any] = field(default_factory=dict)

    def __init__(self, code: str, /, **details: Any) -> None:
        super().__init__(code)
        if code not in CATALOGUE:
            raise KeyError(f"problem {code} is not declared")
        self.code = code
        self.details = details

    @property
    def kind(self) -> Kind:
        return CATALOGUE[self.code]

    @property
    def status(self) -> int:
        return self.kind.status

    def sentence(self, language: str | None = None) -> str:
        """What happened, to what, why."""
        return _Gentle().vformat(self.kind.zh if _chinese(language) else self.kind.en, (), self.details)

    def next_step(self, language: str | None = None) -> str:
        """What to do about it."""
        return _Gentle().vformat(
            self.kind.next_zh if _chinese(language) else self.kind.next_en, (), self.details
        )

    def words(self, language: str | None = None) -> str:
        """What happened and what to do about it, as one text."""
        between = "" if _chinese(language) else " "
        return f"{self.sentence(language)}{between}{self.next_step(language)}"

    def as_json(self, language: str | None = None) -> dict[str, Any]:
        """The one shape in JSON: {"code", "message", "next", "details"}."""
        return {
            "code": self.code,
            "message": self.sentence(language),
            "next": self.next_step(language),
            "details": {name: _plain(value) for name, value in self.details.items()},
        }

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence('zh-hans')}"


def _chinese(language: str | None) -> bool:
    return (language or get_language() or "zh").startswith("zh")


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, bool, list, dict, type(None))) else str(value)


declare(
    "kernel.stale",
    status=409,
    zh="“{what}”在您打开之后已被他人修改（现为第 {version} 版）。",
    en="“{what}” was changed by somebody else after you opened it (now version {version}).",
    next_zh="请查看最新内容，再决定是否重做您的修改；您填写的内容仍保留在页面上。",
    next_en="Look at the newest state, then decide whether to make your change again; what you typed is kept.",
)
declare(
    "kernel.future",
    status=400,
    zh="发生时间 {effective_at} 晚于现在，系统不能登记还没有发生的事。",
    en="The time {effective_at} lies in the future; what has not happened yet cannot be recorded.",
    next_zh="请检查日期和时间。",
    next_en="Check the date and the time.",
)
declare(
    "kernel.duplicate",
    status=409,
    zh="同样的记录已经存在（{constraint}）。",
    en="The same record exists already ({constraint}).",
    next_zh="请打开已有的记录，不要重复登记。",
    next_en="Open the existing record instead of entering it again.",
)
declare(
    "kernel.busy",
    status=503,
    zh="同一时间有别人在改同样的记录，这一次没有写入。",
    en="Others were changing the same records at the same moment; nothing was written this time.",
    next_zh="请再提交一次。",
    next_en="Send it once more.",
)
declare(
    "kernel.out_of_range",
    status=400,
    zh="有一个日期或数字超出了能计算的范围。",
    en="A date or a number lies beyond what can be counted with.",
    next_zh="请核对日期（例如 2021-09-16）和数字。",
    next_en="Check dates (such as 2021-09-16) and numbers.",
)
declare(
    "kernel.broken_rule",
    status=400,
    zh="数据库拒绝了这条记录，因为它违反了规则“{constraint}”。",
    en="The database refused the record because it breaks the rule “{constraint}”.",
    next_zh="请检查填写的内容。",
    next_en="Check what was entered.",
)
declare(
    "kernel.too_large",
    status=413,
    zh="“{what}”太大：{size}，上限是 {limit}。",
    en="“{what}” is too large: {size}; the limit is {limit}.",
    next_zh="请拆分或压缩后再试。",
    next_en="Split or shrink it and try again.",
)
declare(
    "kernel.bad_xml",
    status=400,
    zh="“{what}”不是可以接受的 XML：{why}。",
    en="“{what}” is not XML that can be accepted: {why}.",
    next_zh="请用表单软件重新生成后再发送。",
    next_en="Produce it again with the form software and send it again.",
)
declare(
    "kernel.unreadable",
    status=400,
    zh="“{what}”读不出来：{why}。",
    en="“{what}” cannot be read: {why}.",
    next_zh="请检查文件后再试。",
    next_en="Check the file and try again.",
)
