/* What pages gain from script. Every page works without it; each part below says what HTML it looks for. */

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const english = document.documentElement.lang === "en";
const say = (zh, en) => (english ? en : zh);

document.documentElement.classList.add("js");

/* --- htmx: the CSRF header on what changes something */
document.addEventListener("htmx:configRequest", (event) => {
  const token = $('meta[name="csrf-token"]')?.content;
  if (token) event.detail.headers["X-CSRFToken"] = token;
});
/* a form that comes back with errors (422) is shown like any answer */
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) event.detail.shouldSwap = true;
});

/* --- rows: <table data-rows> with <tr data-href>; j k o x */
const rows = () => $$("table[data-rows] tbody tr, tr[data-row]");
let here = -1;

function stand(index) {
  const all = rows();
  if (!all.length) return;
  all[here]?.classList.remove("is-here");
  here = Math.max(0, Math.min(all.length - 1, index));
  const row = all[here];
  row.classList.add("is-here");
  row.scrollIntoView({ block: "nearest" });
  const target = $("a[href], input[type=checkbox]", row);
  target?.focus({ preventScroll: true });
}

function typing(target) {
  return target.closest?.("input:not([type=checkbox],[type=radio]), select, textarea, [contenteditable], guatu-form");
}

const keys = {
  j: () => stand(here + 1),
  k: () => stand(here - 1),
  o: () => {
    const row = rows()[here];
    const address = row?.dataset.href ?? (row && $("a[href]", row)?.href);
    if (address) location.assign(address);
  },
  x: () => {
    const box = $("td.choose input", rows()[here] ?? document.createElement("tr"));
    if (box) box.click();
  },
  "/": () => {
    const search = $("input[data-search], input[type=search]");
    search?.focus();
    search?.select();
  },
  "?": () => $("#keys")?.showModal(),
};

/* --- g and a digit or letter: the tabs of a list in their order (g 1, g 2 …), g g the first row, g n and g p the pages */
let gone = 0;
function goTo(key) {
  const tabs = $$("nav.tabs a[href]");
  const digit = "1234567890".indexOf(key);
  const target =
    digit >= 0 ? tabs[digit] : key === "n" ? $('.pager a[rel="next"]') : key === "p" ? $('.pager a[rel="prev"]') : $(`nav.tabs a[data-key="${CSS.escape(key)}"]`);
  if (key === "g") stand(0);
  else if (target) location.assign(target.href);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    $$("details.menu[open]").forEach((menu) => {
      menu.open = false;
      $("summary", menu)?.focus();
    });
    $$("td.choose input:checked").forEach((box) => (box.checked = false));
    showChosen();
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target) || $("dialog[open]")) return;
  if (Date.now() - gone < 1500 && /^[a-z0-9]$/.test(event.key)) {
    gone = 0;
    event.preventDefault();
    goTo(event.key);
    return;
  }
  if (event.key === "g") {
    gone = Date.now();
    return;
  }
  const action = keys[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
});

/* --- a row under the pointer or the focus is shown on the map beside the list */
for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const row = event.target.closest?.("table[data-rows] tbody tr");
    const id = row && $('input[name="row"]', row)?.value;
    const map = id && $("aside guatu-map");
    if (map && typeof map.point === "function") map.point(id);
  });
}

/* --- choosing rows: check boxes named row, form="bulk", and [data-all] */
function showChosen() {
  const boxes = $$('input[name="row"][form="bulk"]');
  const chosen = boxes.filter((box) => box.checked);
  boxes.forEach((box) => box.closest("tr")?.classList.toggle("is-chosen", box.checked));
  const bar = $("#bulk");
  if (bar) {
    bar.toggleAttribute("data-none", chosen.length === 0);
    const count = $("[data-chosen]", bar);
    if (count) count.textContent = String(chosen.length);
  }
  const all = $("[data-all]");
  if (all) {
    all.checked = boxes.length > 0 && chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
  }
}
let lastBox = null;
document.addEventListener("click", (event) => {
  const box = event.target.closest?.('input[name="row"]');
  if (!box) return;
  const boxes = $$('input[name="row"]');
  if (event.shiftKey && lastBox && boxes.includes(lastBox)) {
    const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((one) => (one.checked = box.checked));
  }
  lastBox = box;
  showChosen();
});
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-all]")) {
    $$('input[name="row"]').forEach((box) => (box.checked = event.target.checked));
    showChosen();
  }
});

/* --- filters: <form data-auto> is sent when a choice changes; words wait for Enter */
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-auto]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=date]")) tidy(form).requestSubmit();
});
document.addEventListener("submit", (event) => {
  if (event.target.matches?.("form[data-auto]")) tidy(event.target);
});
/* empty controls stay out of the address, so that it can be read and shared */
function tidy(form) {
  for (const field of form.elements) {
    if (field.name && !field.value && field.type !== "checkbox") field.disabled = true;
  }
  setTimeout(() => [...form.elements].forEach((field) => (field.disabled = false)), 0);
  return form;
}

