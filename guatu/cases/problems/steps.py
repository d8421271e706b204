"""What cases may refuse."""

from guatu.kernel.problems import declare

declare(
    "case.wrong_step",
    status=409,
    zh="{number} 现在是“{status}”，不能“{step}”。",
    en="{number} is “{status}” now; “{step}” is not possible.",
    next_zh="请刷新案件页，看现在该做哪一步。",
    next_en="Reload the case to see which step comes now.",
)
declare(
    "case.taken",
    status=409,
    zh="{number} 已由{who}于 {when} 接单。",
    en="{number} was already taken by {who} at {when}.",
    next_zh="不用再接；如需接手，请与对方联系，或由城运中心重新派单。",
    next_en="There is nothing left to take; ask them, or have the operations centre dispatch it anew.",
)
declare(
    "case.not_yours",
    status=403,
    zh="{number} 由{unit}承办，不在您的单位。",
    en="{number} is with {unit}, which is not your unit.",
    next_zh="请由承办单位办理，或请城运中心改派。",
    next_en="Leave it to that unit, or ask the operations centre to dispatch it elsewhere.",
)
declare(
    "case.reason_needed",
    status=400,
    zh="“{step}”要写明原因。",
    en="“{step}” needs a reason.",
    next_zh="请用一句话写明原因，对方会看到。",
    next_en="Give the reason in one sentence; the others will read it.",
)
declare(
    "case.photo_needed",
    status=400,
    zh="{number} 还没有整改后的照片，不能报处置完毕。",
    en="{number} has no photo taken after the repair, so it cannot be reported as handled.",
    next_zh="请至少上传一张整改后的照片。",
    next_en="Add at least one photo taken after the repair.",
)
declare(
    "case.not_a_picture",
    status=415,
    zh="“{name}”不是照片或录像。",
    en="“{name}” is neither a photo nor a video.",
    next_zh="请上传现场拍的照片。",
    next_en="Send a photo taken on the spot.",
)
declare(
    "case.same_person",
    status=409,
    zh="{number} 是您自己报的处置完毕，不能由您核查。",
    en="You reported {number} as handled yourself, so you cannot verify it.",
    next_zh="请由其他单位的核查人员核查。",
    next_en="Somebody of another unit has to verify it.",
)
declare(
    "case.same_unit",
    status=409,
    zh="{number} 由{unit}处置，核查人不能是该单位及其下属单位的人。",
    en="{number} was handled by {unit}; nobody of that unit or below it may verify.",
    next_zh="请由其他单位的核查人员核查。",
    next_en="Somebody of another unit has to verify it.",
)
declare(
    "case.limit_needed",
    status=400,
    zh="{number} 没有办理期限：派单时没有写，类别也没有规定。",
    en="{number} has no time limit: none was given and its class sets none.",
    next_zh="请写明期限，例如 5 个工作日。",
    next_en="Give a limit, such as 5 working days.",
)
declare(
    "case.bad_limit",
    status=400,
    zh="期限“{limit}”不能计算。",
    en="The limit “{limit}” cannot be counted.",
    next_zh="数量要在 0.01 到 1000 之间，单位是工作时、工作日、紧急工作时或自然日。",
    next_en="An amount from 0.01 to 1000 of working hours, working days, urgent hours or calendar days.",
)
declare(
    "case.beyond_upper",
    status=409,
    zh="{number} 的期限算到 {due}，晚于上级要求的 {upper_due}。",
    en="The limit of {number} runs to {due}, later than {upper_due} demanded from above.",
    next_zh="请缩短期限。",
    next_en="Choose a shorter limit.",
)
declare(
    "case.unit_closed",
    status=409,
    zh="{unit}已经停用，不能派给它。",
    en="{unit} is no longer active; nothing can be given to it.",
    next_zh="请选择其他承办单位。",
    next_en="Choose another unit.",
)
declare(
    "case.unknown_unit",
    status=400,
    zh="没有代码为“{unit}”的单位。",
    en="There is no unit with the code “{unit}”.",
    next_zh="请用单位列表里的代码。",
    next_en="Use a code from the list of units.",
)
declare(
    "case.nowhere",
    status=400,
    zh="没有写明在哪里：既没有地图上的点，也没有区域。",
    en="It is not said where: neither a point on the map nor an area.",
    next_zh="请在地图上点一个位置，或选择街镇。",
    next_en="Choose a point on the map, or an area.",
)
declare(
    "case.bad_point",
    status=400,
    zh="坐标（{lon}，{lat}）不在中国范围内。",
    en="The point ({lon}, {lat}) does not lie in China.",
    next_zh="请检查经度、纬度有没有写反，坐标系有没有选错。",
    next_en="Check whether longitude and latitude were swapped, or the coordinate system is wrong.",
)
declare(
    "case.unknown_area",
    status=400,
    zh="没有“{area}”这个街镇。",
    en="There is no street or town “{area}”.",
    next_zh="请写街镇全名，例如南翔镇，或写区划代码。",
    next_en="Write its full name, such as “南翔镇”, or its code.",
)
declare(
    "case.bad_crs",
    status=400,
    zh="不认识坐标系“{crs}”。",
    en="The coordinate system “{crs}” is not known.",
    next_zh="请选 WGS 84、CGCS2000、GCJ-02（高德）或 BD-09（百度）。",
    next_en="Choose WGS 84, CGCS2000, GCJ-02 (AMap) or BD-09 (Baidu).",
)
declare(
    "case.untitled",
    status=400,
    zh="案件没有标题。",
    en="The case has no title.",
    next_zh="请用一句话写明是什么问题。",
    next_en="Say in one sentence what the matter is.",
)
declare(
    "case.unknown_source",
    status=400,
    zh="没有“{source}”这一来源。",
    en="There is no source “{source}”.",
    next_zh="可用的来源：{sources}。",
    next_en="The sources are: {sources}.",
)
declare(
    "case.unknown_class",
    status=400,
    zh="没有“{class_code}”这一类别。",
    en="There is no class “{class_code}”.",
    next_zh="请从类别表中选择，或由管理人员先补充类别。",
    next_en="Choose one from the list of classes, or have the class added first.",
)
declare(
    "case.upper_twice",
    status=409,
    zh="上级编号 {upper_number} 已经立为 {number}。",
    en="The upper number {upper_number} is already case {number}.",
    next_zh="请打开已有的案件；要更正，请用“更正”。",
    next_en="Open that case; to change it, use “correct”.",
)
declare(
    "case.before_last_step",
    status=400,
    zh="写明的时间 {when} 早于上一步的 {last}。",
    en="The time given, {when}, lies before the last step at {last}.",
    next_zh="请检查日期和时间。",
    next_en="Check the date and the time.",
)
declare(
    "case.settled",
    status=409,
    zh="{number} 已是“{status}”，内容不能再改。",
    en="{number} is “{status}”; it can no longer be changed.",
    next_zh="如确有错误，请登记新的案件并注明原编号。",
    next_en="If something is wrong, open a new case that names this number.",
)
declare(
    "case.nothing_to_send",
    status=409,
    zh="自上次回传以来没有变化，没有要回传的案件。",
    en="Nothing has changed since the last file; there is nothing to send up.",
    next_zh="如需要全部重发，请选“全部”。",
    next_en="To send everything again, choose “everything”.",
)
declare(
    "case.import_used",
    status=409,
    zh="{number} 导入后已经派单或办理，不能撤销导入。",
    en="{number} has been dispatched or worked on since; its import cannot be undone.",
    next_zh="请在案件页作废该案，其余案件仍可撤销。",
    next_en="Void that case on its page; the others can still be undone.",
)

