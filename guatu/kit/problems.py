"""Refusals that belong to pages as such."""

from guatu.kernel.problems import declare

BAD_FILTER = declare(
    "kit.bad_filter",
    status=400,
    zh="筛选条件看不懂：{why}",
    en="A filter could not be understood: {why}",
    next_zh="请回到列表改正筛选条件，再导出或打印。",
    next_en="Go back to the list, mend the filter, then export or print again.",
)
PRINT_TOO_LONG = declare(
    "kit.print_too_long",
    status=413,
    zh="符合条件的记录超过 {limit} 条，一次打印不下。",
    en="More than {limit} records match; they do not fit one print.",
    next_zh="请先用筛选缩小范围，或者导出为 Excel 文件。",
    next_en="Narrow the list with the filters, or export it as an Excel file.",
)
EXPORT_TOO_LONG = declare(
    "kit.export_too_long",
    status=413,
    zh="符合条件的记录超过 {limit} 条，一个 Excel 工作表放不下。",
    en="More than {limit} records match; one Excel sheet cannot hold them.",
    next_zh="请先用筛选缩小范围，或者导出为 CSV 文件。",
    next_en="Narrow the list with the filters, or export it as CSV.",
)
