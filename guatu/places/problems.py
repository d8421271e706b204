"""What areas and places may refuse."""

from guatu.kernel.problems import declare

declare(
    "place.unknown_area",
    status=400,
    zh="没有代码或名称是“{area}”的区域。",
    en="There is no area with the code or name “{area}”.",
    next_zh="请填区域代码（如 310114102），或完整名称（如 南翔镇）。",
    next_en="Write the area's code (such as 310114102) or its full name.",
)
declare(
    "place.ambiguous_area",
    status=400,
    zh="“{area}”不止一个：{candidates}。",
    en="“{area}” is not one area but several: {candidates}.",
    next_zh="请改填区域代码。",
    next_en="Write the area's code instead.",
)
declare(
    "place.outside_areas",
    status=400,
    zh="坐标（{lon}，{lat}）不在任何已登记的区域内。",
    en="The point ({lon}, {lat}) lies in no area on record.",
    next_zh="请核对坐标和坐标系；确实在界外的，请填写所属区域。",
    next_en="Check the point and its coordinate system; if it does lie outside, name the area it belongs to.",
)
declare(
    "place.not_in_china",
    status=400,
    zh="换算后的坐标（{lon}，{lat}）不在中国范围内。",
    en="After conversion the point ({lon}, {lat}) does not lie in China.",
    next_zh="多半是经纬度写反了，或坐标系选错了；请核对。",
    next_en="Most likely longitude and latitude are swapped, or another coordinate system is meant; check both.",
)
declare(
    "place.half_a_point",
    status=400,
    zh="经度和纬度只填了一个。",
    en="Only one of longitude and latitude was given.",
    next_zh="请两个都填，或都留空。",
    next_en="Give both, or leave both empty.",
)
declare(
    "place.unknown_system",
    status=400,
    zh="不认识坐标系“{system}”，不能猜着换算。",
    en="The coordinate system “{system}” is not known, and it will not be guessed.",
    next_zh="可以用 WGS 84、CGCS2000、GCJ-02、BD-09 或 EPSG:4491–4554；城市独立坐标系请先由测绘部门换成 CGCS2000。",
    next_en="WGS 84, CGCS2000, GCJ-02, BD-09 and EPSG:4491–4554 are known; have a city's own grid converted to CGCS2000 first.",
)
declare(
    "place.area_disagrees",
    status=400,
    zh="填的区域是“{area}”，但坐标落在“{found}”，相距超过一公里。",
    en="The area given is “{area}”, but the point lies in “{found}”, more than a kilometre away.",
    next_zh="请核对坐标系，或改正区域。",
    next_en="Check the coordinate system, or correct the area.",
)
declare(
    "place.nowhere",
    status=400,
    zh="既没有坐标，也没有区域，不知道在哪里。",
    en="There is neither a point nor an area: nobody knows where it is.",
    next_zh="请填经纬度，或填区域名称、代码。",
    next_en="Give longitude and latitude, or the area's name or code.",
)
declare(
    "place.no_name",
    status=400,
    zh="点位没有名称。",
    en="The place has no name.",
    next_zh="请填写大家叫得出的名称。",
    next_en="Give it the name people use.",
)
declare(
    "place.number_taken",
    status=409,
    zh="编号“{number}”已经用于“{name}”。",
    en="The number “{number}” is already that of “{name}”.",
    next_zh="请换一个编号，或打开已有的点位修改。",
    next_en="Choose another number, or open the place that has it.",
)
declare(
    "place.withdrawn",
    status=409,
    zh="“{name}”已经撤销，不能再修改。",
    en="“{name}” was withdrawn and cannot be changed any more.",
    next_zh="如需重新使用，请先恢复。",
    next_en="Restore it first if it is needed again.",
)
declare(
    "place.has_contracts",
    status=409,
    zh="“{name}”还有 {count} 份有效的责任包干，不能撤销。",
    en="“{name}” still has {count} running contracts and cannot be withdrawn.",
    next_zh="请先在点位页面结束这些包干。",
    next_en="End them on the place's page first.",
)
declare(
    "place.bad_within",
    status=400,
    zh="“{name}”不能放在“{within}”里：那样它就在自己里面了。",
    en="“{name}” cannot be put inside “{within}”: it would then be inside itself.",
    next_zh="请选它所在的楼宇或市场。",
    next_en="Choose the building or market it is in.",
)
declare(
    "place.unknown_container",
    status=400,
    zh="没有编号或名称是“{within}”的楼宇、市场。",
    en="There is no building or market with the number or name “{within}”.",
    next_zh="请先登记它，或把它排在表的前面。",
    next_en="Register it first, or put it further up in the table.",
)
declare(
    "place.many_containers",
    status=400,
    zh="名称是“{within}”的不止一处。",
    en="More than one place is called “{within}”.",
    next_zh="请改填它的编号。",
    next_en="Write its number instead.",
)
declare(
    "place.bad_risk",
    status=400,
    zh="没有风险等级“{risk}”。",
    en="There is no risk level “{risk}”.",
    next_zh="请填 高、中、低，或留空。",
    next_en="Write high, medium or low, or leave it empty.",
)
declare(
    "place.closed",
    status=409,
    zh="“{name}”已于 {closed_on} 停用。",
    en="“{name}” closed on {closed_on}.",
    next_zh="如又开业，请先恢复启用。",
    next_en="Open it again first if it is back in business.",
)
declare(
    "place.bad_day",
    status=400,
    zh="停用日期 {closed_on} 早于启用日期 {opened_on}。",
    en="The day of closing, {closed_on}, lies before the day of opening, {opened_on}.",
    next_zh="请核对日期。",
    next_en="Check the days.",
)
declare(
    "place.survey_unknown",
    status=400,
    zh="摸排结果“{outcome}”认不出来。",
    en="The survey outcome “{outcome}” is not known.",
    next_zh="可以是：无变化（unchanged）、有变化（changed）、未能进入（not_reached）。",
    next_en="It may be: unchanged, changed or not_reached.",
)
declare(
    "place.survey_contradicts",
    status=400,
    zh="报的是“{outcome}”，却又写了新开或关停的商户。",
    en="The outcome is “{outcome}”, yet merchants are named that opened or closed.",
    next_zh="有新开、关停的，请报“有变化”。",
    next_en="Say “something changed” when somebody opened or closed.",
)
declare(
    "place.survey_nothing",
    status=400,
    zh="报了有变化，但没有写是什么变化。",
    en="Something changed, it says, but not what.",
    next_zh="请写新开的商户、选关停的商户，或在备注里说明。",
    next_en="Name who opened, choose who closed, or say it in the note.",
)
declare(
    "place.survey_elsewhere",
    status=400,
    zh="“{merchant}”不在“{name}”里，也不在同一条路上。",
    en="“{merchant}” is neither in “{name}” nor along the same road.",
    next_zh="请在它所在的楼宇或道路摸排时报关停。",
    next_en="Report it when surveying the building or road it belongs to.",
)
declare(
    "place.survey_kind",
    status=400,
    zh="新开商户的类别“{kind}”认不出来。",
    en="“{kind}” is not a kind of merchant.",
    next_zh="可以是 企业（enterprise）、沿街商铺（shop）、摊位（stall）。",
    next_en="It may be enterprise, shop or stall.",
)
declare(
    "place.survey_taken_back",
    status=409,
    zh="这次摸排已经撤回。",
    en="This survey was taken back already.",
    next_zh="如需更正，请重新摸排。",
    next_en="Survey the place again to correct it.",
)
declare(
    "place.survey_built_on",
    status=409,
    zh="当天登记的 {names} 已经有人修改或使用，不能随摸排一起撤回。",
    en="{names}, registered by it, were changed or used since; the survey cannot be taken back.",
    next_zh="请到这些点位的页面单独更正。",
    next_en="Correct those places on their own pages.",
)
declare(
    "place.no_reason",
    status=400,
    zh="查看联系人要写明理由。",
    en="A reason is needed to see the contact.",
    next_zh="请用一句话写明为什么需要联系，理由会留痕。",
    next_en="Say in a sentence why; the reason is kept.",
)
declare(
    "place.no_contact",
    status=404,
    zh="“{name}”没有登记联系人。",
    en="“{name}” has no contact on record.",
    next_zh="可以在修改页面补上联系人和电话。",
    next_en="Add name and telephone on the page where the place is changed.",
)
declare(
    "place.bad_phone",
    status=400,
    zh="联系电话“{phone}”看不出是哪一种号码。",
    en="“{phone}” is not a telephone number.",
    next_zh="请填 11 位手机号，或带区号的座机。",
    next_en="Write an 11-digit mobile number or a landline with its area code.",
)
declare(
    "place.nothing_chosen",
    status=400,
    zh="没有选任何点位，或没有选要改成什么。",
    en="No place was chosen, or nothing to change it to.",
    next_zh="请在列表勾选点位，再选新的行业或风险等级。",
    next_en="Tick places in the list, then choose an industry or a risk.",
)
declare(
    "place.changed_since",
    status=409,
    zh="{names} 之后又有人改过，不能整批撤销。",
    en="{names} were changed again since; the batch cannot be undone.",
    next_zh="请逐个修改。",
    next_en="Change them one by one.",
)
declare(
    "area.bad_grid_code",
    status=400,
    zh="单元网格代码“{code}”不符合“{scheme}”：{why}。",
    en="The unit grid's code “{code}” does not follow “{scheme}”: {why}.",
    next_zh="代码由居村委十二位代码加网格序号组成，位数按所选规则。",
    next_en="It is the neighbourhood's twelve digits followed by the grid's number, as long as the scheme says.",
)
declare(
    "area.bad_shape",
    status=400,
    zh="图形不能用：{why}。",
    en="The shape cannot be used: {why}.",
    next_zh="请提供 GeoJSON 的 Polygon 或 MultiPolygon，线不能自相交。",
    next_en="Give a GeoJSON Polygon or MultiPolygon whose lines do not cross.",
)
declare(
    "area.exists",
    status=409,
    zh="代码“{code}”已经是“{name}”。",
    en="The code “{code}” is already “{name}”.",
    next_zh="请核对代码；要改名或改界，请打开该区域修改。",
    next_en="Check the code; open that area to change its name or border.",
)
declare(
    "area.overlaps",
    status=409,
    zh="新网格与“{names}”重叠，一个点不能属于两个网格。",
    en="The new grid overlaps with “{names}”; a point cannot belong to two grids.",
    next_zh="请沿相邻网格的边界重新勾画。",
    next_en="Draw it again along its neighbours' borders.",
)
declare(
    "area.in_use",
    status=409,
    zh="“{name}”里还有 {count} 个点位，不能删去。",
    en="“{name}” still has {count} places in it and cannot be removed.",
    next_zh="请先把点位改到别的区域。",
    next_en="Move the places to other areas first.",
)
