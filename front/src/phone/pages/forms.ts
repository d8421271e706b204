/** What may be filled in, what was begun, and what was sent back. */
import { offered } from "../fill-forms";
import { button, chip, empty, item, link, live, make, toast, type Page } from "../ui";
import { isVisit, visitOf } from "../visit-draft";
import { momentText, officeNow, phoneText, say } from "../words";

export const forms: Page = async (place, _parameters, store) =>
  live(["forms", "rows", "drafts"], async () => {
    const kept = (await offered(store)).sort((one, other) => one.name.localeCompare(other.name, "zh"));
    const drafts = await store.drafts();
    const returns = await store.rows("returns");
    const list = make("ul", { class: "items" });
    for (const form of kept) {
      const begun = drafts.filter((draft) => draft.form === form.code && draft.campaign === form.campaign).length;
      list.append(item(`#/fill/${encodeURIComponent(form.key)}`, form.name, [], begun > 0 ? chip("going", say("{count} 份草稿", { count: begun })) : null));
    }
    const coming = (await store.rows("forms")).length - kept.length;
    place.replaceChildren(
      make("p", { class: "quick" },
        returns.length > 0 ? link("#/returns", `${say("退回更正")} ${returns.length}`) : null,
        link("#/drafts", `${say("草稿")} ${drafts.length}`)),
      kept.length === 0 && coming <= 0 ? empty(say("没有可填的表单。")) : list,
      coming > 0 ? make("p", { class: "muted" }, say("正在取表单…")) : "",
    );
  });

export const drafts: Page = async (place, _parameters, store) =>
  live(["drafts"], async () => {
    const rows = await store.drafts();
    if (rows.length === 0) {
      place.replaceChildren(empty(say("没有草稿。填报中途离开，内容会自动留在这里。"), link("#/forms", say("填报"))));
      return;
    }
    const list = make("ul", { class: "items" });
    for (const draft of rows) {
      const to = isVisit(draft) ? `#/visits/${visitOf(draft)}` : draft.returned !== undefined ? `#/returns/${draft.returned.id}` : `#/fill/${encodeURIComponent(`${draft.campaign}/${draft.form}`)}/${draft.id}`;
      const away = button(say("删除"), async () => {
        const gone = await store.dropDraft(draft.id);
        toast(say("已删除草稿"), { action: say("撤回"), press: () => (gone === undefined ? undefined : store.putDraft(gone.draft, gone.files)) });
      }, "button quiet small");
      list.append(
        item(to, draft.title || draft.form, [say("已保存 {time}", { time: phoneText(draft.savedAt) }), draft.problem?.message ?? draft.returned?.reason ?? ""],
          draft.problem === undefined ? null : chip("late", say("未通过")),
          draft.returned === undefined ? null : chip("returned", say("退回更正")),
          away),
      );
    }
    place.replaceChildren(list);
  });

export const returns: Page = async (place, _parameters, store) =>
  live(["rows", "drafts"], async () => {
    const rows = (await store.rows("returns")).sort((one, other) => String(one["due_at"]).localeCompare(String(other["due_at"])));
    const list = make("ul", { class: "items" });
    for (const row of rows) {
      list.append(
        item(`#/returns/${row.id}`, String(row["form_name"]), [`${say("原因")}：${String(row["reason"])}`, say("到 {time} 前", { time: momentText(String(row["due_at"])) })],
          row["late"] === true || Date.parse(String(row["due_at"])) < officeNow().getTime() ? chip("late", say("已逾期")) : null),
      );
    }
    place.replaceChildren(rows.length === 0 ? empty(say("没有待更正的填报。")) : list);
  });
