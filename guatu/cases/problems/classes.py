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
