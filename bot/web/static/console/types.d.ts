/** The objects of the agents' API, as `GET /api/v1/openapi.json` describes them. */

import type { Author, Choice } from "../shared/api.d.ts";

export type Level = "calm" | "annoyed" | "frustrated" | "angry";
export type Language = "es" | "en";
export type View = "queue" | "mine" | "bot" | "resolved" | "all";

export interface Agent {
  username: string;
  name: string;
  teams: string[];
  role: string;
}

export interface Mood {
  now: number | null;
  peak: number | null;
  trend: "rising" | "steady" | "falling" | null;
  level: Level | null;
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
  claimed_at: string | null;
  due_first_response: string;
  first_response_at: string | null;
  resolved_at: string | null;
  disposition: string | null;
  lost_at: string | null;
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

/** What this page reads of a HandoffContext. */
export interface Context {
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
    identity_status: string;
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
  authority: Record<string, Record<string, number>>;
}

/** A reply the server has not confirmed yet. */
export interface Pending {
  client_id: string;
  text: string;
  at: string;
  failed?: string;
}
