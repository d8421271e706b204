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
declare(
    "entity.list_taken",
    status=409,
    zh="已经有名为“{list}”的实体清单。",
    en="There is an entity list “{list}” already.",
    next_zh="请换一个清单名，或直接用已有的清单。",
    next_en="Choose another name, or use the list that is there.",
)
declare(
    "entity.bad_name",
    status=400,
    zh="“{name}”不能作清单名或属性名。",
    en="“{name}” cannot be the name of a list or a property.",
    next_zh="以字母或汉字开头，只用字母、汉字、数字、- 和 _，最多 60 个；属性不能叫 name 或 label。",
    next_en="Begin with a letter; letters, digits, - and _ only, 60 at most; a property is neither name nor label.",
)
declare(
    "entity.no_such_list",
    status=404,
    zh="没有名为“{list}”的实体清单。",
    en="There is no entity list “{list}”.",
    next_zh="请在名册页打开“作为实体清单提供”，或检查表单里的清单名。",
    next_en="Offer the register as an entity list, or check the name in the form.",
)
declare(
    "entity.no_property",
    status=400,
    zh="实体清单“{list}”没有属性“{name}”。",
    en="The entity list “{list}” has no property “{name}”.",
    next_zh="已有的属性：{known}。",
    next_en="Its properties are: {known}.",
)
declare(
    "entity.property_taken",
    status=409,
    zh="实体清单“{list}”已经有属性“{name}”。",
    en="The entity list “{list}” has a property “{name}” already.",
    next_zh="直接使用它即可。",
    next_en="Simply use it.",
)
declare(
    "entity.no_label",
    status=400,
    zh="实体没有名称（label）。",
    en="The entity has no label.",
    next_zh="请填写名称；表单里由 entities 表的 label 列给出。",
    next_en="Give it a label; in forms the label column of the entities sheet does.",
)
declare(
    "entity.bad_id",
    status=400,
    zh="“{id}”不是实体编号（UUID）。",
    en="“{id}” is not an entity's id (a UUID).",
    next_zh="新建时请由手机生成；更新时请从清单里选。",
    next_en="Let the phone make it when creating; choose from the list when updating.",
)
declare(
    "entity.known",
    status=409,
    zh="已经有编号为“{id}”的实体。",
    en="There is an entity “{id}” already.",
    next_zh="要改它请用更新；同一个编号只新建一次。",
    next_en="Update it instead; an id is created once.",
)
declare(
    "entity.outdated",
    status=409,
    zh="这个实体现在是第 {version} 版，不是您看到的第 {base} 版。",
    en="The entity is at version {version} now, not at version {base} that you had.",
    next_zh="请取最新一版再改，或写明 force=true 直接覆盖。",
    next_en="Fetch the current version and change that, or say force=true.",
)
declare(
    "entity.out_of_reach",
    status=403,
    zh="这个实体不在填报人可以更新的范围内。",
    en="The entity lies outside what the sender may change.",
    next_zh="填报已收下；请由有权限的同事在名册页写入。",
    next_en="The submission is kept; a colleague with the right may enter it on the register's page.",
)
declare(
    "entity.fixed",
    status=409,
    zh="实体清单“{list}”由系统提供，不能这样改。",
    en="The entity list “{list}” is kept by the system and cannot be changed like this.",
    next_zh="点位请在“现场 → 点位”修改。",
    next_en="Change places under Street → Places.",
)
declare(
    "entity.word_settled",
    status=409,
    zh="这条内容已是“{status}”，不用再处理。",
    en="This word is “{status}”; nothing is left to do.",
    next_zh="请刷新页面。",
    next_en="Reload the page.",
)
declare(
    "entity.no_conflict",
    status=409,
    zh="这条登记没有待核对的并行修改。",
    en="Nothing waits to be looked at on this entry.",
    next_zh="请刷新页面。",
    next_en="Reload the page.",
)
