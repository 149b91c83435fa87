import { day } from "../shared/time.js";

/**
 * @typedef {import("../shared/api.d.ts").Message} Message
 * @typedef {import("../shared/api.d.ts").Outgoing} Outgoing
 * @typedef {import("../shared/api.d.ts").Choice} Choice
 */

/**
 * What every part of the panel is drawn from.
 *
 * @typedef {object} View
 * @property {import("./conversation.js").Conversation} model
 * @property {import("./strings.js").Strings} t
 * @property {"es" | "en"} language of the widget; each message has its own
 * @property {import("../shared/api.d.ts").WidgetConfig} config
 */

/**
 * @typedef {object} Entry One row of the log.
 * @property {string} key the same before and after the server confirmed it
 * @property {Message} [message]
 * @property {Outgoing} [item] not confirmed yet
 * @property {boolean} [last] the last row said by anyone
 * @property {boolean} [first] the first of several by the same author
 * @property {string} [day] a date between two days
 * @property {Choice[]} [choices] quick replies
 * @property {string} [chosen] id of the one that was used
 * @property {boolean} [off] no longer to be used
 */

/**
 * Put messages, what is still on its way, days and quick replies in the order they are read.
 *
 * @param {View} view
 * @returns {Entry[]}
 */
export function entries({ model, language, t }) {
  const rows = model.list.map((message) => /** @type {Entry} */ ({ key: keyOf(message), message }));
  for (const item of model.outbox.items) {
    if (item.person && item.failed === undefined) continue;
    const text = item.text ?? (item.person ? t.person : "");
    rows.push({ key: item.client_id, item, message: waiting(item, text) });
  }
  const last = rows.at(-1);
  if (last) last.last = true;
  const offered = rows.findLastIndex((row) => row.message?.choices?.length);
  /** @type {Entry[]} */
  const out = [];
  let before = "";
  let date = day(new Date().toISOString(), language);
  rows.forEach((row, index) => {
    const message = /** @type {Message} */ (row.message);
    const today = day(message.at, language);
    if (today !== date) out.push({ key: `day ${today}`, day: today });
    row.first = message.author !== before || today !== date;
    date = today;
    before = message.author;
    out.push(row);
    if (index === offered) out.push(...offer(row, rows.slice(index + 1), model.info));
  });
  return out;
}

/**
 * Quick replies stay under the message that offers them; one use, a new answer, or a person ends
 * them. Who waits for a person may still choose what was offered during the wait, by the system.
 *
 * @param {Entry} row
 * @param {Entry[]} later
 * @param {import("../shared/api.d.ts").ConversationInfo | null} info
 * @returns {Entry[]}
 */
function offer(row, later, info) {
  const { choices = [], turn, author } = row.message ?? {};
  const answered = later.some(
    ({ message }) =>
      message?.author === "agent" || (message?.author === "bot" && message.turn !== turn),
  );
  const waits = info?.owner === "queue" && author === "system";
  if (answered || (info && ((info.owner !== "bot" && !waits) || info.status === "ended"))) return [];
  const reply = later.find(({ message }) => message?.author === "customer")?.message;
  const used = choices.find((choice) => choice.used) ??
    choices.find((choice) => choice.title === reply?.text);
  return [{ key: `${row.key} choices`, choices, chosen: used?.id, off: Boolean(used ?? reply) }];
}

/** @param {Message} message */
function keyOf(message) {
  return (message.author === "customer" && message.client_id) || `m${message.id}`;
}

/**
 * @param {Outgoing} item
 * @param {string} text
 * @returns {Message}
 */
function waiting({ at, client_id, attachments }, text) {
  return { id: Infinity, author: "customer", name: null, text, at, client_id, attachments };
}
