"""What registers may refuse."""

from guatu.kernel.problems import declare

declare(
    "register.bad_column",
    status=400,
    zh="名册的列“{column}”不能这样定：{why}。",
    en="The register's column “{column}” cannot be declared like this: {why}.",
    next_zh="请按名册说明改正后再建。",
    next_en="Mend it as the page on registers says and try again.",
)
declare(
    "register.known",
    status=409,
    zh="已经有代码为“{code}”的名册，而且已有 {count} 条登记，列不能再改成别的。",
    en="A register “{code}” with {count} entries exists already; its columns cannot become others.",
    next_zh="可以改名称、说明和增加列；要换列，请另建名册。",
    next_en="Its name may change and columns may be added; for other columns open another register.",
)
declare(
    "register.parent_unknown",
    status=400,
    zh="上级名册里没有“{parent}”。",
    en="The register above has no entry “{parent}”.",
    next_zh="请先在上级名册登记，或检查写法。",
    next_en="Enter it there first, or check how it is written.",
)
declare(
    "register.no_parent",
    status=400,
    zh="名册“{register}”没有上级名册，不能写所属。",
    en="The register “{register}” stands under no other; an entry cannot name one it belongs to.",
    next_zh="请去掉所属一栏。",
    next_en="Leave that column out.",
)
declare(
    "register.bad_value",
    status=400,
    zh="“{column}”写的内容不对：{why}。",
    en="What stands under “{column}” is not right: {why}.",
    next_zh="请改正这一项，其余内容都还在。",
    next_en="Mend this one; everything else is kept.",
)
declare(
    "register.unknown_column",
    status=400,
    zh="名册“{register}”没有“{column}”这一列。",
    en="The register “{register}” has no column “{column}”.",
    next_zh="可以填的列：{columns}。",
    next_en="Its columns are: {columns}.",
)
declare(
    "register.twice",
    status=409,
    zh="“{key}”已经在名册“{register}”里，一个对象只登记一次。",
    en="“{key}” stands in the register “{register}” already; everybody is entered once.",
    next_zh="请打开已有的登记更正，或在导入时选“更新已有的”。",
    next_en="Correct the entry that is there, or choose “update those known” when importing.",
)
declare(
    "register.withdrawn",
    status=409,
    zh="这条登记已是“{status}”，不能再改。",
    en="This entry is “{status}”; it can no longer be changed.",
    next_zh="如需恢复，请重新登记。",
    next_en="To bring it back, enter it again.",
)
declare(
    "register.reason_needed",
    status=400,
    zh="要写明原因。",
    en="A reason is needed.",
    next_zh="请写一句话，会记入登记。",
    next_en="Write one sentence; it goes on record.",
)
declare(
    "register.nothing_personal",
    status=400,
    zh="名册“{register}”没有“{column}”这一个人信息列。",
    en="The register “{register}” has no personal column “{column}”.",
    next_zh="请刷新页面再试。",
    next_en="Reload the page and try again.",
)
declare(
    "register.has_members",
    status=409,
    zh="“{entry}”名下还有 {count} 条登记，不能先撤出。",
    en="“{entry}” still has {count} entries under it and cannot be withdrawn first.",
    next_zh="请先撤出或改挂它名下的登记。",
    next_en="Withdraw those first, or move them elsewhere.",
)
