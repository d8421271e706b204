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
