/** Cases in hand: what, where, until when; taking one, and telling that it is handled. */
import { photosOf } from "../photos";
import { newId, type OutboxItem, type Row, type Store } from "../store";
import { actLater, addSpot } from "../surveys";
import { button, chip, empty, facts, field, item, link, live, make, sheet, toast, type Page } from "../ui";
import { momentText, officeNow, say } from "../words";
import { nudge } from "../work";

export const cases: Page = async (place, _parameters, store) =>
  live(["rows", "outbox"], async () => {
    const rows = (await store.rows("cases")).sort((one, other) => (String(one["due_at"]) || "9").localeCompare(String(other["due_at"]) || "9"));
    const waiting = await pending(store);
    const list = make("ul", { class: "items" });
    for (const row of rows) {
      list.append(
        item(`#/cases/${row.id}`, String(row["title"]), [[row["number"], row["address"] || row["area_name"]].filter((part) => part !== "").join(" · "), row["due_at"] === "" ? "" : say("到 {time} 前", { time: momentText(String(row["due_at"])) })],
          chip(isLate(row) ? "late" : "going", `${String(row["status_word"])}${waiting.has(row.id) ? say("（待发送）") : ""}`)),
      );
    }
    place.replaceChildren(make("p", { class: "quick" }, link("#/cases/new", say("上报问题"))), rows.length === 0 ? empty(say("没有在手的案件。")) : list);
  });

/** Also without signal: the deadline passes whether or not the server can say so. */
function isLate(row: Row): boolean {
  return row["late"] === true || (row["due_at"] !== "" && Date.parse(String(row["due_at"])) < officeNow().getTime());
}

async function pending(store: Store): Promise<Map<string, OutboxItem>> {
  const found = new Map<string, OutboxItem>();
  for (const each of await store.outbox()) if (each.about?.list === "cases" && (each.state === "waiting" || each.state === "sending")) found.set(each.about.id, each);
  return found;
}

export const caseRecord: Page = async (place, [id = ""], store) =>
  live(["rows", "outbox"], async () => {
    const row = await store.row("cases", id);
    if (row === undefined) {
      place.replaceChildren(empty(say("这条内容不在手机里了，可能已不归您负责。"), link("#/cases", say("案件"))));
      return;
    }
    const waiting = (await pending(store)).get(id);
    const accepting = waiting?.payload["step"] === "accept";
    const buttons = make("div", { class: "buttons" });
    if (row["status"] === "dispatched" && waiting === undefined) {
      buttons.append(button(say("接单"), () => actLater(store, {
        act: "case_step", title: `${String(row["number"])} ${say("接单")}`, payload: { case: id, step: "accept" }, about: { list: "cases", id },
        said: say("已记下：{name} {what}", { name: String(row["number"]), what: say("接单") }),
      }), "button strong"));
    }
    if ((row["status"] === "accepted" && waiting === undefined) || accepting) buttons.append(button(say("报告处置结果"), () => handle(store, row, waiting), "button strong"));
    place.replaceChildren(
      make("h2", { class: "record" }, String(row["title"])),
      make("p", {}, chip(isLate(row) ? "late" : "going", `${String(row["status_word"])}${waiting === undefined ? "" : say("（待发送）")}`)),
      buttons,
      facts([
        [say("编号"), String(row["number"])],
        [say("期限"), row["due_at"] === "" ? "" : momentText(String(row["due_at"]))],
        [say("地址"), String(row["address"] || row["area_name"])],
        [say("类别"), String(row["class_name"])],
        [say("来源"), String(row["source_word"])],
        [say("承办"), [row["unit"], row["taker"]].filter((part) => part !== "").join(" · ")],
        [say("具体情况"), String(row["description"])],
      ]),
      row["place"] === "" ? "" : make("p", { class: "quick" }, link(`#/places/${String(row["place"])}`, say("场所"))),
    );
  });

async function handle(store: Store, row: Row, before: OutboxItem | undefined): Promise<void> {
  const said = await sheet<{ note: string; photos: File[] }>(say("报告处置结果"), (body, done) => {
    const note = make("textarea", { rows: "4", maxlength: "1000" });
    const photos = make("input", { type: "file", accept: "image/*", multiple: "" });
    body.append(field(say("处置情况"), note), field(say("照片"), photos), button(say("提交"), () => done({ note: note.value.trim(), photos: [...(photos.files ?? [])] }), "button strong wide"));
  });
  if (said === undefined) return;
  const files = await photosOf(said.photos);
  const title = `${String(row["number"])} ${say("报告处置结果")}`;
  const made = await store.enqueue(
    {
      id: newId(), kind: "act", act: "case_step", title, payload: { case: row.id, step: "handle", note: said.note }, files: files.map((file) => file.id),
      about: { list: "cases", id: row.id }, ...(before === undefined ? {} : { after: before.id }),
    },
    { files },
  );
  void addSpot(store, made.id);
  nudge();
  toast(say("已放进发件箱"), { tone: "good" });
}
