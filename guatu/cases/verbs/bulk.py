"""Bulk actions, in words."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "case.bulk_begun": ("开始批量办理，共 {wanted} 件", "bulk action begun on {wanted} cases"),
        "case.assigned": ("指派给{person_name}", "given to {person_name}"),
        "case.bulk_done": (
            "批量办理完成：{done} 件办成，{refused} 件没有办成",
            "bulk action done: {done} changed, {refused} refused",
        ),
        "case.bulk_undone": (
            "整批撤销：撤回 {back} 件，{kept} 件保留",
            "bulk action taken back: {back} undone, {kept} kept",
        ),
    }
)
