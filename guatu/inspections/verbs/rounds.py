"""What is done to rounds, teams, visits and orders."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "round.opened": ("新建检查轮次 {number} {name}", "round {number} {name} opened"),
        "round.edited": ("修改检查轮次 {number}", "round {number} changed"),
        "round.places_chosen": ("按条件加入 {count} 个场所", "{count} places chosen"),
        "round.drawn": ("随机抽取 {count} 个场所", "{count} places drawn at random"),
        "round.choosing_undone": ("撤销加入，去掉 {count} 个场所", "choice undone, {count} places taken out"),
        "round.started": ("检查开始，{count} 个场所", "round started, {count} places"),
        "round.closed": ("检查结束，未到 {left} 个场所。{reason}", "round closed, {left} places not gone to. {reason}"),
        "round.cancelled": ("取消检查：{reason}", "round cancelled: {reason}"),
        "round.reopened": ("恢复检查", "round reopened"),
        "team.added": ("编组 {team}，{when}", "team {team} added, {when}"),
        "team.changed": ("调整 {team}，{when}", "team {team} changed, {when}"),
        "team.withdrawn": ("撤下 {team}，{when}", "team {team} taken off, {when}"),
        "team.restored": ("恢复 {team}，{when}", "team {team} put back, {when}"),
        "visit.planned": ("列入检查", "planned"),
        "visit.removed": ("移出检查", "taken out of the round"),
        "visit.restored": ("恢复列入检查", "put back into the round"),
        "visit.assigned": ("交给 {team}", "given to {team}"),
        "visit.started": ("开始检查，{items} 项", "visit started, {items} items"),
        "visit.done": ("检查完成：{items} 项，不符合 {not_met} 项，当场整改 {put_right} 项",
                       "visit done: {items} items, {not_met} not met, {put_right} put right on the spot"),
        "visit.not_open": ("到场未开门：{note}", "not open when visited: {note}"),
        "visit.gone": ("场所已不在：{note}", "the place is gone: {note}"),
        "visit.skipped": ("不去了：{reason}", "skipped: {reason}"),
        "visit.replanned": ("重新安排检查", "planned again"),
        "visit.taken_back": ("撤回检查结果：{reason}", "result taken back: {reason}"),
        "visit.look_back_planned": ("安排回头看，{due_at} 前完成（{order}）", "look-back planned, by {due_at} ({order})"),
        "visit.case_reported": ("转为案件 {number}", "turned into case {number}"),
        "order.issued": ("发出通知书 {number}，{lines} 项，限 {due_at} 前", "order {number} issued, {lines} lines, by {due_at}"),
        "order.signed": ("签收：{capacity}", "taken by: {capacity}"),
        "order.refused": ("拒绝签收，有人见证", "refused to sign, before a witness"),
        "order.complied": ("报告已整改：{note}", "reported as complied with: {note}"),
        "order.compliance_undone": ("撤销整改报告", "report of compliance taken back"),
        "order.passed": ("回头看通过", "look-back passed"),
        "order.failed": ("回头看未通过", "look-back failed"),
        "order.withdrawn": ("撤销通知书：{reason}", "order withdrawn: {reason}"),
        "order.became_late": ("逾期未整改（期限 {due_at}）", "late: not complied with by {due_at}"),
    }
)  # fmt: skip
