"""More of the compiler's complaints in our words: rarer sheets, parameters, audits, entities. Data of rules.faults. Pure."""

import re

Words = tuple[str, str, str]  # (what is wrong, what to do in Chinese, what to do in English)

_RANGE = (
    "range 题的 parameters 写得不对（{word}）",
    "start、end、step 写数字，step 不为 0，刻度须在范围以内。",
    "Write numbers for start, end and step; ticks must lie within the range.",
)
_ENTITY = (
    "entities 表或 save_to 列写得不对（{word}）",
    "核对 entities 表的 list_name、label、create_if、update_if、entity_id，和 survey 表的 save_to。",
    "Check list_name, label, create_if, update_if, entity_id on the entities sheet and save_to on survey.",
)
_GEO = (
    "定位题的 parameters 写得不对",
    "精度写数字；allow-mock-accuracy、incremental 写 true 或 false。",
    "Accuracies are numbers; allow-mock-accuracy and incremental are true or false.",
)
_PARAMETER = (
    "parameters 里的“{word}”写得不对",
    "写成 键=值：像素、行数写整数，randomize、identify-user、track-changes 写 true 或 false。",
    "Write key=value: whole numbers for pixels and rows, true or false for randomize, identify-user, track-changes.",
)
_AUDIT = (
    "audit 题的 parameters“{word}”写得不对",
    "location-priority、location-min-interval、location-max-age 三项要一起写，间隔写不小于 0 的整数，max-age 不小于 min-interval。",
    "Give location-priority, location-min-interval and location-max-age together; whole numbers, max-age not below min-interval.",
)
_SOURCES = (
    "“{word}”既是一个来源的名称，又是另一个来源的名称",
    "同名的外部文件、选项表和 pulldata 来源只能是同一个文件；请改名。",
    "A file, a list of choices and a pulldata source of one name must be the same; rename one.",
)

MORE_CODES: dict[str, Words] = {
    **dict.fromkeys((f"RANGE_{number:03d}" for number in range(1, 13)), _RANGE),
    **dict.fromkeys((f"ENTITY_{number:03d}" for number in range(1, 14)), _ENTITY),
    **dict.fromkeys(("SURVEY_003", "SURVEY_007", "SURVEY_008", "SURVEY_009"), _GEO),
    "SURVEY_006": ("reference-geometry 找不到所指的数据", "写选项表、实体名单、附带文件的名称，或 ${{重复组名}}。", "Name a list of choices, an entity list, an attached file, or ${{a repeat}}."),
    "NAMES_002": ("题目名“{word}”与另一道题只差大小写", "改成不同的 name。", "Use another name."),
    "NAMES_010": ("实体名称不能以两个下划线开头", "换一个名称。", "Use another name."),
    "NAMES_011": ("实体名称里不能有句点", "去掉句点。", "Remove the period."),
    "NAMES_012": ("实体属性不能叫 name 或 label", "换一个名称。", "Use another name."),
    "NAMES_013": ("没有找到需要的工作表，但有名称相近的", "核对工作表名称：survey、choices、settings、entities。", "Check the sheets' names: survey, choices, settings, entities."),
    "NAMES_014": ("entities 表的 list_name 重复", "每个名单一行。", "One row for each list."),
    "NAMES_015": ("entities 表的 list_name 是空的", "填写 list_name。", "Fill in list_name."),
    "HEADER_005": ("entities 表有不认识的列", "核对列名的拼写，或删去这些列。", "Check the spelling, or remove the columns."),
    "INTERNAL_001": ("trigger 列写得不对", "写成 ${{题目名}}。", "Write ${{name}}."),
    "INTERNAL_002": ("引用写得不对", "检查 ${{题目名}}。", "Check the references."),
}  # fmt: skip

