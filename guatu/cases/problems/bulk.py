"""What may be refused about bulk actions."""

from guatu.kernel.problems import declare

declare(
    "bulk.nothing",
    status=400,
    zh="没有选中案件。",
    en="No case was chosen.",
    next_zh="请在列表里勾选案件，或者选“符合条件的全部”。",
    next_en="Tick cases in the list, or choose all that match.",
)
declare(
    "bulk.too_many",
    status=413,
    zh="选中了 {count} 件，一次最多办理 {most} 件。",
    en="{count} cases were chosen; at most {most} can be done at once.",
    next_zh="请用筛选缩小范围，分几次办理。",
    next_en="Narrow the list with the filters and do it in several goes.",
)
declare(
    "bulk.unknown_step",
    status=400,
    zh="不能批量做“{step}”这一步。",
    en="“{step}” cannot be done in bulk.",
    next_zh="请从批量办理的选单里选一步。",
    next_en="Choose a step from the list of bulk actions.",
)
declare(
    "bulk.argument_needed",
    status=400,
    zh="批量“{step}”还缺：{what}。",
    en="Bulk “{step}” lacks: {what}.",
    next_zh="请填好以后再预览。",
    next_en="Fill it in and preview again.",
)
declare(
    "bulk.not_yours",
    status=403,
    zh="这次批量办理是{who}做的，只能由本人撤销。",
    en="This bulk action was {who}’s; only they can take it back.",
    next_zh="请联系本人，或逐件办理。",
    next_en="Ask them, or work on the cases one by one.",
)
declare(
    "bulk.not_undoable",
    status=409,
    zh="这次批量“{step}”不能整批撤销了：{why}。",
    en="This bulk “{step}” can no longer be taken back as a whole: {why}.",
    next_zh="请打开案件逐件办理。",
    next_en="Open the cases and work on them one by one.",
)
declare(
    "bulk.moved_on",
    status=409,
    zh="{number} 之后又有了变化，没有撤销。",
    en="{number} has moved on since and was left as it is.",
    next_zh="请打开这一件，看现在该做哪一步。",
    next_en="Open the case to see which step comes now.",
)
declare(
    "case.not_in_unit",
    status=409,
    zh="{person}不是{unit}的人（或已停用），不能承办 {number}。",
    en="{person} is not one of {unit} (or no longer active) and cannot look after {number}.",
    next_zh="请指派承办单位的人；要换单位请移交或重新派单。",
    next_en="Name somebody of the unit in charge; to change the unit, hand the case over or dispatch it anew.",
)
declare(
    "case.nobody_after_accept",
    status=409,
    zh="{number} 已经接单，总要有人承办。",
    en="{number} has been accepted: somebody must look after it.",
    next_zh="请指派另一个人。",
    next_en="Name somebody else.",
)
