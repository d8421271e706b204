/** Every page of the shell. A further one is one more line; what is loaded later stays out of the first start. */
import type { Route } from "./ui";
import { say } from "./words";

export const ROUTES: Route[] = [
  { pattern: /^$/, title: () => say("今天"), back: "", load: () => import("./pages/home").then((part) => part.home) },
  { pattern: /^places$/, title: () => say("我的场所"), back: "", load: () => import("./pages/places").then((part) => part.places) },
  { pattern: /^places\/([^/]+)$/, title: () => say("场所"), back: "places", load: () => import("./pages/place").then((part) => part.place) },
  { pattern: /^lists$/, title: () => say("我的清单"), back: "/", load: () => import("./pages/lists").then((part) => part.lists) },
  { pattern: /^points$/, title: () => say("服务点"), back: "lists", load: () => import("./pages/lists").then((part) => part.points) },
  { pattern: /^entries$/, title: () => say("名册"), back: "lists", load: () => import("./pages/lists").then((part) => part.entries) },
  { pattern: /^visits$/, title: () => say("我的检查"), back: "", load: () => import("./pages/visits").then((part) => part.visits) },
  { pattern: /^visits\/([^/]+)$/, title: () => say("检查"), back: "visits", load: () => import("./pages/visit").then((part) => part.visit) },
  { pattern: /^cases$/, title: () => say("案件"), back: "/", load: () => import("./pages/cases").then((part) => part.cases) },
  { pattern: /^cases\/new$/, title: () => say("上报问题"), back: "/", load: () => import("./pages/report").then((part) => part.report) },
  { pattern: /^cases\/([^/]+)$/, title: () => say("案件"), back: "cases", load: () => import("./pages/cases").then((part) => part.caseRecord) },
  { pattern: /^forms$/, title: () => say("填报"), back: "", load: () => import("./pages/forms").then((part) => part.forms) },
  { pattern: /^fill\/([^/]+)(?:\/([^/]+))?$/, title: () => say("填报"), back: "forms", load: () => import("./pages/fill").then((part) => part.fill) },
  { pattern: /^returns\/([^/]+)$/, title: () => say("退回更正"), back: "returns", load: () => import("./pages/fill").then((part) => part.mend) },
  { pattern: /^drafts$/, title: () => say("草稿"), back: "forms", load: () => import("./pages/forms").then((part) => part.drafts) },
  { pattern: /^returns$/, title: () => say("退回更正"), back: "forms", load: () => import("./pages/forms").then((part) => part.returns) },
  { pattern: /^outbox$/, title: () => say("发件箱"), back: "", load: () => import("./pages/outbox").then((part) => part.outbox) },
  { pattern: /^map(?:\/([^/]+))?$/, title: () => say("我的网格"), back: "/", load: () => import("./pages/map").then((part) => part.map) },
  { pattern: /^settings$/, title: () => say("设置"), back: "/", load: () => import("./pages/settings").then((part) => part.settings) },
];
