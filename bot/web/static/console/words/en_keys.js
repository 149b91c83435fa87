/** What can be done with lists and page, by name: for the palette and the help. In English. */
export const enKeys = {
  acts: {
    search: "Search",
    filter: "Filters, and keeping what is shown as a view",
    next: "Next case",
    previous: "Previous case",
    unread: "Next unread case",
    accept: "Accept the case you are offered",
    decline: "Decline the case you are offered",
    savedViews: "More lists: show and delete saved views",
    readChat: "Read the chat with the bot",
    takeChat: "Take over the chat with the bot",
    presence: "Your availability",
    ready: "End the pause: I am ready",
    board: "Overview: teams, and cases to review",
    measures: "Measures and reports",
    notify: "Turn on notifications",
    sound: "Notifications with or without sound",
    language: "Mostrar la consola en español",
    help: "Show these keys",
    leave: "Log out",
    side: "Show or hide the context",
    answerNote: "Answer the question",
    attach: "Attach a file",
    suggest: "Show suggestions",
    retry: "Try again what failed",
    discard: "Discard what was not sent",
  },
  showList: (/** @type {string} */ name) => `List: ${name}`,
  /** What is done with keys that are no single action. */
  listKeys: {
    "1 … 9":
      "Choose the list: queue, mine, mentions, taking part, customer's turn, snoozed, bot, closed, all",
    "↑ ↓": "Walk the list without opening; Enter opens",
  },
  pageKeys: {
    Esc: "Close what is open, or leave the reply",
    "Ctrl K": "Find an action",
  },
  actions: "Actions",
  promiseLead:
    "The customer reads it on the page of the case. If it is not kept by then, the team is told.",
  promiseMissing: "Write what was promised.",
  promiseDone: (/** @type {string} */ ref, /** @type {string} */ at) =>
    `${ref}: promise noted, ${at}.`,
  callLead: "It counts as news given: the next is due later.",
  callWhat: "What they were told",
  callHint: "The customer does not see it: it stays as a note of the team.",
  callMissing: "Write what they were told.",
  callDone: (/** @type {string} */ ref) => `${ref}: call noted.`,
  keepLead: "The customer reads it on the page of the case. It cannot be undone.",
  keepDone: (/** @type {string} */ ref) => `${ref}: promise kept.`,
  inQueueSince: (/** @type {string} */ at, /** @type {string} */ opened) =>
    `In the queue since ${at}; opened ${opened}`,
  cuesOf: (/** @type {string} */ name, /** @type {number} */ n, /** @type {string} */ feeling) =>
    `${name}, message ${n}: ${feeling}`,
};
