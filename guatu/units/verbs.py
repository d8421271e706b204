"""What is done to units, people and contracts, in words. A room of its own, loaded by the acts."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "unit.added": ("登记了单位", "unit registered"),
        "unit.edited": ("修改了单位", "unit changed"),
        "unit.removed": ("撤销导入的单位", "imported unit removed"),
        "person.added": ("登记了人员", "person registered"),
        "person.edited": ("修改了人员资料", "person's details changed"),
        "person.password_set": ("设置了密码", "password set"),
        "person.deactivated": ("停用了账号", "account closed"),
        "person.reactivated": ("恢复了账号", "account opened again"),
        "person.removed": ("撤销导入的人员", "imported person removed"),
        "post.given": ("授予岗位：{title}", "post given: {title}"),
        "post.ended": ("结束岗位：{title}", "post ended: {title}"),
        "view.saved": ("保存了视图“{name}”", "saved the view “{name}”"),
        "view.renamed": ("把视图改名为“{name}”", "renamed a view to “{name}”"),
        "view.withdrawn": ("删除了视图“{name}”", "deleted the view “{name}”"),
        "view.restored": ("恢复了视图“{name}”", "brought back the view “{name}”"),
        "view.chosen": ("设置了视图“{name}”", "set up the view “{name}”"),
        "contract.signed": ("签订责任包干", "contract signed"),
        "contract.ended": ("结束责任包干", "contract ended"),
        "contract.expired": ("责任包干到期", "contract expired"),
        "contract.removed": ("撤销导入的包干", "imported contract removed"),
        "contract.restored": ("交接撤销，恢复责任包干", "hand-over undone, contract in force again"),
        "handover.done": ("交接责任包干 {count} 份", "{count} contracts handed over"),
        "handover.assigned": ("批量指定责任人 {count} 份", "{count} contracts signed together"),
        "handover.undone": ("撤销交接", "hand-over undone"),
        "person.handed_over": ("交出责任包干 {count} 份", "gave up {count} contracts"),
        "unit.limits_set": ("设定了包干份数上限", "limits of contracts set"),
        "token.made": ("新建访问令牌“{name}”", "access token “{name}” made"),
        "token.withdrawn": ("停用访问令牌“{name}”", "access token “{name}” withdrawn"),
    }
)