/* on a narrow screen the filters fold behind the search, unless one is in force */
function foldFilters() {
  for (const form of $$("form.filters")) {
    if ($(".filters-fold", form) || $$(".filter", form).length < 2) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button filters-fold";
    button.textContent = say("更多条件", "More filters");
    const fold = (folded) => {
      form.classList.toggle("is-folded", folded);
      button.setAttribute("aria-expanded", String(!folded));
    };
    button.addEventListener("click", () => fold(!form.classList.contains("is-folded")));
    const search = $(".filter-search", form);
    search ? search.after(button) : form.prepend(button);
    fold(!$(".filters-go a", form));
  }
}

/* --- saved filters: [data-views] keeps named addresses of this list in this browser; the address itself is what is shared */
function showViews() {
  const place = $("[data-views]");
  if (!place) return;
  const key = `guatu-views:${location.pathname}`;
  const query = new URLSearchParams(location.search);
  ["after", "before", "print", "export"].forEach((name) => query.delete(name));
  const present = query.toString();
  let views = [];
  try {
    views = JSON.parse(localStorage.getItem(key) ?? "[]");
  } catch {
    views = [];
  }
  const keep = (next) => {
    try {
      localStorage.setItem(key, JSON.stringify(next));
    } catch {
      /* without storage the address can still be shared */
    }
    showViews();
  };
  const parts = views.map(({ name, search }) => {
    const tag = document.createElement("span");
    tag.className = "tag";
    const link = document.createElement("a");
    link.href = `?${search}`;
    link.textContent = name;
    if (search === present) link.setAttribute("aria-current", "true");
    const drop = document.createElement("button");
    drop.type = "button";
    drop.textContent = "×";
    drop.setAttribute("aria-label", `${say("不再保存", "Forget")} ${name}`);
    drop.addEventListener("click", () => keep(views.filter((one) => one.search !== search)));
    tag.append(link, drop);
    return tag;
  });
  if (present && !views.some(({ search }) => search === present)) {
    const save = document.createElement("button");
    save.type = "button";
    save.className = "button small quiet";
    save.textContent = say("保存这组条件", "Save these filters");
    save.addEventListener("click", () => {
      const name = window.prompt(say("给这组条件起个名字：", "A name for these filters:"))?.trim().slice(0, 20);
      if (name) keep([...views, { name, search: present }].slice(-12));
    });
    parts.push(save);
  }
  place.replaceChildren(...parts);
  place.hidden = parts.length === 0;
}

/* --- drafts: <form data-draft="key"> keeps what was typed until it is sent.
   Only in this browser tab's own storage of this site; files and secrets are never kept. */
const DRAFT = "guatu-draft:";
const kept = (form) =>
  [...form.elements].filter(
    (field) => field.name && !field.disabled && !/^(hidden|file|password|submit|button)$/.test(field.type) && !field.closest("[data-no-draft]"),
  );
function fieldValues(form) {
  const values = {};
  for (const field of kept(form)) {
    if (field.type === "radio" || field.type === "checkbox") {
      (values[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    } else if (field.multiple) {
      values[field.name] = [...field.selectedOptions].map((option) => option.value);
    } else values[field.name] = [field.value];
  }
  return values;
}
function fill(form, values) {
  for (const field of kept(form)) {
    const given = values[field.name];
    if (!given) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = given.includes(field.value);
    else if (field.multiple) [...field.options].forEach((option) => (option.selected = given.includes(option.value)));
    else field.value = given[0] ?? "";
  }
}
function offerDraft(form) {
  const key = DRAFT + form.dataset.draft;
  const fresh = JSON.stringify(fieldValues(form));
  let draft = null;
  try {
    draft = JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    localStorage.removeItem(key);
  }
  const wrong = $(".field-wrong, .error-summary", form);
  if (draft && !wrong && JSON.stringify(draft.values) !== fresh) {
    fill(form, draft.values);
    const note = document.createElement("p");
    note.className = "draft-said";
    note.setAttribute("role", "status");
    const words = document.createElement("span");
    words.textContent = say(`已恢复 ${draft.at} 未提交的内容。`, `What you typed at ${draft.at} is back.`);
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "button small quiet";
    drop.textContent = say("不要了", "Drop it");
    drop.addEventListener("click", () => {
      localStorage.removeItem(key);
      fill(form, JSON.parse(fresh));
      note.remove();
    });
    note.append(words, drop);
    form.prepend(note);
    const act = form.closest("details.act");
    if (act) act.open = true;
  }
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const at = new Date().toTimeString().slice(0, 5);
      try {
        localStorage.setItem(key, JSON.stringify({ at, values: fieldValues(form) }));
      } catch {
        /* a full or forbidden storage only loses the draft, not the page */
      }
    }, 400);
  });
  /* forgotten once the answer is a new page without this form in error: the next page clears it */
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    try {
      localStorage.setItem(key, JSON.stringify({ at: new Date().toTimeString().slice(0, 5), values: fieldValues(form) }));
      sessionStorage.setItem("guatu-sent", key);
    } catch {
      /* as above */
    }
  });
}
function forgetSent() {
  try {
    const key = sessionStorage.getItem("guatu-sent");
    if (!key) return;
    sessionStorage.removeItem("guatu-sent");
    if (!$(".error-summary, .page-trouble")) localStorage.removeItem(key);
  } catch {
    /* no storage, nothing to forget */
  }
}