declare(
    "case.confirm_first",
    status=409,
    zh="{number} 还没有核实，不能立案。",
    en="{number} has not been confirmed yet and cannot be filed.",
    next_zh="请先派人到现场核实。",
    next_en="Have somebody confirm it on the spot first.",
)

declare(
    "case.finder_confirms",
    status=403,
    zh="{number} 是您上报的，要由别人核实。",
    en="You reported {number} yourself; somebody else must confirm it.",
    next_zh="请交给其他核查员。",
    next_en="Leave it to another verifier.",
)

declare(
    "case.finder_handles",
    status=403,
    zh="{number} 是您上报的，处置的人不能是上报人。",
    en="You reported {number} yourself; who found it may not be the one who handles it.",
    next_zh="请由本单位其他人员报告处置完毕。",
    next_en="Have somebody else of the unit report it as handled.",
)

declare(
    "case.finder_checks",
    status=403,
    zh="{number} 是您上报的，核查的人不能是上报人。",
    en="You reported {number} yourself; who found it may not verify it.",
    next_zh="请交给其他核查员。",
    next_en="Leave it to another verifier.",
)

declare(
    "case.evidence_needed",
    status=422,
    zh="{number} 的“{stage}”环节要有照片。",
    en="The stage “{stage}” of {number} needs a photo.",
    next_zh="请拍照后再提交。",
    next_en="Take a photo and send it again.",
)

