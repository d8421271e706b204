"""What files and imports may refuse."""

from guatu.kernel.problems import declare

declare(
    "file.unknown_type",
    status=415,
    zh="“{name}”不是可以接收的文件类型（按内容判断，不看扩展名）。",
    en="“{name}” is not a type of file that can be taken in (its bytes were looked at, not its name).",
    next_zh="可以上传照片（JPEG、PNG、WebP）、PDF、Word、Excel、PPT、文本、录音和录像。",
    next_en="Photos (JPEG, PNG, WebP), PDF, Word, Excel, PowerPoint, text, sound and video can be sent.",
)
declare(
    "file.empty",
    status=400,
    zh="“{name}”是空文件。",
    en="“{name}” is empty.",
    next_zh="请重新选择文件。",
    next_en="Choose the file again.",
)
declare(
    "file.too_large",
    status=413,
    zh="“{name}”有 {size}，这类文件最大 {limit}。",
    en="“{name}” has {size}; files of this type may have at most {limit}.",
    next_zh="请压缩或拆分后再上传。",
    next_en="Shrink or split it and send it again.",
)
declare(
    "file.bad_picture",
    status=400,
    zh="照片“{name}”打不开：{why}。",
    en="The picture “{name}” cannot be opened: {why}.",
    next_zh="请用手机重新保存或截屏后上传。",
    next_en="Save it again on the phone, or send a screenshot of it.",
)
declare(
    "file.macros",
    status=415,
    zh="“{name}”带有宏（可执行代码），不能接收。",
    en="“{name}” carries macros (code that runs) and cannot be taken in.",
    next_zh="请另存为不带宏的 .xlsx 或 .docx 再上传。",
    next_en="Save it as .xlsx or .docx without macros and send it again.",
)
declare(
    "file.gone",
    status=410,
    zh="“{name}”的内容已经销毁或撤回，只留下指纹和登记。",
    en="The contents of “{name}” were destroyed or withdrawn; only the fingerprint and the record remain.",
    next_zh="如确有需要，请找上传人重新提供。",
    next_en="If you need it, ask the person who sent it for it again.",
)
declare(
    "import.unknown_kind",
    status=404,
    zh="没有“{kind}”这一类导入。",
    en="There is no import of the kind “{kind}”.",
    next_zh="请从导入页面选择要导入的内容。",
    next_en="Choose what to import on the imports page.",
)
declare(
    "import.unreadable",
    status=400,
    zh="“{name}”读不出表格：{why}。",
    en="No table can be read from “{name}”: {why}.",
    next_zh="请另存为 .xlsx、UTF-8 的 .csv 或 GeoJSON 后再试；也可以下载模板填写。",
    next_en="Save it as .xlsx, as .csv in UTF-8 or as GeoJSON and try again; or fill in the template.",
)
declare(
    "import.too_many",
    status=413,
    zh="“{name}”有 {count}，一次最多导入 {limit}。",
    en="“{name}” has {count}; at most {limit} can be imported at once.",
    next_zh="请拆成几个文件分别导入。",
    next_en="Split it into several files and import them one by one.",
)
declare(
    "import.unmapped",
    status=400,
    zh="还没有指明哪一列是“{fields}”。",
    en="It has not been said which column holds “{fields}”.",
    next_zh="请在对应关系里为必填项选择列，或在表格里补上这一列。",
    next_en="Choose a column for each required field, or add the column to the table.",
)
declare(
    "import.unknown_column",
    status=400,
    zh="表格里没有“{column}”这一列。",
    en="The table has no column “{column}”.",
    next_zh="表格的列是：{columns}。",
    next_en="The table's columns are: {columns}.",
)
declare(
    "import.unknown_field",
    status=400,
    zh="这类导入没有“{field}”这一项。",
    en="This import has no field “{field}”.",
    next_zh="可以对应的项目是：{fields}。",
    next_en="The fields are: {fields}.",
)
declare(
    "import.column_twice",
    status=400,
    zh="“{column}”这一列同时对应了两个项目。",
    en="The column “{column}” was given to two fields at once.",
    next_zh="请为其中一个另选一列，或留空。",
    next_en="Choose another column for one of them, or leave it empty.",
)
declare(
    "import.wrong_state",
    status=409,
    zh="这次导入现在是“{state}”，不能再做这一步。",
    en="This import is “{state}” now; that step is not possible any more.",
    next_zh="请打开导入记录看现在能做什么。",
    next_en="Open the import to see what can be done now.",
)
declare(
    "import.nothing_good",
    status=409,
    zh="没有一行可以导入：{errors} 行有错。",
    en="Not one row can go in: {errors} rows are wrong.",
    next_zh="请下载有错的行，改正后重新上传。",
    next_en="Download the wrong rows, mend them and send them again.",
)
declare(
    "import.built_on",
    status=409,
    zh="不能撤销：导入的记录已经被使用——{rows}。",
    en="This cannot be undone: records of the import are in use — {rows}.",
    next_zh="请先处理这些记录，或在记录页面逐条更正。",
    next_en="Settle these records first, or correct them one by one on their pages.",
)
declare(
    "import.needs_campaign",
    status=400,
    zh="“{title}”要导入到某一次保障里，请指明是哪一次。",
    en="“{title}” are imported into a campaign; say which one.",
    next_zh="请在页面上选择保障，或用 --campaign 指明。",
    next_en="Choose the campaign on the page, or name it with --campaign.",
)
declare(
    "import.empty_cell",
    status=400,
    zh="必填，但是空着。",
    en="This is required but empty.",
    next_zh="请填写。",
    next_en="Fill it in.",
)
declare(
    "import.too_long",
    status=400,
    zh="有 {length} 个字，最多 {limit} 个字。",
    en="It has {length} characters; at most {limit} fit.",
    next_zh="请缩短。",
    next_en="Make it shorter.",
)
declare(
    "import.not_a_number",
    status=400,
    zh="不是数字。",
    en="This is not a number.",
    next_zh="请只填数字，不带单位，例如 120 或 39.16。",
    next_en="Write digits only, without a unit, such as 120 or 39.16.",
)
declare(
    "import.out_of_range",
    status=400,
    zh="不在 {least} 到 {most} 之间。",
    en="This is not between {least} and {most}.",
    next_zh="请核对数字和单位。",
    next_en="Check the number and its unit.",
)
declare(
    "import.not_a_day",
    status=400,
    zh="不是日期。",
    en="This is not a date.",
    next_zh="请写成 2021-09-16 或 2021年9月16日。",
    next_en="Write it as 2021-09-16.",
)
declare(
    "import.not_a_moment",
    status=400,
    zh="不是日期和时间。",
    en="This is not a date with a time.",
    next_zh="请写成 2021-09-16 14:05。",
    next_en="Write it as 2021-09-16 14:05.",
)
declare(
    "import.not_yes_or_no",
    status=400,
    zh="不是“是”或“否”。",
    en="This is neither yes nor no.",
    next_zh="请填“是”或“否”。",
    next_en="Write “yes” or “no”.",
)
declare(
    "import.not_a_choice",
    status=400,
    zh="不是可选的值。",
    en="This is not one of the values.",
    next_zh="可以填：{choices}。",
    next_en="It can be: {choices}.",
)
declare(
    "import.broken_cell",
    status=400,
    zh="单元格里是 Excel 的错误值，或是不能显示的字符。",
    en="The cell holds an Excel error or characters that cannot be shown.",
    next_zh="请在 Excel 里修好公式，或重新输入。",
    next_en="Mend the formula in Excel, or type the value again.",
)
declare(
    "import.twice",
    status=400,
    zh="与第 {line} 行重复（{key}）。",
    en="This repeats line {line} ({key}).",
    next_zh="请只保留一行。",
    next_en="Keep only one of the two.",
)
