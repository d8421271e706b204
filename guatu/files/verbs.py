"""What is done to files and imports, in words. A room of its own, loaded by the acts."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "file.attached": ("添加了附件", "file attached"),
        "file.withdrawn": ("撤回了附件", "file withdrawn"),
        "import.started": ("上传了 {rows} 行的表格", "table of {rows} rows sent"),
        "import.mapped": ("核对了列的对应关系", "columns mapped"),
        "import.checked": (
            "检查：新增 {new}，更新 {changed}，相同 {same}，有错 {error}",
            "checked: {new} new, {changed} changed, {same} the same, {error} wrong",
        ),
        "import.queued": ("转入后台导入", "handed to the background"),
        "import.applied": (
            "导入：新增 {created}，更新 {changed}",
            "imported: {created} new, {changed} changed",
        ),
        "import.undone": ("撤销了导入", "import undone"),
    }
)
