/**
 * Every word @getodk/web-forms shows to a person, and what it is in Chinese.
 *
 * Read twice: by the build (`build/web-forms.ts`), which puts a look-up in the place of each literal and stops when
 * one is gone, and by the page (`hooks.ts`), which looks the words up.
 */

export interface Phrase {
  /** Which file of the library: the form itself, or its map, which is loaded only when a question needs one. */
  part: "form" | "map";
  en: string;
  zh: string;
  /** Surroundings of the literal, where the bare literal would match other code too. */
  find?: string;
  /** How often the string stands there; 1 when not told. */
  times?: number;
}

export interface Rewrite {
  part: "form" | "map";
  find: string;
  put: string;
  times?: number;
}

export const PHRASES: readonly Phrase[] = [
  // Sending and errors
  { part: "form", en: "Send", zh: "提交", find: 'label: "Send"' },
  { part: "form", en: "Powered by", zh: "表单引擎" },
  { part: "form", en: "Condition not satisfied: constraint", zh: "填写的内容不符合要求，请核对" },
  { part: "form", en: "Condition not satisfied: required", zh: "此项必填" },
  { part: "form", en: "An error occurred while loading this form", zh: "这张表单没有能够打开" },
  { part: "form", en: "Technical error details", zh: "技术细节" },
  { part: "form", en: "Unknown form load error", zh: "表单不能读取，原因不明" },
  { part: "form", en: "Unknown error", zh: "原因不明的错误", times: 4 },
  { part: "form", en: "change language", zh: "切换表单语言", find: '"aria-label": "change language"' },
  { part: "form", en: "Change language", zh: "切换表单语言" },
  { part: "form", en: "Cannot fetch media. Verify the URL and fetch settings.", zh: "图片或录音没有取到，请核对网络后重试。" },
  // Questions
  { part: "form", en: " Okay ", zh: " 确认 " },
  { part: "form", en: "Rank items", zh: "排列次序" },
  { part: "form", en: "Repeat Item", zh: "条目" },
  { part: "form", en: "Remove", zh: "移除", find: 'label: "Remove"' },
  { part: "form", en: " Add ", zh: " 增加 " },
  { part: "form", en: "Captured image preview", zh: "所拍照片预览" },
  { part: "form", en: "Take picture", zh: "拍照" },
  { part: "form", en: "Choose image", zh: "从相册选取" },
  { part: "form", en: " Unsupported appearance {", zh: " 尚不支持的外观 {" },
  { part: "form", en: "} for the {", zh: "}，题型 {" },
  // Where am I
  { part: "form", en: "Accuracy: ", zh: "精度 " },
  { part: "form", en: " m,", zh: " 米，" },
  { part: "form", en: "Latitude: ", zh: "纬度 " },
  { part: "form", en: "Longitude: ", zh: "经度 " },
  { part: "form", en: "Good accuracy", zh: "精度良好", times: 2 },
  { part: "form", en: "Poor accuracy", zh: "精度较差" },
  { part: "form", en: "Unknown accuracy", zh: "精度未知" },
  { part: "form", en: "Finding your location", zh: "正在定位" },
  { part: "form", en: " Location will be saved at ", zh: " 达到以下精度时自动保存：" },
  { part: "form", en: "Time taken to capture location: ", zh: "已用时间：" },
  { part: "form", en: " Previous saved location at ", zh: " 上次保存的位置精度：" },
  { part: "form", en: "Cancel", zh: "取消", find: 'label: "Cancel"' },
  { part: "form", en: "Save location", zh: "保存位置" },
  { part: "form", en: "Get location", zh: "获取位置" },
  { part: "form", en: "Try again", zh: "重新定位" },
  { part: "form", en: "Cannot access location", zh: "不能获取位置" },
  {
    part: "form",
    en: "Grant location permission in the browser settings and make sure location is turned on.",
    zh: "请在浏览器设置中允许使用位置，并打开手机定位。",
  },
  {
    part: "form",
    en: "Location unavailable. Enable GPS and browser permissions, then restart the form to try again.",
    zh: "不能获取位置。请打开手机定位并允许浏览器使用，然后重新打开表单。",
  },
  { part: "form", en: "Geolocation is not supported by this browser.", zh: "这个浏览器不支持定位。" },
  { part: "form", en: " Unable to load map ", zh: " 地图没有能够打开 " },
  // The map of a question
  { part: "map", en: "Longitude", zh: "经度", find: '{ for: "longitude" }, "Longitude"' },
  { part: "map", en: "Latitude", zh: "纬度", find: '{ for: "latitude" }, "Latitude"' },
  { part: "map", en: "Altitude", zh: "高程", find: '{ for: "altitude" }, "Altitude"' },
  { part: "map", en: "Accuracy", zh: "精度", find: '{ for: "accuracy" }, "Accuracy"' },
  { part: "map", en: " Longitude is invalid ", zh: " 经度不正确 " },
  { part: "map", en: " Latitude is invalid ", zh: " 纬度不正确 " },
  { part: "map", en: "Import data to replace location", zh: "导入数据以替换位置", times: 2 },
  { part: "map", en: "Delete entire shape?", zh: "删除整个面？" },
  { part: "map", en: "Delete entire trace?", zh: "删除整条线？" },
  { part: "map", en: " Are you sure you want to delete this entire shape and start over? ", zh: " 删除整个面，重新开始画？ " },
  { part: "map", en: " Are you sure you want to delete this entire trace and start over? ", zh: " 删除整条线，重新开始画？ " },
  { part: "map", en: "Delete", zh: "删除", find: 'label: "Delete"' },
  { part: "map", en: "Delete", zh: "删除", find: 'title: "Delete"' },
  { part: "map", en: "Full Screen", zh: "全屏" },
  { part: "map", en: "Zoom to fit", zh: "缩放到全部" },
  { part: "map", en: "Zoom to current location", zh: "缩放到当前位置" },
  { part: "map", en: "Undo last change", zh: "撤销上一步" },
  { part: "map", en: "Graphics issue detected", zh: "图形显示有问题" },
  {
    part: "map",
    en: "Your browser cannot display the map now. Enable graphics acceleration settings.",
    zh: "浏览器现在不能显示地图，请打开图形加速。",
  },
  { part: "map", en: "Cannot access location", zh: "不能获取位置" },
  {
    part: "map",
    en: "Grant location permission in the browser settings and make sure location is turned on.",
    zh: "请在浏览器设置中允许使用位置，并打开手机定位。",
  },
  { part: "map", en: "Remove selection", zh: "取消选择" },
  { part: "map", en: "Save selected", zh: "保存所选" },
  { part: "map", en: "No trace saved", zh: "还没有保存线" },
  { part: "map", en: "No shape saved", zh: "还没有保存面" },
  { part: "map", en: "No point saved", zh: "还没有保存点" },
  { part: "map", en: "Point saved", zh: "点已保存", times: 2 },
  { part: "map", en: "Trace saved", zh: "线已保存" },
  { part: "map", en: "Shape saved", zh: "面已保存" },
  { part: "map", en: "Feature saved", zh: "图形已保存" },
  { part: "map", en: "Capturing location...", zh: "正在定位…" },
  { part: "map", en: "Remove", zh: "移除", find: '{ class: "mobile-only" }, "Remove"' },
  { part: "map", en: "Remove point", zh: "移除这个点" },
  { part: "map", en: "View details", zh: "查看详情" },
  { part: "map", en: "Advanced", zh: "更多" },
  { part: "map", en: "File is empty.", zh: "文件是空的。" },
  { part: "map", en: "Unsupported file type. Please upload a .geojson file.", zh: "不支持这种文件，请上传 .geojson 文件。" },
  { part: "map", en: "Failed to parse file. Ensure it is a valid GeoJSON.", zh: "文件不能读取，请核对它是不是有效的 GeoJSON。" },
  { part: "map", en: "Incorrect geometry type.", zh: "图形类型不符。" },
  { part: "map", en: "Paste data in ODK format", zh: "粘贴 ODK 格式的数据" },
  {
    part: "map",
    en: "Enter as: Lat Long Alt Acc (e.g. 45.5 -122.6 15 2; 45.6 -122.7 12 3)",
    zh: "按“纬度 经度 高程 精度”填写（例如 31.29 121.31 4 5; 31.30 121.32 4 5）",
  },
  { part: "map", en: "Upload a GeoJSON file", zh: "上传 GeoJSON 文件" },
  { part: "map", en: "Upload file", zh: "上传文件" },
  { part: "map", en: "Save", zh: "保存", find: 'label: "Save"' },
  { part: "map", en: "Press and drag to move a point", zh: "按住并拖动以移动点" },
  { part: "map", en: "Tap to place a point", zh: "点一下地图放置点" },
  { part: "map", en: "Tap to move point", zh: "点一下地图移动点" },
  { part: "map", en: "Use the location button to center on your current location", zh: "按定位按钮回到当前位置" },
  { part: "map", en: "Get location", zh: "获取位置" },
];

