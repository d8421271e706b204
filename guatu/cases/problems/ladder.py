"""What the escalation ladder may refuse."""

from guatu.kernel.problems import declare

declare(
    "case.alert_not_yours",
    status=403,
    zh="这条提醒是发给{person}的，只能由本人确认。",
    en="This alert was sent to {person}; only they can acknowledge it.",
    next_zh="请本人登录后确认；需要时可以电话联系。",
    next_en="Ask them to sign in and acknowledge it; call them if it cannot wait.",
)
declare(
    "case.alert_acknowledged",
    status=409,
    zh="这条提醒已于 {when} 确认过了。",
    en="This alert was acknowledged at {when} already.",
    next_zh="不必再确认；有新情况请写在案件的讨论里。",
    next_en="There is nothing left to acknowledge; write news into the case's comments.",
)
declare(
    "case.note_too_long",
    status=400,
    zh="说明有 {length} 个字，最多 300 个字。",
    en="The note has {length} characters; 300 are the most.",
    next_zh="请缩短说明，详细情况写在案件的讨论里。",
    next_en="Shorten it; details belong into the case's comments.",
)
