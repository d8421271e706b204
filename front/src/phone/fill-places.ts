/** Questions answered with where one stands: a point, a way walked, a border walked. WGS 84 degrees, metres. */
import type { AnyInputNode } from "@getodk/xforms-engine";
import { h, onBeforeUnmount, ref, type VNodeChild } from "vue";
import { button, idsOf, part, spokenOf, type AnyNode } from "./fill-parts";
import type { Session } from "./fill-session";
import { say } from "./fill-words";
import { fromText, lengthOf, readingText, sizeOf, toText, watchPlace, type Reading } from "./fill-where";

type Place = AnyInputNode & AnyNode;

/** Collect's own: this good is taken by itself. */
const GOOD_ENOUGH = 5;
/** A vertex of a walked way at least this far from the last. */
const STEP_METRES = 5;

const answerOf = (node: Place): string => {
  const kept = (node as unknown as { currentState: { instanceValue: string } }).currentState.instanceValue;
  return kept ?? "";
};
const write = (node: Place, session: Session, text: string): void =>
  session.set(node, () => (node as unknown as { setValue(value: string): unknown }).setValue(text));

export const PointQuestion = part<Place>("PointQuestion", (node, session) => {
  const reading = ref<Reading | null>(null);
  const looking = ref(false);
  const failed = ref(false);
  let stop: () => void = () => undefined;
  const options = node.nodeOptions as { accuracyThreshold?: number | null } | null;
  const enough = options?.accuracyThreshold ?? GOOD_ENOUGH;
  const end = (): void => {
    stop();
    looking.value = false;
  };
  const take = (): void => {
    if (reading.value !== null) write(node, session, toText([reading.value]));
    end();
  };
  const look = (): void => {
    [reading.value, looking.value, failed.value] = [null, true, false];
    stop = watchPlace(
      (found) => {
        if (reading.value === null || found.accuracy <= reading.value.accuracy) reading.value = found;
        if (found.accuracy <= enough) take();
      },
      () => {
        failed.value = reading.value === null;
        if (failed.value) end();
      },
    );
  };
  onBeforeUnmount(end);
  return () => {
    const [point] = fromText(answerOf(node));
    const off = node.currentState.readonly;
    const shown = point === undefined ? null : h("p", { class: "fill-value" }, readingText(point));
    if (looking.value) {
      const at = reading.value;
      return [
        h("p", { role: "status" }, at === null ? say("正在定位…") : say("正在定位…精度 {accuracy} 米", { accuracy: Math.round(at.accuracy) })),
        h("div", { class: "fill-row" }, [button(say("就用这个"), take, { class: "strong", disabled: at === null }), button(say("停止"), end, { class: "quiet" })]),
      ];
    }
    return [
      h("div", { id: idsOf(node).control, role: "group", ...spokenOf(node, session) }, [
        shown,
        off ? null : h("div", { class: "fill-row" }, [
          button(point === undefined ? say("获取位置") : say("重新定位"), look),
          point === undefined ? null : button(say("清除"), () => write(node, session, ""), { class: "quiet" }),
        ]),
        failed.value ? h("p", { class: "fill-fault", role: "alert" }, say("没有取到位置。请允许本页使用位置并打开手机定位，或手工填写经纬度。")) : null,
        off ? null : byHand((one) => write(node, session, toText([one]))),
      ]),
    ];
  };
});

/** Coordinates typed in, for indoors and for phones that know no position. */
function byHand(done: (at: Reading) => void): VNodeChild {
  const submit = (event: Event): void => {
    event.preventDefault();
    const box = (event.currentTarget as HTMLElement).closest("details") as HTMLDetailsElement;
    const [lat, lon] = [...box.querySelectorAll("input")].map((field) => (field.value.trim() === "" ? NaN : Number(field.value)));
    const good = lat !== undefined && lon !== undefined && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
    (box.querySelector(".fill-fault") as HTMLElement).hidden = good;
    if (!good) return;
    done({ lat, lon, altitude: 0, accuracy: 0 });
    box.open = false;
  };
  const field = (label: string): VNodeChild => h("label", [label, h("input", { type: "text", inputmode: "decimal", autocomplete: "off", class: "fill-number" })]);
  return h("details", { class: "fill-hand" }, [
    h("summary", say("手工填写")),
    h("div", { class: "fill-row" }, [field(say("纬度")), field(say("经度")), h("button", { type: "button", class: "button", onClick: submit }, say("确认"))]),
    h("p", { class: "fill-fault", hidden: true, role: "alert" }, say("经纬度不对")),
  ]);
}

