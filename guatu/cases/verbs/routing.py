"""What is done to dispatch rules and to what was learned, in words."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "routing_rule.added": ("新增派单规则“{name}”", "dispatch rule “{name}” added"),
        "routing_rule.changed": ("修改派单规则“{name}”", "dispatch rule “{name}” changed"),
        "routing_rule.moved": (
            "派单规则“{name}”改到第 {place} 位",
            "dispatch rule “{name}” moved to place {place}",
        ),
        "routing_rule.switched_off": ("停用派单规则“{name}”", "dispatch rule “{name}” switched off"),
        "routing_rule.switched_on": ("启用派单规则“{name}”", "dispatch rule “{name}” switched on"),
        "suggester.learned": (
            "从 {examples} 件已结案件学习（{what}）",
            "learned from {examples} closed cases ({what})",
        ),
    }
)
