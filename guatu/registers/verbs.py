"""What is done to registers and entries, in words. A room of its own, loaded by the acts."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "register.opened": ("建立名册", "register opened"),
        "register.changed": ("修改名册的列或说明", "columns or description of the register changed"),
        "register.exported": ("导出名册 {count} 条", "register exported, {count} entries"),
        "entry.entered": ("登记入册", "entered"),
        "entry.corrected": ("更正登记", "entry corrected"),
        "entry.changed": ("按填报更新登记", "entry updated from the field"),
        "entry.conflict_settled": ("核对并行修改", "changes made side by side looked at"),
        "register.listed": ("作为实体清单 {list} 提供", "offered as entity list {list}"),
        "register.unlisted": ("不再作为实体清单提供", "no longer offered as an entity list"),
        "register.word_kept": ("填报说到名册，暂未写入", "what a submission said was kept, not entered yet"),
        "register.word_dropped": ("放弃未写入的填报内容", "what a submission said was dropped"),
        "entry.withdrawn": ("撤出名册", "withdrawn from the register"),
        "entry.forgotten": ("销毁个人信息", "personal details destroyed"),
    }
)
