"""What packs may refuse."""

from guatu.kernel.problems import declare

declare(
    "pack.unknown",
    status=404,
    zh="没有叫“{name}”的场景包。",
    en="There is no pack called “{name}”.",
    next_zh="可用的有：{known}；也可以写出文件夹的路径。",
    next_en="There are: {known}; the path of a folder will do as well.",
)
declare(
    "pack.faulty",
    status=400,
    zh="场景包“{name}”有 {count} 处错误，第一处在 {where}：{first}。",
    en="The pack “{name}” has {count} mistakes; the first, at {where}: {first}.",
    next_zh="运行 guatu pack check {name} 查看全部错误和修改办法。",
    next_en="Run guatu pack check {name} to see them all with their remedies.",
)
declare(
    "pack.other_campaign",
    status=409,
    zh="本库里代码为“{code}”的保障活动属于场景包“{pack}”，不能用“{name}”覆盖。",
    en="The campaign “{code}” of this store belongs to the pack “{pack}”; “{name}” cannot take it over.",
    next_zh="请给新场景包另取一个 campaign.code。",
    next_en="Give the new pack another campaign.code.",
)
declare(
    "pack.rows_refused",
    status=400,
    zh="{file} 第 {line} 行不能导入：{why}",
    en="{file}, line {line}, cannot be taken in: {why}",
    next_zh="请改正这一行后重新应用；什么都还没有写入。",
    next_en="Mend the line and apply the pack again; nothing was written.",
)
declare(
    "pack.sample_entered",
    status=409,
    zh="“{name}”的样例已经装入过，但内容与现在的文件不同，不能再装一次。",
    en="A sample of “{name}” was entered before, but from other files; it cannot be entered again.",
    next_zh="样例只适合装进新的库；请换一个 GUATU_HOME 或数据库。",
    next_en="A sample belongs into a fresh store; use another GUATU_HOME or database.",
)
declare(
    "pack.no_sample",
    status=400,
    zh="场景包“{name}”没有样例。",
    en="The pack “{name}” brings no sample.",
    next_zh="请去掉 --sample 后再应用。",
    next_en="Apply it without --sample.",
)
declare(
    "pack.sample_failed",
    status=400,
    zh="样例 {file} 第 {line} 行走不通：{why}",
    en="The sample cannot go on at {file}, line {line}: {why}",
    next_zh="请改正这一行；样例整体未写入。",
    next_en="Mend the line; nothing of the sample was written.",
)
declare(
    "pack.exists",
    status=409,
    zh="文件夹 {folder} 已经有内容了。",
    en="The folder {folder} is not empty.",
    next_zh="请换一个名称，或先移走原来的内容。",
    next_en="Choose another name, or move what is there.",
)
declare(
    "pack.bad_name",
    status=400,
    zh="“{name}”不能作为场景包名：只用小写字母、数字和连字符。",
    en="“{name}” cannot name a pack: lower-case letters, digits and hyphens only.",
    next_zh="例如 jiading-2021。",
    next_en="For example jiading-2021.",
)
declare(
    "pack.not_applied",
    status=404,
    zh="场景包“{name}”还没有应用到本库。",
    en="The pack “{name}” has not been applied to this store.",
    next_zh="先运行 guatu pack apply {name}。",
    next_en="Run guatu pack apply {name} first.",
)
declare(
    "pack.into_what",
    status=400,
    zh="“{name}”是标准库，没有自己的保障活动。",
    en="“{name}” is a library; it has no campaign of its own.",
    next_zh="请写明装入哪一次保障：guatu pack apply {name} --into 活动代码；或在场景包页面选择。",
    next_en="Say which campaign takes it: guatu pack apply {name} --into CODE, or choose one on the pack's page.",
)
declare(
    "pack.own_campaign",
    status=400,
    zh="场景包“{name}”有自己的保障活动“{code}”，不能装入别的活动。",
    en="The pack “{name}” has a campaign of its own, “{code}”; it does not go into another.",
    next_zh="请去掉 --into。",
    next_en="Leave out --into.",
)
declare(
    "pack.unknown_campaign",
    status=404,
    zh="本库没有代码为“{code}”的保障活动。",
    en="This store has no campaign with the code “{code}”.",
    next_zh="本库有：{known}。",
    next_en="There are: {known}.",
)
