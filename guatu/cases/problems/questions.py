"""What answers to a class's questions, and updates of peers, may be refused for."""

from guatu.kernel.problems import declare

declare(
    "case.answer_missing",
    status=400,
    zh="{code}（{name}）是必填的：{code} required。",
    en="{code} required ({name}).",
    next_zh="请补上 attribute[{code}]。",
    next_en="Add attribute[{code}].",
)
declare(
    "case.answer_not_a_choice",
    status=400,
    zh="{code} 没有“{said}”这个选项，可选：{allowed}。",
    en="{code} does not offer “{said}”; choose from: {allowed}.",
    next_zh="请填选项的 key。",
    next_en="Send the key of a choice.",
)
declare(
    "case.answer_one_only",
    status=400,
    zh="{code} 只能答一个，收到了：{said}。",
    en="{code} takes one answer; these came: {said}.",
    next_zh="请只填一个。",
    next_en="Send one.",
)
declare(
    "case.answer_wrong",
    status=400,
    zh="{code} 的回答“{said}”不合要求（{why}）。",
    en="The answer “{said}” to {code} is not what was asked for ({why}).",
    next_zh="请按 {why} 填写：number 是数字，datetime 是 2021-09-16T09:00:00+08:00，long 是太长。",
    next_en="Answer with {why}: a number, a datetime such as 2021-09-16T09:00:00+08:00; long: make it shorter.",
)
declare(
    "georeport.update_differs",
    status=400,
    zh="进展 {update_id} 已经收到过（案件 {number}），但这次的内容不同。",
    en="The update {update_id} is already here (request {number}), with other contents.",
    next_zh="新的内容请用新的 update_id。",
    next_en="Use a new update_id for what is new.",
)
