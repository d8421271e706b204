"""What is done to classes and standards, in words."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "case_class.listed": (
            "按表设定案件类别 {count} 个：新增 {added}，更改 {changed}",
            "{count} classes of cases set from a table: {added} added, {changed} changed",
        ),
        "case_class.edited": ("更改案件类别“{name}”", "class of cases “{name}” changed"),
        "case_standard.listed": (
            "按表设定立案标准 {count} 条：新增 {added}，更改 {changed}",
            "{count} case standards set from a table: {added} added, {changed} changed",
        ),
        "case_standard.added": ("新增立案标准“{condition}”", "case standard “{condition}” added"),
        "case_standard.edited": ("更改立案标准“{condition}”", "case standard “{condition}” changed"),
        "case_standard.taken_back": (
            "撤销导入的立案标准 {count} 条",
            "import of {count} case standards taken back",
        ),
    }
)
