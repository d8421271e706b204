"""What classes and standards of cases may refuse."""

from guatu.kernel.problems import declare

declare(
    "case.ambiguous_class",
    status=409,
    zh="“{class_code}”可以指 {count} 个类别：{candidates}。",
    en="“{class_code}” may mean {count} classes: {candidates}.",
    next_zh="请写成“标准|部件或事项|编码”，或在类别表里直接选一个。",
    next_en="Write it as “scheme|kind|code”, or choose one from the list of classes.",
)
declare(
    "case.class_closed",
    status=409,
    zh="类别“{name}”（{class_code}）已经停用。",
    en="The class “{name}” ({class_code}) is no longer in use.",
    next_zh="请选别的类别；确需使用，请管理人员在类别页重新启用。",
    next_en="Choose another class, or have it put back into use on its page.",
)
declare(
    "case.class_known",
    status=409,
    zh="类别“{class_code}”已经有了。",
    en="There is a class “{class_code}” already.",
    next_zh="请打开已有的类别修改，或换一个编码。",
    next_en="Open that class and change it, or choose another code.",
)
declare(
    "case.bad_class",
    status=400,
    zh="类别“{class_code}”的内容不对：{why}。",
    en="The class “{class_code}” is not as it should be: {why}.",
    next_zh="编码不超过 20 个字，名称必填；类型是 component（部件）或 matter（事项）。",
    next_en="A code of at most 20 characters and a name; the kind is component or matter.",
)
declare(
    "case.standard_known",
    status=409,
    zh="这个类别已经有立案条件“{condition}”。",
    en="This class already has the filing condition “{condition}”.",
    next_zh="请修改已有的那一条，或写明适用季节。",
    next_en="Change the one that is there, or say in which season the new one holds.",
)
declare(
    "case.bad_standard",
    status=400,
    zh="立案标准“{condition}”不对：{why}。",
    en="The case standard “{condition}” is not as it should be: {why}.",
    next_zh="立案条件必填，不超过 400 字；结案条件不超过 300 字。",
    next_en="A filing condition of at most 400 characters is needed; a closing condition has at most 300.",
)
declare(
    "case.bad_limit_cell",
    status=400,
    zh="时限“{limit}”读不懂。",
    en="The limit “{limit}” cannot be read.",
    next_zh="请写成“2紧急工作时”“4工作时”“5工作日”；分阶段写成“1紧急工作时止水；5工作日恢复”。",
    next_en="Write an amount and its unit (working hours, working days, urgent hours, days); several stages one after another, with a semicolon between.",
)
declare(
    "case.unknown_kind",
    status=400,
    zh="“{kind}”既不是部件也不是事件（事项）。",
    en="“{kind}” is neither component nor matter.",
    next_zh="请在“类型”列写部件或事件，或在导入时选择整张表的类型。",
    next_en="Write component or matter in the column, or choose the kind of the whole table when importing.",
)
