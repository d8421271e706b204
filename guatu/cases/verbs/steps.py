"""What the lifecycle does to a case, in words."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "case.reported": ("上报案件 {number}", "case {number} reported"),
        "case.confirmed": ("核实属实", "confirmed on the spot"),
        "case.filed": ("立案", "taken up"),
        "case.rejected": ("不予受理", "not taken up"),
        "case.dispatched": ("派单", "dispatched"),
        "case.recalled": ("撤回派单", "dispatch taken back"),
        "case.accepted": ("接单", "accepted by the unit"),
        "case.returned": ("退回", "returned by the unit"),
        "case.held": ("挂账，暂停计时", "put on hold, the clock stands still"),
        "case.resumed": ("恢复办理，继续计时", "taken up again, the clock runs on"),
        "case.extended": ("延期", "limit extended"),
        "case.stage_done": ("完成阶段“{name}”", "part “{name}” done"),
        "case.fed_back": ("反馈处置结果", "outcome fed back"),
        "case.withdrawn": ("撤回上报", "report withdrawn"),
        "case.reopened": ("重新办理", "reopened"),
        "case.reclassified": ("改类别", "class changed from now on"),
        "case.contacted": ("先行联系了反映人", "reporter contacted"),
        "case.requested": ("申请{what}", "asked for approval: {what}"),
        "case.decided": ("审批{what}申请：{outcome}", "decided on the request ({what}): {outcome}"),
        "case.request_taken_back": ("收回{what}申请", "request taken back: {what}"),
        "case.stage_overdue": ("环节超过时限", "a stage ran out of its limit"),
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
