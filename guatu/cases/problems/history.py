"""What a row of a table of past cases may be refused for."""

from guatu.kernel.problems import declare

declare(
    "case.history_zone",
    status=400,
    zh="没有名为“{zone}”的时区。",
    en="There is no time zone called “{zone}”.",
    next_zh="请写时区数据库里的名称，例如 Asia/Shanghai 或 America/New_York。",
    next_en="Write a name of the time zone database, such as Asia/Shanghai or America/New_York.",
)
declare(
    "case.history_moment",
    status=400,
    zh="“{value}”不是时间。",
    en="“{value}” is not a moment.",
    next_zh="请写成 2024-03-05 14:30:00；带时区的写成 2024-03-05T14:30:00+08:00。",
    next_en="Write 2024-03-05 14:30:00, or with its zone 2024-03-05T14:30:00+08:00.",
)
declare(
    "case.history_future",
    status=400,
    zh="{when} 还没有到，不能是已经发生的事。",
    en="{when} has not come yet; it cannot have happened.",
    next_zh="请核对日期和时区。",
    next_en="Check the date and the time zone.",
)
declare(
    "case.history_word",
    status=400,
    zh="看不懂“{value}”；认得的有：{choices}。",
    en="“{value}” is not understood; known are: {choices}.",
    next_zh="请改成其中一个词，或不对应这一列。",
    next_en="Change it to one of these words, or leave the column out.",
)
declare(
    "case.history_state",
    status=400,
    zh="状态写的是“{status}”，{closed}。",
    en="The status says “{status}”, but {closed}.",
    next_zh="请让状态和结案时间一致。",
    next_en="Let the status and the moment of closing agree.",
)
declare(
    "case.history_known",
    status=409,
    zh="{number} 已经补记过，内容与这一行不同：{fields}。",
    en="{number} has been recorded already, and this row says otherwise: {fields}.",
    next_zh="历史导入不改已有的案件；确需更改请先撤销原来的导入。",
    next_en="An import of past cases changes nothing that is there; undo the earlier import first if it was wrong.",
)
declare(
    "case.history_unit",
    status=400,
    zh="没有名为“{unit}”的单位，您也不能新增单位。",
    en="There is no unit called “{unit}”, and you may not add units.",
    next_zh="请先由管理员登记这个单位，或在导入时选择自动新增。",
    next_en="Have an administrator register the unit first, or choose to add unknown units.",
)