declare(
    "case.no_such_part",
    status=409,
    zh="{number} 没有这个待完成的阶段。",
    en="{number} has no such part left to do.",
    next_zh="请刷新案件页，看还剩哪个阶段。",
    next_en="Reload the case to see which part is left.",
)

declare(
    "case.asked_already",
    status=409,
    zh="{number} 已有一份“{what}”申请在等审批。",
    en="A request ({what}) for {number} is waiting already.",
    next_zh="请等审批结果，或先收回原申请。",
    next_en="Wait for the decision, or take the first request back.",
)

declare(
    "case.hold_past",
    status=422,
    zh="挂账的恢复时间 {until} 已经过去。",
    en="The day to take it up again, {until}, is past.",
    next_zh="请填写将来的时间。",
    next_en="Name a time to come.",
)

declare(
    "case.extended_once",
    status=409,
    zh="{number} 已在 {when} 延期过一次，只能延期一次。",
    en="{number} was extended on {when}; once is all.",
    next_zh="确实做不完的，可申请挂账并说明原因。",
    next_en="If it cannot be done, ask for a hold and say why.",
)

declare(
    "case.no_limit",
    status=409,
    zh="{number} 没有时限，不用延期。",
    en="{number} has no limit to extend.",
    next_zh="请直接处置。",
    next_en="Go on handling it.",
)

declare(
    "case.extend_late",
    status=409,
    zh="{number} 的时限 {due} 已过，逾期后不能延期。",
    en="The limit of {number} ran out at {due}; it cannot be extended any more.",
    next_zh="请尽快处置，并在反馈中说明逾期原因。",
    next_en="Handle it now and say in the feedback why it is late.",
)

declare(
    "case.extend_too_long",
    status=422,
    zh="{number} 最多再延一个原时限，就是 {most}。",
    en="{number} may be extended once by no more than its own limit: {most}.",
    next_zh="请填写不超过原时限的数量，单位与原时限相同。",
    next_en="Give no more than the original limit, in the same unit.",
)

declare(
    "case.decided_already",
    status=409,
    zh="{number} 的“{what}”申请已有结果。",
    en="The request ({what}) for {number} has been decided.",
    next_zh="请刷新案件页。",
    next_en="Reload the case.",
)

declare(
    "case.own_request",
    status=403,
    zh="{number} 的“{what}”申请是您提出的，要由别人审批。",
    en="You asked for it ({what}, {number}) yourself; somebody else must decide.",
    next_zh="请交给其他有审批权限的人。",
    next_en="Leave it to another person who may approve.",
)

declare(
    "case.refusal_reason",
    status=422,
    zh="不同意“{what}”申请，要写明理由。",
    en="Say why the request ({what}) is refused.",
    next_zh="请填写理由后再提交。",
    next_en="Write the reason and send it again.",
)

declare(
    "case.not_asker",
    status=403,
    zh="{number} 的申请不是您提出的，不能收回。",
    en="You did not make the request for {number} and cannot take it back.",
    next_zh="请联系申请人。",
    next_en="Ask the one who made it.",
)

declare(
    "case.not_finder",
    status=403,
    zh="{number} 不是您上报的，不能撤回。",
    en="You did not report {number} and cannot withdraw it.",
    next_zh="不应受理的，请选“不予受理”。",
    next_en="If it should not be taken up, reject it.",
)

declare(
    "case.window_over",
    status=409,
    zh="{number} 在 {when} 办结，超过 {days} 天不能重新办理。",
    en="{number} was settled on {when}; after {days} days it cannot be reopened.",
    next_zh="请作为新案件登记，并注明原编号。",
    next_en="Report it as a new case and name the old number.",
)

declare(
    "case.contact_note",
    status=422,
    zh="{number} 的先行联系要写明联系情况。",
    en="Say what was spoken of when the reporter of {number} was contacted.",
    next_zh="请填写联系的时间、方式和内容。",
    next_en="Write when, how and what.",
)
