"""What figures may refuse."""

from guatu.kernel.problems import declare

declare(
    "figure.bad_definition",
    status=400,
    zh="指标“{key}”的定义读不懂：{why}。",
    en="The definition of indicator “{key}” cannot be understood: {why}.",
    next_zh="请按文档《指标》一节修改定义后重新应用。",
    next_en="Mend the definition as the documentation of indicators says and apply it again.",
)
declare(
    "figure.unknown_indicator",
    status=404,
    zh="本次保障中没有指标“{key}”。",
    en="The campaign has no indicator “{key}”.",
    next_zh="请查看指标目录。",
    next_en="Look at the list of indicators.",
)
declare(
    "figure.unknown_code",
    status=404,
    zh="没有编号为 {code} 的数字，或者它不在您可见的范围内。",
    en="There is no figure {code}, or it lies outside what you may see.",
    next_zh="请核对简报上的编号。",
    next_en="Check the code in the brief.",
)
