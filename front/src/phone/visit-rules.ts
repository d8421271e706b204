/** What follows from findings: the same rules as the server's (`inspections/rules/visits.py`), so that they hold without signal. */
import type { Row } from "./store";

export type Verdict = "met" | "not_met" | "put_right" | "not_applicable";
export type Outcome = "pass" | "rectify" | "shut";
export const OUTCOMES: readonly Outcome[] = ["pass", "rectify", "shut"];

export interface Item {
  id: string;
  number: string;
  norm: string;
  text: string;
  how: string;
  remedy: string;
  limit: string;
  consequence: "note" | "rectify" | "shut";
  photo: boolean;
  noted: string;
}

export interface VisitRow extends Row {
  place: string;
  name: string;
  address: string;
  industry: string;
  hours: string;
  lon: number | null;
  lat: number | null;
  shut: boolean;
  kind: "round" | "look_back" | "spot";
  status: string;
  round_name: string;
  team: string;
  on_day: string;
  seq: number | null;
  eta: string;
  due_at: string;
  items: Item[];
  /** Of a look-back: the order it is for. */
  before: { number: string; kind: Outcome; repeat: boolean; due_at: string; items: string[] } | null;
}

export type Verdicts = Readonly<Record<string, Verdict>>;

const FOLLOWS = { note: "pass", rectify: "rectify", shut: "shut" } as const;
const graver = (one: Outcome, other: Outcome): Outcome => (OUTCOMES.indexOf(one) >= OUTCOMES.indexOf(other) ? one : other);

/** The gravest consequence of what is not met; a look-back is never milder than the order, the second time it is shut. */
export function propose(row: VisitRow, verdicts: Verdicts): Outcome {
  const unmet = row.items.filter((item) => verdicts[item.id] === "not_met");
  const found = unmet.map((item): Outcome => FOLLOWS[item.consequence]).reduce(graver, "pass");
  const before = row.before;
  if (row.kind !== "look_back" || before === null || !unmet.some((item) => before.items.includes(item.id))) return found;
  return [before.kind, before.repeat ? ("shut" as const) : ("pass" as const)].reduce(graver, found);
}

/** Whether why must be said: milder than what follows, or an order although nothing demands one. */
export function needsReason(outcome: Outcome, proposed: Outcome): boolean {
  return OUTCOMES.indexOf(outcome) < OUTCOMES.indexOf(proposed) || (outcome !== proposed && proposed === "pass");
}

export function unanswered(row: VisitRow, verdicts: Verdicts): Item[] {
  return row.items.filter((item) => verdicts[item.id] === undefined);
}

/** Items of which the norm demands a photo when something is wrong, and that have none. */
export function unshown(row: VisitRow, verdicts: Verdicts, photos: Readonly<Record<string, readonly string[]>>): Item[] {
  return row.items.filter((item) => item.photo && ["not_met", "put_right"].includes(verdicts[item.id] ?? "") && (photos[item.id] ?? []).length === 0);
}

/** By day, round and team, then as the route goes. */
export function byPlan(one: VisitRow, other: VisitRow): number {
  const key = (row: VisitRow): string => `${row.on_day} ${row.round_name} ${row.team}`;
  return key(one).localeCompare(key(other)) || (one.seq ?? 1e6) - (other.seq ?? 1e6) || one.name.localeCompare(other.name, "zh");
}
