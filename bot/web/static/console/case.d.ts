/** What the console knows of one case beside its messages, as the agents' API gives it. */

import type { AgentMessage, Level, Row } from "./types.d.ts";

export type Tier = "L1" | "L2" | "L3";

export type CaseRow = Row;

export interface Colleague {
  username: string;
  name: string;
}

export interface AgentLine extends Colleague {
  teams: string[];
  role: string;
  presence: string;
  load: number;
  capacity: number;
}

/** A word between colleagues; the customer never sees it. */
export interface TeamNote {
  id: number;
  at: string;
  agent: string;
  agent_name: string;
  kind: "note" | "transfer" | "consult" | "answer" | "call";
  text: string;
  mentions: string[];
}

export interface Attachment {
  id: string;
  name: string;
  type: string;
  size: number;
  url?: string;
  scan?: string;
}

export interface CaseMessage extends AgentMessage {
  attachments?: Attachment[];
}

export interface Finding {
  rule: string;
  text: string;
  start: number;
  end: number;
  reason: string;
  better: string;
  replace: { start: number; end: number; text: string } | null;
}

export interface Canned {
  code: string;
  title: string;
  text: string;
}

export interface Calm {
  step: string;
  technique: string;
  text: string;
}

export interface Suggestions {
  canned: Canned[];
  calm: Calm[];
}

export interface Step {
  who: string;
  text: string;
  when: string;
}

/** Which version of a file holds, and since when it is on this machine. */
export interface Source {
  what: "guide" | "levels" | "limits";
  file: string;
  version: string;
  changed: string;
}

export interface Playbook {
  issue: string;
  level: Level;
  tier: Tier;
  first: string;
  steps: Step[];
  path: { tier: Tier; steps: Step[] }[];
  say: string[];
  never: string[];
  matrix: { tier: Tier; who: string; when: string; may: string }[];
  sources: Source[];
}

export interface Approval {
  id: number;
  ticket: string;
  kind: "refund" | "voucher" | "resend";
  cents: number;
  subject: string;
  reason: string;
  asked_by: string;
  asked_at: string;
  state: "asked" | "approved" | "refused" | "done" | "failed";
  decided_by: string | null;
  answer: string | null;
  booking: string | null;
  problem: "down" | "uncertain" | "refused" | "not_ours" | null;
  retry: boolean;
}

export interface ShopCharge {
  id: string;
  amount_cents: number;
  charged_on: string;
  method: string;
  refunded: boolean;
  state: string;
  repeated: boolean;
}

export interface ShopOrder {
  number: string;
  product: string;
  total_cents: number;
  ordered_on: string;
  promised_on: string;
  delivered_on: string | null;
  status: string;
  carrier: string;
  tracking: string;
  in_stock: boolean;
  invoice: string;
  days_late: number;
  events: { at: string; place: string; text: string }[];
  charges: ShopCharge[];
}

export interface ShopInvoice {
  number: string;
  order: string;
  issued_on: string;
  total_cents: number;
  tax_cents: number;
}

/** What the company's systems say of the customer, and what this agent may do with it. */
export interface Shop {
  identity: "anonymous" | "claimed" | "verified";
  orders: ShopOrder[];
  invoices: ShopInvoice[];
  authority: {
    role: string;
    refund_cents: number;
    voucher_cents: number;
    left: { refund_cents: number; voucher_cents: number };
  };
  approvals: Approval[];
  /** Why it is empty, if it is. */
  problem: "unproven" | "unknown_customer" | "down" | null;
}

export interface Profile {
  text: string;
  needs: string[];
  changed_by?: string | null;
  changed_at?: string | null;
}

export interface Review {
  id: number;
  at: string;
  by: string;
  by_name?: string;
  agent: string | null;
  text: string;
}

/** An earlier case of a customer. */
export interface PastTicket {
  ref: string;
  phase: string;
  issue: string | null;
  created_at: string;
  disposition: string | null;
  owner: string | null;
  summary: string;
  score: number | null;
}

/** Who else has a case open now. */
export interface Viewer extends Colleague {
  typing: boolean;
}

/** Something read beside the case: on its way, there, or not to be had. */
export type Extra<Value> =
  | { state: "loading"; value?: Value; error?: undefined }
  | { state: "ready"; value: Value; error?: undefined }
  | { state: "error"; value?: Value; error: string };