MORE_TEXTS: tuple[tuple[re.Pattern[str], Words], ...] = (
    (re.compile(r"element named '(?P<word>[^']*)' has no label or hint"), ("题目“{word}”没有 label，也没有 hint", "填写 label 列。", "Fill in the label column.")),
    (re.compile(r"big-image, you must also specify an image for the survey element named (?P<word>[^\s.]+)"), ("题目“{word}”有 big-image，却没有 image", "同时填写 media::image 列。", "Fill in media::image as well.")),
    (re.compile(r"This section has not been included.*?'(?P<word>[^']+)'|(?P<bare>This section has not been included)"), ("不支持 include（引入另一个表单文件）", "把要引入的题目直接写进 survey 表，删去 include 行。", "Write those questions on the survey sheet itself and remove the include row.")),
    (re.compile(r"List name not in columns sheet: (?P<word>\S+)"), ("begin_loop 用到的“{word}”在 columns 表里没有", "在 columns 表补上，或改用 begin_repeat。", "Add it to the columns sheet, or use begin_repeat.")),
    (re.compile(r"Repeat loop without list name"), ("begin_loop 没有写用哪个名单", "写成 begin_loop over 名单，或改用 begin_repeat。", "Write begin_loop over list, or use begin_repeat.")),
    (re.compile(r"Audits must always be named"), ("audit 题的 name 只能是 audit", "把 name 列留空。", "Leave the name column blank.")),
    (re.compile(r"(?P<word>location-priority|location-min-interval|location-max-age)"), _AUDIT),
    (re.compile(r"(?P<word>track-changes-reasons)"), ("track-changes-reasons 只能写 on-form-edit", "写成 track-changes-reasons=on-form-edit。", "Write track-changes-reasons=on-form-edit.")),
    (re.compile(r"(?P<word>track-changes|identify-user|max-pixels|quality)\b"), _PARAMETER),
    (re.compile(r"[Pp]arameters? (?:must include )?(?P<word>randomize|seed|rows)\b|^(?P<other>seed|randomize) "), _PARAMETER),
    (re.compile(r"seed"), ("seed 要写数字或 ${{题目名}}，并同时写 randomize=true", "写成 randomize=true seed=123。", "Write randomize=true seed=123.")),
    (re.compile(r"randomize"), ("randomize 只能写 true 或 false", "写成 randomize=true。", "Write randomize=true.")),
    (re.compile(r"Instance names must be unique within a form\. The name '(?P<word>[^']+)'"), ("外部数据的名称“{word}”用了不止一次", "每份外部数据用一个 name。", "Give every external data set a name of its own.")),
    (re.compile(r"The same instance id will be generated.*?Instance name: '(?P<word>[^']+)'"), _SOURCES),
    (re.compile(r"List name not in external choices sheet: ?(?P<word>\S+)|external_choices sheet"), ("external_choices 表里没有需要的选项", "在 external_choices 表补上 list_name、name 和选项。", "Add the list to the external_choices sheet with list_name and name.")),
    (re.compile(r"There should be choices for this question"), ("选择题没有选项", "在 choices 表补上选项。", "Add choices on the choices sheet.")),
    (re.compile(r"There are two (?:sections|survey elements) (?:with the name|named) '?(?P<word>[^'\s.]+)"), ("名称“{word}”用了不止一次", "改成不同的 name。", "Use different names.")),
    (re.compile(r"cascading_select|cascades sheet"), ("不支持旧式的 cascading_select", "改用 choice_filter 列。", "Use the choice_filter column.")),
    (re.compile(r"Cannot omit instanceID"), ("加密的表单不能省去 instanceID", "删去 omit_instanceID。", "Remove omit_instanceID.")),
    (re.compile(r"empty id_string"), ("表单没有编号", "在 settings 表填写 form_id。", "Fill in form_id on the settings sheet.")),
    (re.compile(r"Media type: (?P<word>\S+) not supported"), ("不支持媒体“{word}”", "用 image、big-image、audio、video。", "Use image, big-image, audio or video.")),
    (re.compile(r"background-geopoint"), ("background-geopoint 题只能有 trigger，不能有 calculation", "删去 calculation 列的内容，填写 trigger 列。", "Remove the calculation and fill in trigger.")),
    (re.compile(r"date|Date"), ("单元格里的日期读不出来", "把这一格设为文本，写成 2021-09-16。", "Format the cell as text and write 2021-09-16.")),
)  # fmt: skip

# what a complaint is about where neither a row nor a question is named: the text to look for in the cells, and the column
FIND: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"to use a seed"), r"\bseed\b"),
    (re.compile(r"This section has not been included"), r"^\s*include\b"),
    (re.compile(r"(location-priority|location-min-interval|location-max-age)"), r"\blocation-"),
    (
        re.compile(
            r"\b(track-changes-reasons|track-changes|identify-user|max-pixels|quality|seed|randomize)\b"
        ),
        r"\b{0}\b",
    ),
    (re.compile(r"Instance name: '([^']+)'"), r"{0}"),
    (re.compile(r"survey element named '?([^'\s.]+)"), r"^{0}$|\{{{0}\}}"),
    (re.compile(r"cascading_select"), r"cascading_select"),
)
COLUMNS: tuple[tuple[str, str], ...] = (
    ("has no label or hint", "label"), ("big-image", "media::image"), ("Audits must always", "name"), ("Instance names must", "name"),
    ("columns sheet", "type"), ("without list name", "type"), ("should be choices", "type"), ("id_string", "form_id"),
)  # fmt: skip
# the compiler broke on the workbook with an error of its own: nearly always a header that is not where it should be
BROKEN: Words = (
    "表头不全，或第一行不是表头",
    "第一行写列名：survey 表 type、name、label，choices 表 list_name、name、label；每一列都要有列名。",
    "The first row holds the column names: type, name, label on survey; list_name, name, label on choices.",
)
HEADERS = re.compile(r"sheet: '(\w+)'.*?(?:not found|were found): '([^']+)'")
