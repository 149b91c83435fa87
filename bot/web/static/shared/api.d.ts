/** The objects of the customer's API, as `GET /api/v1/openapi.json` describes them. */

export type Author = "customer" | "bot" | "agent" | "system";

export interface Choice {
  id: string;
  title: string;
  used?: boolean;
}

/** A file that was sent with a message; `size` in bytes. */
export interface Attachment {
  id: string;
  name: string;
  type: string;
  size: number;
}

export interface Message {
  id: number;
  author: Author;
  name: string | null;
  text: string;
  at: string;
  choices?: Choice[];
  client_id: string | null;
  turn?: string | null;
  language?: string | null;
  attachments?: Attachment[];
}

/** Who has the conversation now, and what the customer is waiting for. */
export interface ConversationInfo {
  conversation: string;
  owner: "bot" | "queue" | "agent";
  status: "open" | "ended";
  agent: { name: string } | null;
  reference: string | null;
  queue: { position: number; minutes: [number, number] | null } | null;
  language: string;
  identity?: string | { status: string };
  /** Characters a message may have. */
  messages_limit: number;
  /** Present when the customer is upset: the page becomes plainer. */
  mood?: "high" | null;
  /** The newest case; reference and code open its status page. */
  case?: { reference: string; code: string | null; open: boolean } | null;
  /** When the team is back, in words, while the customer waits for a closed one. */
  opens?: string | null;
  /** Where the customer is written to or called, masked. */
  reach?: string[];
  /** How they were served is asked for. */
  survey?: boolean;
  /** Which question that is; asked again it is another one. */
  survey_id?: number | null;
  /** Bytes a file may have. */
  attachment_limit?: number;
}

export interface Session {
  id: string;
  token: string;
}

/** Something the customer did that the server has not confirmed yet. */
export interface Outgoing {
  client_id: string;
  at: string;
  text?: string;
  choice?: string;
  attachments?: Attachment[];
  /** True: the request for a person. */
  person?: boolean;
  /** Why the server refused it; the customer decides what happens next. */
  failed?: string;
}

/** What one `<script>` tag asks for. */
export interface WidgetConfig {
  base: string;
  title: string;
  language: "es" | "en";
  identity: string;
  privacy: string;
  theme: string;
  side: string;
  inline: boolean;
  open: boolean;
  name: string;
}
