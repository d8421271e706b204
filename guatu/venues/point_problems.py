"""What may be refused about service points."""

from guatu.kernel.problems import declare

declare(
    "point.bad_value",
    status=400,
    zh="服务点的内容不对：{what}。",
    en="This cannot be so at a service point: {what}.",
    next_zh="请检查类型、通道数（1–100）、每小时人数（1–10000）、人数和库存（不小于 0），时间不能在将来。",
    next_en="Check kind, lanes (1–100), people an hour (1–10,000), counts and stock (0 or more); no time in the future.",
)
declare(
    "point.number_taken",
    status=409,
    zh="编号 {number} 已有服务点在用。",
    en="Another service point already has the number {number}.",
    next_zh="请换一个编号，或留空自动编号。",
    next_en="Choose another, or leave it empty to have one made.",
)
declare(
    "point.place_gone",
    status=409,
    zh="“{place}”已关闭或撤下，不能设服务点。",
    en="“{place}” is closed or was withdrawn; no service point can be there.",
    next_zh="请先核对场所登记，或换一个场所。",
    next_en="Check the place's record, or choose another place.",
)
declare(
    "point.reason_needed",
    status=400,
    zh="没有写明暂停的原因。",
    en="No reason for the pause was given.",
    next_zh="请写明原因，市民查询页会显示。",
    next_en="Say why; the public page shows it.",
)
declare(
    "point.wrong_step",
    status=409,
    zh="服务点 {number} 的状态已变化，不能这样办理。",
    en="The state of service point {number} has changed; this step is not possible.",
    next_zh="请刷新页面再办理。",
    next_en="Reload the page and try again.",
)
declare(
    "point.not_open",
    status=409,
    zh="服务点 {number} 没有开放，不能上报排队情况。",
    en="Service point {number} is not open; nothing can be reported of its line.",
    next_zh="请先恢复服务点。",
    next_en="Resume the point first.",
)
declare(
    "point.nothing_said",
    status=400,
    zh="没有填写任何内容。",
    en="Nothing was filled in.",
    next_zh="请至少填写排队人数、今日服务人数或库存变化中的一项。",
    next_en="Give at least one of: people in line, served today, change of stock.",
)
declare(
    "point.stock_short",
    status=409,
    zh="{item}没有这么多库存。",
    en="There is not that much of {item} in stock.",
    next_zh="请先登记入库，或核对用量。",
    next_en="Enter what came in first, or check the amount used.",
)
declare(
    "point.unknown_item",
    status=400,
    zh="这个服务点不存放“{item}”。",
    en="This point keeps no “{item}”.",
    next_zh="请先在服务点的物资清单里添加。",
    next_en="Add it to the point's list of stock first.",
)
