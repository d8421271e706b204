"""What is done to the roster, in words. Loaded by the acts."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "shift.set": ("排班：{unit} {when}", "shift set: {unit} {when}"),
        "shift.changed": ("修改班次：{unit} {when}", "shift changed: {unit} {when}"),
        "shift.swapped": ("换班：{unit} {when}", "shift swapped: {unit} {when}"),
        "shift.removed": ("撤下班次：{unit} {when}", "shift removed: {unit} {when}"),
        "shift.restored": ("恢复班次：{unit} {when}", "shift put back: {unit} {when}"),
        "unit.roster_copied": ("复制一周值班，{count} 班", "week of the roster copied, {count} shifts"),
        "unit.roster_copy_undone": ("撤销复制值班，{count} 班", "copy of the roster undone, {count} shifts"),
    }
)
