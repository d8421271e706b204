"""What a table of settled matters says was done, in words."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "case.history": (
            "据历史表格补记：{step_zh}",
            "taken from a table of past cases: {step_en}",
        ),
        "case.history_undone": ("撤销历史导入，作废", "import of past cases undone; voided"),
    }
)
