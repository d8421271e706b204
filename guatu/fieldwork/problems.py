"""What forms and submissions refuse, and why."""

from guatu.kernel.problems import declare

declare(
    "form.faults",
    status=400,
    zh="表单“{name}”有 {count} 处需要修改。{first}",
    en="The form “{name}” has {count} faults. {first}",
    next_zh="请按列出的工作表、行和列修改，然后重新上传；已经发布的版本不受影响。",
    next_en="Mend it at the sheet, row and column named here and upload it again; published versions are not affected.",
)
declare(
    "form.not_a_form",
    status=400,
    zh="“{name}”不是能读的表单文件：{why}。",
    en="“{name}” is not a form file that can be read: {why}.",
    next_zh="请上传 XLSForm（.xlsx、.xls、.csv、.md）或 XForm（.xml）。",
    next_en="Upload an XLSForm (.xlsx, .xls, .csv, .md) or an XForm (.xml).",
)
declare(
    "form.version_taken",
    status=409,
    zh="表单“{name}”的版本 {version} 已经存在，而这次上传的内容与它不同。",
    en="Version {version} of the form “{name}” exists already, and what you uploaded differs from it.",
    next_zh="手机里可能已有旧内容，不能更换。请把 settings 表的 version 改为 {suggestion} 后重新上传。",
    next_en="Phones may already hold the old text. Set `version` on the settings sheet to {suggestion} and upload again.",
)
declare(
    "form.exists",
    status=409,
    zh="本次行动里已有编号为“{code}”的表单“{name}”。",
    en="The campaign has a form “{name}” with the id {code} already.",
    next_zh="请为它上传新版本，或换一个表单编号（form_id）。",
    next_en="Upload a new version of it, or take another form_id.",
)
declare(
    "form.other_id",
    status=400,
    zh="上传的表单编号是“{found}”，而这里是表单“{code}”。",
    en="What was uploaded has the form id {found}, but this is the form {code}.",
    next_zh="请在 settings 表里把 form_id 改为 {code}，或作为新表单上传。",
    next_en="Set form_id to {code} on the settings sheet, or upload it as a new form.",
)
declare(
    "form.warnings",
    status=400,
    zh="表单“{name}”可以用，但有 {count} 处提醒：{first}",
    en="The form “{name}” is usable, with {count} warnings: {first}",
    next_zh="看过提醒后可以照样提交。",
    next_en="Read the warnings; it can be sent as it is.",
)
declare(
    "form.is_published",
    status=409,
    zh="版本 {version} 已经发布，不能再改。",
    en="Version {version} is published and cannot be changed.",
    next_zh="请新建草稿版本再修改。",
    next_en="Start a new draft and change that.",
)
declare(
    "form.no_draft",
    status=404,
    zh="表单“{name}”现在没有草稿。",
    en="The form “{name}” has no draft at the moment.",
    next_zh="请先上传新版本，或从现用版本建一个草稿。",
    next_en="Upload a new version first, or start a draft from the present one.",
)
declare(
    "form.only_draft",
    status=409,
    zh="表单“{name}”还没有发布过，草稿是它仅有的内容，不能删除。",
    en="The form “{name}” was never published: its draft is all it has and cannot be dropped.",
    next_zh="请上传另一份草稿来替换。",
    next_en="Upload another draft in its place.",
)
declare(
    "form.media_missing",
    status=400,
    zh="表单“{name}”用到文件 {files}，但没有一起上传（{where}）。",
    en="The form “{name}” uses the files {files}, which were not uploaded with it ({where}).",
    next_zh="请把这些文件与表单一起上传，文件名须完全一致。",
    next_en="Upload them together with the form, under exactly these names.",
)
declare(
    "form.bad_settings",
    status=400,
    zh="表单“{name}”的统计设置不对：{why}。",
    en="The settings of the form “{name}” cannot be meant: {why}.",
    next_zh="请使用表单里确有的题目名称。",
    next_en="Use names of questions that the form has.",
)
declare(
    "form.wrong_step",
    status=409,
    zh="表单“{name}”现为“{old}”，不能直接改为“{new}”。",
    en="The form “{name}” is {old} and cannot become {new} from there.",
    next_zh="先发布一个版本；收尾或停用后可以重新开放。",
    next_en="Publish a version first; a closing or closed form can be opened again.",
)
declare(
    "submission.no_such_form",
    status=404,
    zh="本系统没有编号为“{code}”的表单，或者它不属于这项活动。",
    en="There is no form “{code}” here, or it does not belong to this campaign.",
    next_zh="请在手机上重新获取表单，或核对服务器地址；已填内容请保留。",
    next_en="Get the forms again on the phone, or check the server address; keep what was filled in.",
)
declare(
    "submission.no_such_version",
    status=404,
    zh="表单“{code}”没有版本“{version}”。",
    en="The form “{code}” has no version “{version}”.",
    next_zh="请联系保障办公室发布该版本，之后再发送；已填内容请保留。",
    next_en="Ask the office to publish that version, then send again; keep what was filled in.",
)
declare(
    "submission.form_closed",
    status=409,
    zh="表单“{name}”已停用，不再接收。",
    en="The form “{name}” is closed and takes nothing more.",
    next_zh="如仍需补报，请联系保障办公室重新开放；已填内容请保留。",
    next_en="If it must still be sent, ask the office to open it again; keep what was filled in.",
)
declare(
    "submission.bad_header",
    status=400,
    zh="收到的内容缺少{what}，无法登记。",
    en="What was received lacks {what} and cannot be entered.",
    next_zh="请用 ODK Collect 或本系统的填写页面发送。",
    next_en="Send it with ODK Collect or the fill page of this system.",
)
declare(
    "submission.bad_answers",
    status=400,
    zh="有 {count} 处需要改正：{sentences}",
    en="{count} answers must be put right: {sentences}",
    next_zh="请改正后重新发送；已填内容都还在手机里。",
    next_en="Put them right and send again; everything filled in is still on the phone.",
)
declare(
    "submission.conflict",
    status=409,
    zh="编号 {instance_id} 的记录已于 {received} 收到，这次的内容与当时不同。",
    en="The record {instance_id} was received at {received}, and what came now differs from it.",
    next_zh="先收到的一份保持不变，这一份已另存，等待值班人员比对；请不要再次发送。",
    next_en="The first one stands; this one was set aside for the duty officer to compare. Do not send it again.",
)
declare(
    "submission.edit_unknown",
    status=404,
    zh="要修改的记录 {deprecated_id} 不在本系统中。",
    en="The record {deprecated_id} that this edit replaces is not here.",
    next_zh="请先发送原来的记录。",
    next_en="Send the original record first.",
)
declare(
    "submission.edit_outdated",
    status=409,
    zh="要修改的版本 {deprecated_id} 已被更新的版本取代。",
    en="The version {deprecated_id} that this edit replaces was itself replaced by a newer one.",
    next_zh="请打开最新内容，再在其上修改；这一份已另存备查。",
    next_en="Open the newest state and edit that; this copy was set aside.",
)
declare(
    "submission.other_record",
    status=400,
    zh="这份修改指向另一条记录，而不是 {instance_id}。",
    en="This edit replaces another record, not {instance_id}.",
    next_zh="请核对 meta/deprecatedID。",
    next_en="Check meta/deprecatedID.",
)
declare(
    "submission.empty_comment",
    status=400,
    zh="留言不能为空，最多 5000 字。",
    en="A comment must have 1 to 5,000 characters.",
    next_zh="请写明要说的事。",
    next_en="Write what is to be said.",
)
declare(
    "submission.withdrawn",
    status=409,
    zh="这条记录已被撤回，不能再修改。",
    en="This record was withdrawn and cannot be changed.",
    next_zh="如撤回有误，请先恢复。",
    next_en="If it was withdrawn by mistake, restore it first.",
)
declare(
    "submission.reason_needed",
    status=400,
    zh="请写明理由。",
    en="Please give a reason.",
    next_zh="理由会记入这条记录的经过。",
    next_en="The reason becomes part of the record's story.",
)
declare(
    "submission.bad_status",
    status=400,
    zh="没有“{status}”这种审阅结果。",
    en="There is no judgement “{status}”.",
    next_zh="可用的是：{known}。",
    next_en="Use one of: {known}.",
)
declare(
    "submission.nothing_changed",
    status=400,
    zh="没有任何一处与原来不同。",
    en="Nothing differs from what was there.",
    next_zh="请修改后再保存。",
    next_en="Change something, then save.",
)
declare(
    "submission.no_file_part",
    status=400,
    zh="请求里没有 xml_submission_file 这一部分。",
    en="The request has no part named xml_submission_file.",
    next_zh="请用 ODK Collect 或本系统的填写页面发送。",
    next_en="Send it with ODK Collect or the fill page of this system.",
)
declare(
    "submission.bad_body",
    status=400,
    zh="请求的内容读不出来：{why}。",
    en="The body of the request cannot be read: {why}.",
    next_zh="可能是网络中断，请重新发送；不会重复登记。",
    next_en="The connection may have broken; send again, nothing is entered twice.",
)
declare(
    "submission.busy",
    status=503,
    zh="系统暂时无法存入，没有登记这份内容。",
    en="The store cannot take it at the moment; this was not entered.",
    next_zh="请稍后重新发送，不会重复登记。",
    next_en="Send it again in a while; nothing is entered twice.",
)
declare(
    "aside.settled",
    status=409,
    zh="这份另存的内容已经处理过了（{outcome}）。",
    en="This copy set aside was settled already ({outcome}).",
    next_zh="请查看处理结果。",
    next_en="See what was decided.",
)
declare(
    "device_key.bad",
    status=403,
    zh="手机的登记码无效或已停用。",
    en="The phone's key is unknown or was ended.",
    next_zh="请向保障办公室领取新的二维码，重新扫码设置；手机里的内容不会丢失。",
    next_en="Ask the office for a new QR code and scan it; nothing on the phone is lost.",
)
declare(
    "device_key.other_form",
    status=403,
    zh="这部手机的登记码不能填报表单“{name}”。",
    en="This phone's key does not open the form “{name}”.",
    next_zh="请联系保障办公室为它开通这张表单；已填内容请保留。",
    next_en="Ask the office to open this form for it; keep what was filled in.",
)
declare(
    "device_key.ended",
    status=409,
    zh="登记码“{name}”已经停用。",
    en="The key “{name}” was ended already.",
    next_zh="需要时请新发一个。",
    next_en="Issue a new one if needed.",
)
declare(
    "intake.sign_in",
    status=401,
    zh="需要登录后才能获取或提交表单。",
    en="Sign in to get or send forms.",
    next_zh="请检查用户名和密码，或扫描保障办公室发放的二维码。",
    next_en="Check the user name and password, or scan the QR code issued by the office.",
)
declare(
    "intake.basic_needs_https",
    status=403,
    zh="不能在没有加密的连接上发送密码。",
    en="A password must not be sent over a connection without encryption.",
    next_zh="请使用 https 地址，或扫描保障办公室发放的二维码。",
    next_en="Use the https address, or scan the QR code issued by the office.",
)
declare(
    "intake.wrong_version",
    status=400,
    zh="不支持 OpenRosa {version} 版，只支持 1.0。",
    en="OpenRosa version {version} is not spoken here, only 1.0.",
    next_zh="请更新手机软件。",
    next_en="Update the software on the phone.",
)
declare(
    "intake.not_found",
    status=404,
    zh="这个地址上没有内容：{path}。",
    en="There is nothing at {path}.",
    next_zh="请核对服务器地址，或重新扫描二维码。",
    next_en="Check the server address, or scan the QR code again.",
)
declare(
    "intake.wrong_method",
    status=405,
    zh="这个地址不接受 {method} 请求。",
    en="This address does not take {method}.",
    next_zh="请用 ODK Collect 或本系统的填写页面。",
    next_en="Use ODK Collect or the fill page of this system.",
)
declare(
    "intake.csrf",
    status=403,
    zh="页面已过期，没有登记这份内容。",
    en="The page has expired; this was not entered.",
    next_zh="请重新打开页面再提交；已填内容保存在本机。",
    next_en="Open the page again and send; what you filled in is kept in this browser.",
)
declare(
    "submission.no_such_question",
    status=400,
    zh="表单里没有“{path}”这道题，不能标注。",
    en="The form has no question “{path}” to mark.",
    next_zh="请从题目列表里勾选。",
    next_en="Tick questions of the form.",
)
declare(
    "return.ended",
    status=409,
    zh="这次退回已经结束（已改好或已收回）。",
    en="This return has ended: it was mended or taken back.",
    next_zh="请刷新页面查看现在的情况。",
    next_en="Reload the page to see how it stands.",
)
declare(
    "return.due_past",
    status=400,
    zh="修改期限 {due} 已经过去。",
    en="The time {due} has passed already.",
    next_zh="请选一个将来的时间。",
    next_en="Choose a time that lies ahead.",
)
declare(
    "return.bad_collector",
    status=400,
    zh="“{name}”不能修改填报：已停用，或没有填报的权限。",
    en="“{name}” cannot mend it: no longer active, or not allowed to send.",
    next_zh="请换一位能填报的人员。",
    next_en="Choose somebody who may send submissions.",
)
declare(
    "submission.nothing_chosen",
    status=400,
    zh="没有选中任何一份填报。",
    en="No submission was chosen.",
    next_zh="请先勾选，最多 {most} 份。",
    next_en="Tick some first, {most} at most.",
)
declare(
    "submission.bulk_undone",
    status=409,
    zh="这次批量审阅不能撤销：已经撤销过，或已超过 {minutes} 分钟。",
    en="This review cannot be taken back: it was already, or {minutes} minutes have passed.",
    next_zh="请逐份处理。",
    next_en="See to them one by one.",
)
