"""What campaigns refuse."""

from guatu.kernel.problems import declare

declare(
    "campaign.days",
    status=400,
    zh="“{name}”的闭幕日期 {closes_on} 早于开幕日期 {opens_on}。",
    en="“{name}” closes on {closes_on}, before it opens on {opens_on}.",
    next_zh="请改正日期。",
    next_en="Correct the dates.",
)
declare(
    "campaign.code_taken",
    status=409,
    zh="代码“{code}”已有保障行动使用。",
    en="The code “{code}” belongs to another campaign already.",
    next_zh="请换一个代码，或打开已有的保障行动。",
    next_en="Choose another code, or open the existing campaign.",
)
declare(
    "campaign.phase_days",
    status=400,
    zh="阶段“{name}”的结束日期早于开始日期。",
    en="The phase “{name}” ends before it begins.",
    next_zh="请改正这一阶段的日期。",
    next_en="Correct the dates of this phase.",
)
declare(
    "campaign.phase_twice",
    status=400,
    zh="阶段“{name}”的代码出现了两次。",
    en="The code of the phase “{name}” appears twice.",
    next_zh="每个阶段用一个不同的代码。",
    next_en="Give every phase a code of its own.",
)
declare(
    "campaign.body_kind",
    status=400,
    zh="“{name}”的类型“{kind}”不认识。",
    en="“{name}” has the unknown kind “{kind}”.",
    next_zh="类型只能是 leading_group、office、work_group、special_group 之一。",
    next_en="The kind is one of leading_group, office, work_group, special_group.",
)
declare(
    "campaign.body_parent",
    status=400,
    zh="“{name}”不能设在“{parent}”之下。",
    en="“{name}” cannot stand under “{parent}”.",
    next_zh="办公室和工作组设在领导小组之下，专项组设在领导小组或工作组之下，且须属于同一保障行动。",
    next_en="Offices and work groups stand under a leading group, special groups under a leading or work group, all of one campaign.",
)
declare(
    "campaign.body_code_taken",
    status=409,
    zh="代码“{code}”在本保障行动中已被“{name}”使用。",
    en="The code “{code}” is used by “{name}” in this campaign already.",
    next_zh="请换一个代码。",
    next_en="Choose another code.",
)
declare(
    "campaign.unit_twice",
    status=400,
    zh="“{unit}”在“{body}”中被写了两次。",
    en="“{unit}” is named twice in “{body}”.",
    next_zh="一个单位在一个组里只有一种身份：牵头、配合或成员。",
    next_en="A unit has one role in a group: lead, support or member.",
)
declare(
    "campaign.person_role",
    status=400,
    zh="身份“{role}”不认识。",
    en="The role “{role}” is not known.",
    next_zh="身份只能是 leader（组长）、deputy（副组长）、contact（联络员）、member（成员）之一。",
    next_en="The role is one of leader, deputy, contact, member.",
)
declare(
    "campaign.not_appointed",
    status=404,
    zh="该人员在“{body}”中没有这一身份。",
    en="This person does not hold this role in “{body}”.",
    next_zh="请刷新页面查看最新名单。",
    next_en="Reload the page to see the present list.",
)
