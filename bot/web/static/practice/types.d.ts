/** The objects of the API of practice, as `GET /api/v1/openapi.json` describes them. */

export type Level = "calm" | "annoyed" | "frustrated" | "angry";
export type DeedName = keyof typeof import("./words/es.js").es.deed;

export interface Named {
  name: string;
  label: string;
}

export interface Fact {
  name: string;
  value: string;
}

export interface May {
  deed: DeedName;
  most: number | null;
}

export interface Line {
  name: string;
  title: string;
  issue: Named;
  level: Level;
  language: "es" | "en";
  region: string;
  happened: string;
}

export interface Situation extends Line {
  called: string;
  wants: string;
  tried: string[];
  refused: string[];
  known: string[];
  facts: Fact[];
  before: { who: "customer" | "bot"; text: string }[];
  may: May[];
  supervisor: boolean;
  teams: Named[];
  money: string;
}

export interface Said {
  who: "customer" | "agent" | "deed";
  text: string;
  reply: number | null;
  amount: number | null;
  team: Named | null;
  allowed: May[] | null;
}

export interface Reply {
  reply: number;
  text: string;
  before: number;
  after: number;
  level: Level;
  noticed: { code: string; facts: string[]; calms: boolean }[];
  findings: { rule: string; text: string; reason: string; better: string }[];
}

export interface Debrief {
  start: number;
  end: number;
  replies: Reply[];
  steps: { step: string; reached: string }[];
  unused: Fact[];
  guide: string[];
  first: string;
  say: string[];
}

export interface Course {
  name: string;
  seed: string;
  lines: Said[];
  moods: number[];
  may: May[];
  over: string | null;
  debrief: Debrief | null;
}

/** What this page keeps while it is open: enough to play the course again. */
export interface Kept {
  name: string;
  seed: string;
  replies: { text?: string; deed?: string; amount?: number; team?: string }[];
}
