"""What people are told, in words. Pure. `{name}` stands for a detail; `{name_en}` for its English where there is one."""

from collections.abc import Mapping
from string import Formatter
from typing import Any

SHOWN_TO = 99  # the badge says “99+” beyond that
LONGEST_TITLE = 160

# kind → (zh, en) for the filter, (zh, en) of the sentence. No sentence holds a personal value: units, numbers, labels.
KINDS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "dispatched": (("新派单", "dispatched"), ("派给{unit}，请接单", "Dispatched to {unit}: please accept it")),
    "assigned": (("指派给我", "given to me"), ("{unit}指派您承办，请办理", "{unit} gave it to you: please see to it")),
    "alert": (("时限提醒", "time alert"), ("时限提醒：{label}，请确认", "Time alert: {label_en}; please acknowledge it")),
    "approval": (("待审批", "approval asked"), ("申请{what}，请您审批", "{what_en} is asked for: please decide")),
    "granted": (("审批同意", "granted"), ("您的{what}申请已同意", "Your request ({what_en}) was granted")),
    "refused": (("审批不同意", "refused"), ("您的{what}申请未获同意", "Your request ({what_en}) was refused")),
    "sent_back": (("退回返工", "sent back"), ("核查不通过，退回返工", "Not passed by the check: sent back for rework")),
    "mentioned": (("提到我", "mentioned"), ("有人在讨论中提到您", "Somebody mentioned you in the comments")),
    "offered": (("移交", "hand-over"), ("请{unit}接手，请答复", "Offered to {unit}: please answer")),
    "part": (("协同事项", "joint work"), ("请{unit}协同办理", "{unit} is asked to help")),
    "returned": (("退回待改", "sent back to me"), ("填报被退回，标出 {count} 题，请在{due}前修改", "Sent back to you with {count} questions marked; mend it before {due}")),
    "return_late": (("逾期未改", "not mended in time"), ("退回的填报逾期未改（限{due}）", "What was sent back was not mended by {due}")),
    "order_late": (("逾期未整改", "order is late"), ("“{place}”逾期未整改，请去回头看", "“{place}” was not put right in time: somebody must go and look")),
    "order_again": (("再次责令整改", "ordered again"), ("“{place}”回头看未通过，已再次责令整改", "“{place}” failed its look-back and was ordered again")),
    "queue_over": (("排队超限", "line over its limit"), ("“{place}”排队 {queue} 人，超过上限 {limit} 人，请去疏导", "“{place}” has {queue} people in line, over the limit of {limit}: please see to it")),
    "order_shut": (("关停", "shut"), ("“{place}”回头看未通过，已关停", "“{place}” failed its look-back and was shut")),
    "venue_approved": (("场所码获批", "code approved"), ("“{place}”的场所码已批准，有效期至{until}，请打印张贴", "The code of “{place}” was approved until {until}: print it and put it up")),
    "venue_refused": (("场所码未批准", "code refused"), ("“{place}”的场所码未批准：{reason}", "The code of “{place}” was refused: {reason}")),
    "venue_revoked": (("场所码被收回", "code taken back"), ("“{place}”的场所码已收回：{reason}，请取下", "The code of “{place}” was taken back: {reason}. Take the poster down")),
    "pressed": (("督办", "pressed"), ("{unit}的任务被督办", "A task of {unit} is pressed on")),
}  # fmt: skip


class _Gentle(Formatter):
    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        name = str(key)
        return kwargs.get(name) or kwargs.get(name.removesuffix("_en"), "")


def word(kind: str, language: str) -> str:
    """What a kind is called."""
    words = KINDS.get(kind, ((kind, kind), ("", "")))[0]
    return words[0 if language.startswith("zh") else 1]


def sentence(kind: str, details: Mapping[str, Any], language: str) -> str:
    """What the notice says, in the reader's language."""
    words = KINDS.get(kind, (("", ""), (kind, kind)))[1]
    plain = {name: value for name, value in details.items() if isinstance(value, (str, int))}
    text = _Gentle().vformat(words[0 if language.startswith("zh") else 1], (), plain)
    return text[:1].upper() + text[1:]


def badge(count: int) -> str:
    """The number in the header: "" for none, "99+" beyond 99."""
    return "" if count <= 0 else f"{SHOWN_TO}+" if count > SHOWN_TO else str(count)
