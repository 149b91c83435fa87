/** The objects of the status page's API, as `GET /api/v1/openapi.json` describes them. */

export type Status = "team" | "person" | "waiting" | "solved" | "returned";
export type StepName = "received" | "team" | "person" | "waiting" | "solved";

export interface CaseView {
  reference: string;
  code: string | null;
  status: Status;
  created_at: string;
  closed_at: string | null;
  team: string;
  agent: string | null;
  steps: { step: StepName; at: string | null; state: "done" | "now" | "next" }[];
  next_update: { due: string; late: boolean } | null;
  queue: { position: number; minutes: [number, number] | null } | null;
  opens: string | null;
  history: { at: string; kind: string; who: string | null }[];
  promises: { text: string; due: string | null; kept_at: string | null }[];
  cases: {
    reference: string;
    issue: string;
    status: Status;
    created_at: string;
    closed_at: string | null;
  }[];
  reach: string[];
  survey: boolean;
  survey_id: number | null;
}
