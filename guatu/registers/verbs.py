"""What is done to registers and entries, in words. A room of its own, loaded by the acts."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "register.opened": ("建立名册", "register opened"),
        "register.changed": ("修改名册的列或说明", "columns or description of the register changed"),
        "register.exported": ("导出名册 {count} 条", "register exported, {count} entries"),
        "entry.entered": ("登记入册", "entered"),
        "entry.corrected": ("更正登记", "entry corrected"),
        "entry.withdrawn": ("撤出名册", "withdrawn from the register"),
        "entry.forgotten": ("销毁个人信息", "personal details destroyed"),
    }
)