/** A way (geotrace) or a border (geoshape): points added where one stands, by hand, or along the way by themselves. */
export const WayQuestion = part<Place>("WayQuestion", (node, session) => {
  const closed = node.valueType === "geoshape";
  const least = closed ? 3 : 2;
  const kept = fromText(answerOf(node));
  const points = ref<Reading[]>(closed && kept.length > 3 ? kept.slice(0, -1) : kept);
  const recording = ref(false);
  const looking = ref(false);
  const failed = ref(false);
  let stop: () => void = () => undefined;
  let once: () => void = () => undefined;
  const put = (next: Reading[]): void => {
    points.value = next;
    const enough = next.length >= least;
    const [first] = next;
    write(node, session, enough && first !== undefined ? toText(closed ? [...next, first] : next) : "");
  };
  const add = (at: Reading): void => put([...points.value, at]);
  const fail = (): void => {
    [looking.value, failed.value] = [false, true];
    once();
  };
  const here = (): void => {
    [looking.value, failed.value] = [true, false];
    once = watchPlace((found) => {
      once();
      looking.value = false;
      add(found);
    }, fail);
  };
  const record = (): void => {
    if (recording.value) {
      stop();
      recording.value = false;
      return;
    }
    [recording.value, failed.value] = [true, false];
    stop = watchPlace(
      (found) => {
        const last = points.value.at(-1);
        if (last === undefined || lengthOf([last, found]) >= STEP_METRES) add(found);
      },
      () => {
        recording.value = false;
        failed.value = true;
      },
    );
  };
  onBeforeUnmount(() => {
    stop();
    once();
  });
  return () => {
    const count = points.value.length;
    const off = node.currentState.readonly;
    const measure = count < 2 ? "" : closed && count > 2 ? say("约 {size} 平方米", { size: Math.round(sizeOf(points.value)) }) : say("约 {length} 米", { length: Math.round(lengthOf(points.value)) });
    return h("div", { id: idsOf(node).control, role: "group", ...spokenOf(node, session) }, [
      count < 2 ? null : sketch(points.value, closed),
      h("p", { class: "fill-value", role: "status" }, [say("已记 {count} 点", { count }), measure === "" ? "" : ` · ${measure}`]),
      count > 0 && count < least ? h("p", { class: "fill-fault" }, say("至少要 {count} 点", { count: least })) : null,
      off ? null : h("div", { class: "fill-row" }, [
        button(looking.value ? say("正在定位…") : say("在这里加一点"), here, { disabled: looking.value }),
        button(recording.value ? say("停止记点") : say("沿路自动记点"), record, { pressed: recording.value }),
        count === 0 ? null : button(say("撤销一点"), () => put(points.value.slice(0, -1)), { class: "quiet" }),
      ]),
      failed.value ? h("p", { class: "fill-fault", role: "alert" }, say("没有取到位置。请允许本页使用位置并打开手机定位，或手工填写经纬度。")) : null,
      off ? null : byHand(add),
    ]);
  };
});

function sketch(points: readonly Reading[], closed: boolean): VNodeChild {
  const [x, y] = [points.map((at) => at.lon * Math.cos(((points[0]?.lat ?? 0) * Math.PI) / 180)), points.map((at) => -at.lat)];
  const [left, top] = [Math.min(...x), Math.min(...y)];
  const size = Math.max(Math.max(...x) - left, Math.max(...y) - top) || 1;
  const at = points.map((_, i) => `${(5 + (((x[i] ?? 0) - left) / size) * 90).toFixed(1)},${(5 + (((y[i] ?? 0) - top) / size) * 90).toFixed(1)}`);
  return h("svg", { class: "fill-sketch", viewBox: "0 0 100 100", "aria-hidden": "true" }, [
    h(closed ? "polygon" : "polyline", { points: at.join(" ") }),
    ...at.map((one) => h("circle", { cx: one.split(",")[0], cy: one.split(",")[1], r: 1.6 })),
  ]);
}