/* --- confirm only where there is no way back: data-confirm on a button or a form */
document.addEventListener(
  "submit",
  (event) => {
    const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  },
  true,
);

/* --- dialogs: data-dialog="id" opens <dialog id>; a click on the backdrop closes it */
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialog)?.showModal();
  }
  if (event.target.matches?.("dialog.dialog")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
  const close = event.target.closest?.("[data-close]");
  if (close) close.closest(".toast")?.remove();
  const back = event.target.closest?.("[data-back]");
  if (back && history.length > 1) {
    event.preventDefault();
    history.back();
  }
  const copy = event.target.closest?.("[data-copy]");
  if (copy) {
    navigator.clipboard?.writeText(copy.dataset.copy).then(() => toast(say("已复制。", "Copied.")));
  }
  /* an open menu closes when one clicks elsewhere */
  $$("details.menu[open], details.filter-many[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

/* --- toasts */
export function toast(words, tone = "good") {
  const box = document.createElement("div");
  box.className = `toast toast-${tone}`;
  const line = document.createElement("p");
  line.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.dataset.close = "";
  close.setAttribute("aria-label", say("关闭", "Close"));
  close.textContent = "×";
  box.append(line, close);
  $("#toasts")?.append(box);
  if (tone === "good") setTimeout(() => box.remove(), 6000);
}

/* a refusal that comes back to a part of a page is said, with what to do, and nothing on the page is lost */
document.addEventListener("htmx:responseError", (event) => {
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const words = [".page-trouble h1", ".trouble-next"].map((one) => answer.querySelector(one)?.textContent.trim());
  toast(words.filter(Boolean).join(say("", " ")) || say("没有办成，请刷新页面再试。", "It could not be done; reload and try again."), "bad");
});
document.addEventListener("htmx:sendError", () => {
  toast(say("网络不通，没有送到；您填写的内容还在，请稍后再试。", "No connection; nothing was sent and what you typed is still here. Try again."), "bad");
});
/* what takes longer than a second shows a line under the top bar */
let underWay = 0;
document.addEventListener("htmx:beforeRequest", () => {
  underWay += 1;
  setTimeout(() => document.body.classList.toggle("is-busy", underWay > 0), 1000);
});
document.addEventListener("htmx:afterRequest", () => {
  underWay = Math.max(0, underWay - 1);
  if (!underWay) document.body.classList.remove("is-busy");
});
function fadeToasts() {
  /* what offers an undo, or tells of trouble, stays until it is closed */
  $$(".toast-good, .toast-plain").forEach((box) => {
    if (!$("form", box)) setTimeout(() => box.remove(), 8000);
  });
}

/* --- relative times stay true: [data-relative] holds the moment, the page's own clock counts from its loading */
const loadedAt = Date.now();
const pageNow = Date.parse($('meta[name="page-now"]')?.content ?? "") || loadedAt;
function relative(moment, now) {
  const seconds = Math.round((moment - now) / 1000);
  const length = Math.abs(seconds);
  if (length < 60) return say("刚刚", "just now");
  const [size, zh, en] = [[86400, "天", "day"], [3600, "小时", "hour"], [60, "分钟", "minute"]].find(([unit]) => length >= unit);
  const count = Math.floor(length / size);
  if (english) return seconds < 0 ? `${count} ${en}${count === 1 ? "" : "s"} ago` : `in ${count} ${en}${count === 1 ? "" : "s"}`;
  return `${count} ${zh}${seconds < 0 ? "前" : "后"}`;
}
setInterval(() => {
  const now = pageNow + (Date.now() - loadedAt);
  $$("[data-relative]").forEach((node) => {
    if (node.dataset.relative.includes("T")) node.textContent = relative(Date.parse(node.dataset.relative), now);
  });
}, 30000);

/* --- start, and again after htmx has changed a part */
function begin(within) {
  $$("form[data-draft]", within).forEach((form) => {
    if (form.dataset.begun) return;
    form.dataset.begun = "1";
    offerDraft(form);
  });
  showChosen();
}
foldFilters();
showViews();
forgetSent();
begin(document);
fadeToasts();
document.addEventListener("htmx:load", (event) => begin(event.target));
/* an answer with errors: the summary is where one should be */
$(".error-summary")?.focus();
