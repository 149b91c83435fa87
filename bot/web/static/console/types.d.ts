/** The objects of the agents' API, as `GET /api/v1/openapi.json` describes them. */

import type { Author, Choice } from "../shared/api.d.ts";

export type Level = "calm" | "annoyed" | "frustrated" | "angry";
export type Language = "es" | "en";
export type View =
  | "queue"
  | "mine"
  | "mentions"
  | "participating"
  | "waiting"
  | "snoozed"
  | "bot"
  | "resolved"
  | "all";
export type Phase = "queued" | "open" | "waiting" | "snoozed" | "returned" | "resolved";

export interface Agent {
  username: string;
  name: string;
  teams: string[];
  role: string;
}

export interface Session {
  agent: Agent;
  csrf: string;
  second_factor?: "on" | "off" | "required";
  notices?: string[];
}

export interface Mood {
  now: number | null;
  peak: number | null;
  trend: "rising" | "steady" | "falling" | null;
  level: Level | null;
}

/** One of a ticket's deadlines; what is met or none asks for nothing. */
export interface Clock {
  due: string | null;
  state: "running" | "soon" | "missed" | "met" | "paused" | "none";
}

export interface Clocks {
  first_response: Clock;
  update: Clock;
  resolution: Clock;
  answer: Clock | null;
}

/** A ticket's line in the queue. */
export interface Row {
  ref: string;
  conversation: string;
  priority: "urgent" | "high" | "medium" | "low";
  reason: string;
  reason_code: string;
  trigger: string;
  team: string;
  wait: number;
  frustration: Mood;
  language: string;
  status: "queued" | "claimed" | "returned" | "resolved";
  owner: string | null;
  owner_name: string | null;
  summary: string;
  customer: string | null;
  created_at: string;
  /** When it last entered the queue. */
  queued_at: string;
  claimed_at: string | null;
  due_first_response: string;
  first_response_at: string | null;
  resolved_at: string | null;
  disposition: string | null;
  lost_at: string | null;
  tier: string;
  labels: string[];
  issue: string | null;
  channel: string;
  phase: Phase;
  waiting_since: string | null;
  snoozed_until: string | null;
  transfers: number;
  reopened: number;
  participants: { username: string; name: string }[];
  offered_to: string | null;
  /** Whether this agent was mentioned and has not read it. */
  mentioned: boolean;
  /** Id of the customer's last message, or null: newer than what was seen, it is unread. */
  last_customer_message: number | null;
  sla: Clocks | null;
  /** Whether the customer is or was frustrated or angry. */
  heat: boolean;
}

/** What narrows the list that is shown; an empty field narrows nothing. */
export interface Filters {
  team: string;
  priority: string;
  language: string;
  label: string;
  phase: string;
}

/** A list that an agent keeps under a name. */
export interface SavedView {
  id: number;
  name: string;
  query: Partial<Filters> & { view?: string; q?: string };
}

/** Whether an agent may be given something new. */
export interface Presence {
  presence: "online" | "busy" | "away" | "wrap_up" | "offline";
  /** What the agent said; full hands make them busy all the same. */
  chosen: "online" | "busy" | "away";
  wrap_up_until: string | null;
  cool_until: string | null;
  load: number;
  capacity: number;
}

export interface TeamOverview {
  team: string;
  waiting: number;
  /** Seconds, or null when nobody waits. */
  longest_wait: number | null;
  open: number;
  paused: number;
  missed: number;
  unaccepted: number;
  agents: number;
}

export interface PersonOverview {
  username: string;
  name: string;
  teams: string[];
  role: string;
  presence: Presence["presence"];
  load: number;
  capacity: number | null;
  wrap_up_until: string | null;
}

/** What goes on at the desk, for supervisors. */
export interface Overview {
  at: string;
  teams: TeamOverview[];
  agents: PersonOverview[];
  missed: { count: number; tickets: Row[] };
  unaccepted: { count: number; tickets: Row[] };
}

