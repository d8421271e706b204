"""What people outside may be refused."""

from guatu.kernel.problems import declare


def _refusal(code: str, status: int, zh: str, en: str, next_zh: str, next_en: str) -> None:
    declare(f"case.{code}", status=status, zh=zh, en=en, next_zh=next_zh, next_en=next_en)


_refusal(
    "link_unknown", 404,
    "这个链接不对，或者已经不在了。", "This link is not right, or it is gone.",
    "请核对是否复制完整；找不到时请联系给您链接的单位。", "Check that it was copied whole, or ask the office that gave it to you.",
)  # fmt: skip
_refusal(
    "link_over", 410,
    "这个链接已经答复过、已过期，或者已停用。", "This link has been answered, has run out, or was withdrawn.",
    "还有话要说，请联系给您链接的单位另要一个。", "If there is more to say, ask the office for another one.",
)  # fmt: skip
_refusal(
    "link_empty", 422,
    "没有写答复，也没有照片。", "There is neither an answer nor a photo.",
    "请写几句话，或者附上照片。", "Write a few words or add a photo.",
)  # fmt: skip
_refusal(
    "link_question", 422,
    "要写明请谁答复、问什么。", "Say who shall answer, and what.",
    "请补上对方单位或岗位和问题。", "Add the office or role, and the question.",
)  # fmt: skip
_refusal(
    "class_not_public", 422,
    "这一类问题不在这里受理。", "Matters of this kind are not taken here.",
    "请从列出的类别里选一个，或者拨打12345。", "Choose one of the kinds listed, or call 12345.",
)  # fmt: skip
_refusal(
    "feedback_early", 409,
    "{number} 还没有办结（{status}），现在不能评价。", "{number} is not settled yet ({status}); it cannot be judged now.",
    "办结后再打开这个链接。", "Open this link again when it is settled.",
)  # fmt: skip
_refusal(
    "feedback_empty", 422,
    "请说明问题是否解决，或者选一个满意程度。", "Say whether it was solved, or how satisfied you are.",
    "选好后再提交。", "Choose and send it again.",
)  # fmt: skip
_refusal(
    "feedback_given", 409,
    "{number} 的这一次办理结果已经评价过。", "This outcome of {number} has been judged already.",
    "重新办理以后可以再评价。", "It can be judged again when the case has been taken up again and settled.",
)  # fmt: skip
_refusal(
    "reveal_reason", 422,
    "查看反映人的个人信息要写明事由。", "Say why you open the reporter's personal data.",
    "请填写事由；查看会留下记录。", "Write the reason; opening it is logged.",
)  # fmt: skip
_refusal(
    "too_many_reports", 429,
    "刚才从这里上报得太多，请过一会儿再来。", "Too many reports came from here just now.",
    "一小时后可以再报；急事请拨打12345。", "Try again in an hour; call 12345 if it is urgent.",
)  # fmt: skip