export const REWRITES: readonly Rewrite[] = [
  {
    // A sentence with a number in it, which Chinese builds in one piece.
    part: "form",
    find: 'QA === 1 ? "1 question with error." : `${QA} questions with errors.`',
    put: 'guatuWord(QA === 1 ? "1 question with error." : "{n} questions with errors.", QA)',
  },
  {
    part: "form",
    find: '" m - " + toDisplayString(iA.value.label)',
    put: '" " + guatuWord("m") + " · " + toDisplayString(iA.value.label)',
  },
  {
    // The library keeps no draft. Its engine can restore one, so the page is handed the root of the form each time
    // there is a new one, and a stored instance is restored as itself (same instance id), not opened as an edit.
    part: "form",
    find: "provide(SUBMIT_PRESSED, dA);",
    put: "provide(SUBMIT_PRESSED, dA); watch(() => gA.value, (QA) => guatuRoot(oA, QA), { immediate: !0 });",
  },
  {
    part: "form",
    find: "oA = await AA.editInstance(rA, nA);",
    put: "oA = tA.editInstance.draft ? await AA.restoreInstance({ data: [tA.editInstance.draft] }, nA) : await AA.editInstance(rA, nA);",
  },
  {
    // A drill or a demo stands on another day than the phone: `today()` must be the office's day, or nothing is accepted.
    part: "form",
    find: "now = (eA) => Xn$1.Now.zonedDateTimeISO(eA)",
    put: "now = (eA) => guatuNow(Xn$1.Now.zonedDateTimeISO(eA))",
  },
  {
    // No tile of another host, ever: a question's map shows the office's own tiles, or plain paper.
    part: "map",
    find: 'new wy({ source: new Xy() })',
    put: "...(globalThis.guatuTiles ? [new wy({ source: new Xy({ url: globalThis.guatuTiles.url, attributions: globalThis.guatuTiles.attributions }) })] : [])",
  },
  { part: "map", find: '"https://tile.openstreetmap.org/{z}/{x}/{y}.png"', put: '""' },
];

/** What is changed in the engine alone, version for version as carefully as above. */
export const ENGINE: readonly Omit<Rewrite, "part">[] = [
  { find: "const now = (timeZone) => Xn.Now.zonedDateTimeISO(timeZone);", put: "const now = (timeZone) => guatuNow(Xn.Now.zonedDateTimeISO(timeZone));" },
  {
    // A photo that came with a restored instance could not be removed: its name came back from the instance.
    find: "const existingName = context.instanceNode?.value ?? null;",
    put: "const existingName = options.writtenAt == null ? (context.instanceNode?.value ?? null) : null;",
  },
];

/** Sentences made by the rewrites, which the table of literals does not know. */
export const SENTENCES: Readonly<Record<string, string>> = {
  "1 question with error.": "有 1 题需要改正。",
  "{n} questions with errors.": "有 {n} 题需要改正。",
  m: "米",
};