/** A closed case that a supervisor should look at, and what its customer said of it. */
export interface ToReview {
  why: ("low_score" | "reopened" | "transfers" | "sample")[];
  score: number | null;
  comment: string | null;
  ticket: Row;
}

export interface Cue {
  name: string;
  text: string;
  start: number;
  end: number;
}

export interface Feeling {
  score: number;
  level: Level;
  cues?: Cue[];
}

export interface AgentMessage {
  id: number;
  author: Author;
  name: string | null;
  text: string;
  at: string;
  choices: Choice[];
  client_id: string | null;
  turn: string | null;
  language: string | null;
  late: boolean;
  frustration: Feeling | null;
}

export interface TicketEvent {
  at: string;
  actor: string;
  kind: string;
  data: Record<string, unknown>;
}

export interface Offer {
  text: string;
  status: "made" | "refused" | "accepted";
}

/** A promise in the ledger. */
export interface Promised {
  id: number;
  name: string;
  text: string;
  due: string | null;
  kept: boolean;
  owner: string;
  by: "bot" | "agent";
}

/** A chat that the bot has. */
export interface BotChat {
  conversation: string;
  since: string;
  last_message_at: string;
  waiting: number | null;
  frustration: Mood;
  issue: string | null;
  team: string;
  language: string;
  customer: string | null;
}

/** A chat that the bot has, to read before taking it. */
export interface BotChatText {
  conversation: string;
  language: string;
  team: string;
  customer: string | null;
  frustration: Mood;
  messages: AgentMessage[];
  state: { step: string | null; issue: string | null };
}

/** What this page reads of a HandoffContext. */
export interface Context {
  /** Whether the customer was erased: then most of the rest is missing. */
  erased?: boolean;
  trigger: { type: string; rule: string; evidence: string };
  initiator: string;
  agent_message: string | null;
  summary: { happened: string; wants: string; tried: string };
  facts: Record<string, unknown>;
  entities: { entity: string; value: unknown }[];
  register: string | null;
  step: string | null;
  attempts: number;
  techniques: string[];
  offers: Offer[];
  rejected_offers: string[];
  failure_points: unknown[];
  misunderstood: number;
  issue: string | null;
  tier: string;
  customer: {
    id: string | null;
    name: string | null;
    email: string | null;
    /** claimed: an order is proved, or, without any of `proven_orders`, nothing at all. */
    identity_status: string;
    proven_orders?: string[];
  };
  history: {
    conversations_30_days: number;
    tickets: Earlier[];
    contacts?: { at: string; issue: string; channel: string }[];
    open?: { ref: string; issue: string }[];
    vip?: boolean;
    vulnerable?: boolean;
  };
  page: string | null;
  contact?: { email: string | null; phone: string | null; mail: "on" | "none" | "opted_out" | "bounced" | "off" };
  risks: string[];
  promises: Promised[];
  compensation: { offered: unknown[]; allowed: Record<string, number> };
  versions: Record<string, string>;
  returned: Partial<{
    agreed: string;
    agent: string;
    disposition: string;
  }> | null;
}

export interface Earlier {
  ref: string;
  status: string;
  reason_code: string;
  created_at: string;
  disposition: string | null;
  summary: string;
}

export interface Detail {
  ticket: Row;
  context: Context;
  messages: AgentMessage[];
  events: TicketEvent[];
}

type Names = Record<string, Record<string, string>>;

/** What an agent chooses from: code to its names by language. */
export interface DeskRules {
  dispositions: Names;
  reasons: Names;
  teams: Names;
  labels?: Names;
  authority: Record<string, Record<string, number>>;
  /** What cases may be about, by code. */
  issues?: string[];
  causes?: Names;
  needs?: Names;
  phases?: Record<string, string[]>;
  participants_write?: boolean;
}

/** A reply the server has not confirmed yet. */
export interface Pending {
  client_id: string;
  text: string;
  at: string;
  failed?: string;
  attachments?: import("./case.d.ts").Attachment[];
}
