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

declare(
    "evaluation.bad_period",
    status=400,
    zh="统计时段“{value}”读不懂：日期要写成 2021-09-16，起始日不能晚于截止日，最长十年。",
    en="The period “{value}” cannot be understood: write dates as 2021-09-16, the first not after the last, ten years at most.",
    next_zh="请改正日期，或者选一个月、一个季度。",
    next_en="Correct the dates, or choose a month or a quarter.",
)
declare(
    "evaluation.unknown",
    status=400,
    zh="综合评价里没有“{value}”，可以用：{known}。",
    en="The evaluation knows no “{value}”; there are: {known}.",
    next_zh="请从页面上的选项里选。",
    next_en="Choose one of those the page offers.",
)
declare(
    "evaluation.bad_scheme",
    status=409,
    zh="活动设置里的评分办法写错了：{why}。",
    en="The scheme of scores in the campaign's settings is wrong: {why}.",
    next_zh="请按 docs/case-statistics.md 的“评分”一节改正场景包，再应用一次。",
    next_en="Mend the pack as docs/case-statistics.md says under scores, and apply it again.",
)
