"""What the escalation ladder does, in words."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "case.alerted": ("时限提醒：{label}", "time alert: {label_en}"),
        "case.alerts_passed": (
            "进入系统时已过{count}级提醒（最后一级：{label}），不再告知",
            "{count} rungs had passed when it was entered here (the last: {label_en}); nobody is told of them",
        ),
        "case.alert_acknowledged": ("确认了提醒：{label}", "alert acknowledged: {label_en}"),
        "case.supervised": ("生成督办单 {order}", "supervision order {order} raised"),
        "case.supervision_settled": ("督办单 {order} 办结", "supervision order {order} settled"),
    }
)
