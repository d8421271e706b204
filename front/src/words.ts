/** What the elements themselves say: Chinese is the key, English beside it, chosen by the page's `lang`. */

const ENGLISH = {
  "地图": "Map",
  "列表": "List",
  "图例": "Legend",
  "无数据": "No data",
  "方格为示意，不是边界": "Tiles are schematic, not boundaries",
  "地图数据：{sources}": "Map data: {sources}",
  "浏览器不能显示地图，请看列表。": "The browser cannot draw the map; please use the list.",
  "地图数据没有取到，正在重试。": "The map data did not arrive; trying again.",
  "按键盘方向键移动，加减号缩放，在列表中逐项查看": "Arrow keys move, plus and minus zoom; go through the items in the list",
  "用我现在的位置": "Use where I am now",
  "正在定位…": "Looking for your position…",
  "已选 {lon}，{lat}": "Chosen: {lon}, {lat}",
  "没有取到位置：请允许本页使用位置，或在地图上点一下。": "No position: allow this page to use it, or press a point on the map.",
  "浏览器不能显示地图，请填写经纬度或选择街镇。": "The browser cannot draw the map; fill in the coordinates or choose a street or town.",
  "点地图定一个角，点第一角合上；键盘用方向键移动中心，回车定角，退格撤销。":
    "Press the map to set a corner, press the first corner to close. Keyboard: arrows move the centre, Enter sets a corner, Backspace undoes.",
  "把中心定为角": "Corner at the centre",
  "撤销一步": "Undo",
  "合上": "Close the outline",
  "清除": "Clear",
  "已定 {count} 个角，还没有合上。": "{count} corners set; not closed yet.",
  "已合上：{count} 个角，约 {size} 公顷。": "Closed: {count} corners, about {size} hectares.",
  "至少要有三个角才能合上。": "An outline needs at least three corners before it can be closed.",
  "这一角会让边界与自己相交，没有加上。请换个位置，或先撤销一步。":
    "This corner would make the outline cross itself; it was not added. Choose another spot, or undo first.",
  "现在合上会与自己相交。请再加一角绕开，或先撤销一步。":
    "Closed now, the outline would cross itself. Add a corner to go around, or undo first.",
  "边界已经合上。要改，请撤销一步，或清除后重画。": "The outline is closed. To change it, undo, or clear it and draw anew.",
  "边界还没有合上，没有保存。请按“合上”；不要边界就按“清除”。":
    "The outline is not closed, so nothing was saved. Press Close the outline, or Clear if you want no border.",
  "这个边界有几块或有洞，这里只能显示；点第一个角就从头画。":
    "This border has several pieces or holes and is only shown here; setting a first corner starts it anew.",
  "坐标系不是 WGS 84，图上不显示；在图上画会改用 WGS 84。":
    "The coordinates are not WGS 84 and are not shown on the map; drawing changes the form to WGS 84.",
  "周围的边界没有取到，仍可以画；保存时会核对是否与相邻网格重叠。":
    "The borders around did not arrive. You can still draw; overlaps with neighbours are checked when you save.",
  "浏览器不能显示地图，请粘贴 GeoJSON 或选文件。": "The browser cannot draw the map; paste GeoJSON or choose a file.",
  "放大": "Zoom in",
  "缩小": "Zoom out",
  "显示全部": "Show all",
  "{from} 以上": "{from} or more",
  "不到 {to}": "below {to}",
  "{from} 至 {to}": "{from} to {to}",
  "未开始": "Not started",
  "进行中": "Under way",
  "完成": "Done",
  "临期": "Due soon",
  "逾期": "Overdue",
  "挂账": "Suspended",
  "地点": "Place",
  "数据截至 {time}，正在重新连接": "As of {time}; reconnecting",
  "登录已过期，请重新登录": "Your session has ended; please sign in again",
  "已更新": "Updated",
  "周": "Week",
  "月": "Month",
  "季": "Quarter",
  "时间比例": "Time scale",
  "回到今天": "Back to today",
  "正在打开表单…": "Opening the form…",
  "表单没有取到：{reason} 请检查网络后重新打开。": "The form did not arrive: {reason} Check the network and open it again.",
  "已取回上次没有提交的内容（{time}）。": "What you had not yet sent ({time}) is back.",
  "重新填写": "Start afresh",
  "已保存在本机 {time}": "Kept on this device {time}",
  "正在提交…": "Sending…",
  "没有信号，内容已保存在本机，稍后再按“提交”即可，不会重复。":
    "No signal. What you filled in is kept on this device; press Send again later, it will not be counted twice.",
  "没有提交成功：{reason} 您填写的内容都还在。": "Not accepted: {reason} Everything you filled in is still here.",
  "已收到，谢谢。": "Received, thank you.",
  "再填一份": "Fill in another",
  "服务器没有说明原因（{status}）。": "The server gave no reason ({status}).",
  "这个浏览器不能暂存内容，请在提交前不要关闭页面。":
    "This browser cannot keep drafts; please do not close the page before sending.",
} as const;

export type Word = keyof typeof ENGLISH;

/** True when the page is shown in English. */
export function inEnglish(): boolean {
  return document.documentElement.lang.toLowerCase().startsWith("en");
}

/** The sentence in the page's language, with `{name}` replaced by the given values. */
export function word(chinese: Word, values: Record<string, string | number> = {}): string {
  const sentence: string = inEnglish() ? ENGLISH[chinese] : chinese;
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** 24-hour clock time with seconds, as people read it off a wall. */
export function clockTime(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":");
}
