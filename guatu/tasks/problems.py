"""What tasks and activities refuse."""

from guatu.kernel.problems import declare

declare(
    "task.number_taken",
    status=409,
    zh="任务编号“{number}”已被“{title}”使用。",
    en="The task number “{number}” belongs to “{title}” already.",
    next_zh="请换一个编号，或打开已有的任务修改。",
    next_en="Choose another number, or edit the existing task.",
)
declare(
    "task.empty",
    status=400,
    zh="任务没有写{what}。",
    en="The task has no {what}.",
    next_zh="请补上再保存。",
    next_en="Fill it in and save again.",
)
declare(
    "task.schedule",
    status=400,
    zh="完成时限 {due_on} 早于开始日期 {starts_on}。",
    en="The deadline {due_on} lies before the start {starts_on}.",
    next_zh="请改正其中一个日期。",
    next_en="Correct one of the two days.",
)
declare(
    "task.percent",
    status=400,
    zh="进度“{percent}”不是 0 到 100 的整数。",
    en="The progress “{percent}” is not a whole number from 0 to 100.",
    next_zh="请填写 0 到 100 之间的整数。",
    next_en="Enter a whole number from 0 to 100.",
)
declare(
    "task.step",
    status=409,
    zh="任务“{task}”现在是“{status}”，不能{step}。",
    en="The task “{task}” is “{status}” now; the step “{step}” is not possible.",
    next_zh="请刷新页面，查看任务的最新状态。",
    next_en="Reload the page to see the present state of the task.",
)
declare(
    "task.needs_evidence",
    status=400,
    zh="“{category}”类任务报告完成时至少要附 {needed} 份佐证材料，现有 {present} 份。",
    en="Tasks of the category “{category}” need at least {needed} pieces of evidence when reported done; there are {present}.",
    next_zh="请上传照片或文件后再报告完成。",
    next_en="Attach photos or files, then report it done.",
)
declare(
    "task.needs_reason",
    status=400,
    zh="{step}任务“{task}”必须写明原因。",
    en="A reason is needed for the step “{step}” of the task “{task}”.",
    next_zh="请写明原因，牵头单位会看到。",
    next_en="Write the reason; the lead unit will see it.",
)
declare(
    "task.self_acceptance",
    status=409,
    zh="任务“{number}”是您自己报告完成的，不能由您验收。",
    en="You reported the task “{number}” done yourself, so you cannot check it.",
    next_zh="请由其他有验收权限的人员核验。",
    next_en="Ask somebody else who may accept tasks to check it.",
)
declare(
    "task.own_unit_acceptance",
    status=409,
    zh="任务“{number}”由您所在单位牵头，不能由本单位人员验收。",
    en="The task “{number}” is led by your own unit, which cannot check its own work.",
    next_zh="请由保障办公室、总指挥或核查员验收。",
    next_en="The office, the commander or a verifier can check it.",
)
declare(
    "task.other_campaign",
    status=400,
    zh="“{what}”不属于本保障行动。",
    en="“{what}” does not belong to this campaign.",
    next_zh="请选择本保障行动的工作组、任务或活动。",
    next_en="Choose a body, task or activity of this campaign.",
)
declare(
    "task.area_outside",
    status=400,
    zh="属地 {area} 不在本保障行动的范围 {campaign_area} 之内。",
    en="The area {area} lies outside the campaign's area {campaign_area}.",
    next_zh="请选择范围内的街镇。",
    next_en="Choose an area within it.",
)
declare(
    "task.lead_supports",
    status=400,
    zh="“{unit}”不能既是牵头单位又是配合单位。",
    en="“{unit}” cannot both lead and support the task.",
    next_zh="请从配合单位中去掉它，或另选牵头单位。",
    next_en="Take it out of the supporting units, or choose another lead unit.",
)
declare(
    "task.milestone_taken",
    status=409,
    zh="任务“{task}”已有里程碑“{name}”。",
    en="The task “{task}” has a milestone “{name}” already.",
    next_zh="请换一个名称，或修改已有的里程碑。",
    next_en="Choose another name, or change the existing milestone.",
)
declare(
    "task.milestone_day",
    status=400,
    zh="里程碑“{name}”的日期 {day} 不在任务的起止日期之内。",
    en="The milestone “{name}” on {day} lies outside the task's time.",
    next_zh="请把日期改到开始日期与完成时限之间。",
    next_en="Choose a day between the start and the deadline.",
)
declare(
    "task.milestone_unknown",
    status=404,
    zh="任务“{task}”没有这个里程碑。",
    en="The task “{task}” has no such milestone.",
    next_zh="请刷新页面查看最新的里程碑。",
    next_en="Reload the page to see the present milestones.",
)
declare(
    "task.nothing_chosen",
    status=400,
    zh="没有选中任何任务。",
    en="No task was chosen.",
    next_zh="请先在列表中勾选任务。",
    next_en="Tick tasks in the list first.",
)
declare(
    "task.none_accepted",
    status=409,
    zh="选中的 {count} 项任务没有一项可以由您验收。",
    en="Of the {count} tasks chosen, none can be accepted by you.",
    next_zh="请看每一项后面写的原因。",
    next_en="See the reason written beside each of them.",
)
declare(
    "task.cannot_undo",
    status=409,
    zh="这一步已经不能撤销：{why}。",
    en="This can no longer be undone: {why}.",
    next_zh="请打开任务逐项处理。",
    next_en="Open the tasks and deal with them one by one.",
)
declare(
    "activity.number_taken",
    status=409,
    zh="活动编号“{number}”已被“{name}”使用。",
    en="The activity number “{number}” belongs to “{name}” already.",
    next_zh="请换一个编号，或打开已有的活动修改。",
    next_en="Choose another number, or edit the existing activity.",
)
declare(
    "activity.step",
    status=409,
    zh="活动“{name}”现在是“{status}”，不能{step}。",
    en="The activity “{name}” is “{status}” now; the step “{step}” is not possible.",
    next_zh="请刷新页面，查看活动的最新状态。",
    next_en="Reload the page to see the present state of the activity.",
)
declare(
    "activity.not_yet",
    status=400,
    zh="活动“{name}”定在 {held_on}，还没有到，不能登记为已举行。",
    en="The activity “{name}” is set for {held_on}, which has not come; it cannot be recorded as held.",
    next_zh="如果已经提前举行，请先改正日期。",
    next_en="If it was held earlier, correct the day first.",
)
declare(
    "activity.result",
    status=400,
    zh="成果“{name}”不是不小于零的数字。",
    en="The result “{name}” is not a number of nought or more.",
    next_zh="请填写数字。",
    next_en="Enter a number.",
)
declare(
    "activity.part",
    status=400,
    zh="“{name}”不能作为“{parent}”的一部分。",
    en="“{name}” cannot be a part of “{parent}”.",
    next_zh="请选择同一保障行动中的另一项活动。",
    next_en="Choose another activity of the same campaign.",
)
declare(
    "activity.no_days",
    status=400,
    zh="从 {first} 到 {last} 没有符合的日期。",
    en="No such day lies between {first} and {last}.",
    next_zh="请改正起止日期。",
    next_en="Correct the first and the last day.",
)
declare(
    "task.import_unit",
    status=400,
    zh="没有名为“{unit}”的单位。",
    en="There is no unit called “{unit}”.",
    next_zh="相近的有：{near}。请改用已登记的名称、简称或代码，或先登记该单位。",
    next_en="Similar ones: {near}. Use a registered name, short name or code, or register the unit first.",
)
declare(
    "task.import_one_lead",
    status=400,
    zh="写了几个牵头单位：{units}。",
    en="Several lead units are named: {units}.",
    next_zh="一项任务只有一个牵头单位，其余请写到“配合单位”。",
    next_en="A task has one lead unit; put the others under “Supporting units”.",
)
declare(
    "task.import_body",
    status=400,
    zh="没有名为“{body}”的工作组。",
    en="There is no work group called “{body}”.",
    next_zh="现有：{bodies}。",
    next_en="There are: {bodies}.",
)
declare(
    "task.import_area",
    status=400,
    zh="本保障行动范围内没有“{area}”。",
    en="There is no “{area}” within the campaign's area.",
    next_zh="请写街镇、居村委的名称或区划代码；属于全区的留空。",
    next_en="Write the name or code of a street or neighbourhood; leave it empty for the whole district.",
)
declare(
    "task.import_milestone",
    status=400,
    zh="里程碑“{piece}”看不懂。",
    en="The milestone “{piece}” cannot be understood.",
    next_zh="请写成“完成方案 2021-05-01；进场施工 2021-06-01”的样子。",
    next_en="Write it like “plan ready 2021-05-01; work begins 2021-06-01”.",
)
declare(
    "task.import_status",
    status=400,
    zh="不能通过导入把任务改成“{status}”。",
    en="A table cannot set a task to “{status}”.",
    next_zh="导入只能写“未开始”“进行中”“待验收”；其他请在任务页面办理。",
    next_en="A table can say not started, in progress or reported done; do the rest on the task's page.",
)
declare(
    "task.import_accepted",
    status=400,
    zh="导入不能代替验收。",
    en="A table cannot accept a task.",
    next_zh="请写“待验收”，再由他人在任务清单中（可批量）验收。",
    next_en="Write “reported done”; somebody else then accepts it in the task list, many at once if need be.",
)
declare(
    "task.import_percent",
    status=400,
    zh="任务现在是“{status}”，进度不能再改。",
    en="The task is “{status}” now; its progress can no longer change.",
    next_zh="请恢复这一格原来的数字，或先在任务页面处理。",
    next_en="Put the old number back into the cell, or deal with the task on its page first.",
)
declare(
    "task.import_conflict",
    status=409,
    zh="任务“{number}”在导出之后已被他人修改（表中是第 {sheet} 版，现在是第 {now} 版）。",
    en="The task “{number}” was changed after this table was exported (the table has version {sheet}, now it is {now}).",
    next_zh="请重新导出，把您的改动写到新表里再导入。",
    next_en="Export it again, make your changes in the new table and import that.",
)
declare(
    "task.import_stranger",
    status=400,
    zh="“系统标识”不是本保障行动的任务。",
    en="The “System id” belongs to no task of this campaign.",
    next_zh="新任务请把这一格留空；旧任务请重新导出。",
    next_en="Leave the cell empty for a new task; export existing ones again.",
)
