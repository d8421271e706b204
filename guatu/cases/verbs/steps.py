"""What the lifecycle does to a case, in words."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "case.reported": ("上报案件 {number}", "case {number} reported"),
        "case.filed": ("立案", "taken up"),
        "case.rejected": ("不予受理", "not taken up"),
        "case.dispatched": ("派单", "dispatched"),
        "case.recalled": ("撤回派单", "dispatch taken back"),
        "case.accepted": ("接单", "accepted by the unit"),
        "case.returned": ("退回", "returned by the unit"),
        "case.handled": ("报告处置完毕", "reported as handled"),
        "case.verified": ("核查通过", "verified"),
        "case.sent_back": ("核查不通过，退回返工", "not passed, sent back to be done again"),
        "case.closed": ("结案", "closed"),
        "case.voided": ("作废", "voided"),
        "case.became_overdue": ("期限已过，记为逾期", "the limit ran out; recorded as overdue"),
        "case.corrected": ("更正了登记内容", "record corrected"),
        "case_class.set": ("设定案件类别“{name}”", "class of cases “{name}” set"),
        "case_exchange.sent": (
            "生成回传文件 {number}，共 {count} 件",
            "file {number} made with {count} cases",
        ),
    }
)
