"""Merging cases that are one matter, in words."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "case.merged": ("并入主件 {master}", "merged into {master}"),
        "case.unmerged": ("从主件 {master} 分出，恢复办理", "taken out of {master}; its own case again"),
        "case.took_in": ("并入了重复件 {child}", "took in the duplicate {child}"),
        "case.gave_back": ("分出了 {child}", "{child} was taken out"),
        "case.followed": ("随 {with} 改由主件 {master} 办理", "now under {master}, along with {with}"),
    }
)
