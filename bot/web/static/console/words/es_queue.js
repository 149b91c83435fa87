/** What the console says about lists of cases, the team and the agent's own state. In Spanish. */
export const esQueue = {
  queueLabel: "Casos",
  viewsLabel: "Qué casos se muestran",
  views: {
    queue: "En cola",
    mine: "Míos",
    mentions: "Menciones",
    participating: "Participo",
    waiting: "Espera del cliente",
    snoozed: "Pospuestos",
    bot: "Bot",
    resolved: "Cerrados",
    all: "Todos",
  },
  moreViews: "Más",
  savedViews: "Vistas guardadas",
  viewKept: (/** @type {string} */ name) => `Vista «${name}» guardada: está en «Más».`,
  forgetView: (/** @type {string} */ name) => `Borrar la vista ${name}`,
  mentionsCount: (/** @type {number} */ n) => (n ? `Menciones, ${n}` : "Menciones"),
  counts: (/** @type {number} */ overdue, /** @type {number} */ soon) =>
    [
      overdue ? `${overdue} ${overdue === 1 ? "vencido" : "vencidos"}` : "",
      soon ? `${soon} a punto de vencer` : "",
    ]
      .filter(Boolean)
      .join(" · "),
  groups: {
    overdue: "Vencidos",
    soon: "A punto de vencer",
    rest: "En plazo",
    open: "En conversación",
    paused: "En pausa",
    closed: "Cerrados",
  },
  empty: {
    queue: [
      "Nadie espera ahora",
      "Cuando un cliente pida una persona o el bot pase un caso, aparecerá aquí al momento.",
    ],
    mine: [
      "No tiene casos abiertos",
      "Los casos que atienda aparecerán aquí hasta que los resuelva o los devuelva al bot.",
    ],
    mentions: [
      "Nadie le ha mencionado",
      "Cuando un compañero escriba su @usuario en una nota, el caso aparecerá aquí hasta que la lea.",
    ],
    participating: [
      "No participa en ningún caso ajeno",
      "Los casos de otra persona en los que le pidan ayuda aparecerán aquí mientras estén abiertos.",
    ],
    waiting: [
      "Ningún caso espera al cliente",
      "Los casos en los que le toca contestar al cliente aparecerán aquí, con el plazo parado.",
    ],
    snoozed: [
      "Nada pospuesto",
      "Los casos que se aplacen hasta una fecha aparecerán aquí hasta que llegue.",
    ],
    bot: [
      "El bot no atiende a nadie ahora",
      "Las conversaciones en curso con el bot aparecerán aquí, y podrá tomar cualquiera.",
    ],
    resolved: [
      "Todavía no hay casos cerrados",
      "Aquí aparecerán los casos resueltos y los devueltos al bot.",
    ],
    all: [
      "Todavía no hay casos",
      "Aquí aparecerán todos los casos de sus equipos, abiertos y cerrados.",
    ],
  },
  listFailed: "No se ha podido leer la lista",
  tryAgain: "Reintentar",
  loading: "Cargando…",
  loadMore: "Ver más",

  searchLabel: "Buscar casos",
  searchHint: "Buscar",
  searching: "Buscando…",
  found: (/** @type {number} */ n, /** @type {boolean} */ more) =>
    n === 1 && !more ? "1 caso encontrado" : `${n}${more ? " o más" : ""} casos encontrados`,
  nothingFound: "Ningún caso con esas palabras",
  searchedIn: "Se busca en la referencia, el cliente, los mensajes y las notas de sus equipos.",
  searchAll: "Buscar sin filtros",
  filters: "Filtros",
  filtersOn: (/** @type {number} */ n) => `Filtros · ${n}`,
  filterNames: {
    team: "Equipo",
    priority: "Prioridad",
    language: "Idioma",
    label: "Etiqueta",
    phase: "Fase",
  },
  anything: "Todo",
  dropFilters: "Quitar los filtros",
  dropFilter: (/** @type {string} */ name, /** @type {string} */ value) =>
    `Quitar el filtro ${name}: ${value}`,
  noneWithFilters: "Ningún caso con estos filtros",
  viewName: "Guardar como vista",
  viewNameHint: "Nombre",
  keepView: "Guardar",
  phases: {
    queued: "En cola",
    open: "En conversación",
    waiting: "Espera del cliente",
    snoozed: "Pospuesto",
    returned: "Devuelto al bot",
    resolved: "Resuelto",
  },

  guest: "Invitado",
  unread: "Sin leer",
  unreadCount: (/** @type {number} */ n) => `(${n}) `,
  noSummary: "Sin mensajes todavía",
  now: "ahora",
  left: (/** @type {string} */ span) => `Quedan ${span}`,
  overdue: (/** @type {string} */ span) => `Vencido hace ${span}`,
  before: (/** @type {string} */ at, /** @type {boolean} */ today) =>
    `Antes ${today ? "de las" : "del"} ${at}`,
  clocks: {
    first_response: "Responder",
    update: "Informar",
    resolution: "Resolver",
    answer: "Plazo legal",
  },
  clockLeft: (/** @type {string} */ what, /** @type {string} */ span) => `${what} · ${span}`,
  clockOver: (/** @type {string} */ what, /** @type {string} */ span) => `${what} · vencido ${span}`,
  clockBefore: (
    /** @type {string} */ what,
    /** @type {string} */ at,
    /** @type {boolean} */ today,
  ) => `${what} antes ${today ? "de las" : "del"} ${at}`,
  snoozedUntil: (/** @type {string} */ at, /** @type {boolean} */ today) =>
    `Pospuesto ${today ? "a las" : "al"} ${at}`,
  waitsForCustomer: "Espera del cliente",
  backInQueue: "De vuelta en la cola",
  answered: "Respondido",
  lostAgent: "Agente sin conexión",
  mine: "Usted",
  heated: "Frustración alta, ahora o antes",
  mentionsYou: "Le mencionan",
  offeredMark: "Se lo ofrecen",
  transfersMade: (/** @type {number} */ n) =>
    n === 1 ? "Transferido una vez" : `Transferido ${n} veces`,
  timesReopened: (/** @type {number} */ n) => (n === 1 ? "Reabierto una vez" : `Reabierto ${n} veces`),

  botChat: "Conversación con el bot",
  read: "Leer",
  readOf: (/** @type {string} */ name) => `Leer la conversación de ${name}`,
  readingHint: "Solo la lee usted: el cliente y el bot no lo notan. La lectura queda registrada.",

  offered: (/** @type {string} */ ref) => `Le ofrecen el caso ${ref}`,
  offerTitle: (/** @type {string} */ name, /** @type {string} */ priority) =>
    `Le ofrecen un caso: ${name}, prioridad ${priority}`,
  readCase: (/** @type {string} */ ref) => `Leer el caso ${ref} antes de contestar`,
  accept: "Aceptar",
  decline: "Rechazar",
  offerDeclined: (/** @type {string} */ ref) => `${ref} se ofrece a otra persona.`,
  offerOver: (/** @type {string} */ ref) => `El tiempo para aceptar ${ref} ha pasado.`,
  mentionedIn: (/** @type {string} */ ref) => `Le mencionan en ${ref}`,
  calls: {
    approval: (/** @type {string} */ ref) => `Le piden que apruebe algo en ${ref}`,
    approved: (/** @type {string} */ ref) => `Aprobado y hecho: lo que pidió en ${ref}`,
    refused: (/** @type {string} */ ref) => `No se aprueba lo que pidió en ${ref}`,
    failed: (/** @type {string} */ ref) => `Lo que pidió en ${ref} se aprobó, pero no se ha hecho`,
    woke: (/** @type {string} */ ref) => `${ref} vuelve: ha pasado el tiempo que lo pospuso`,
    promise: (/** @type {string} */ ref) => `${ref}: ha vencido algo que se prometió al cliente`,
  },
  approvalsWaiting: (/** @type {number} */ n) => `${n} por aprobar`,
  meanwhile: (/** @type {number} */ n) =>
    n === 1
      ? "Mientras no había conexión ha entrado algo en un caso."
      : `Mientras no había conexión ha entrado algo en ${n} casos.`,
  followUpDue: (/** @type {string} */ ref) => `${ref}: es la hora del seguimiento que planeó`,
  pressing: {
    soon: (/** @type {string} */ ref, /** @type {string} */ clock) =>
      `${ref}: el plazo «${clock}» está a punto de vencer`,
    missed: (/** @type {string} */ ref, /** @type {string} */ clock) =>
      `${ref}: el plazo «${clock}» ha vencido`,
    unreachable: (/** @type {string} */ ref) =>
      `${ref}: toca informar al cliente y nada le llega; no tiene la página abierta`,
  },
  nobodyTakes: (/** @type {string} */ ref) => `${ref} espera y nadie lo acepta`,
  nobodyHad: (/** @type {string} */ ref) => `${ref} no lo tenía nadie: ya está en su sitio`,
  ruleAsks: (/** @type {string} */ ref, /** @type {string} */ rule) =>
    `${ref} necesita que lo mire alguien (regla ${rule})`,
  caseGone: (/** @type {string} */ ref) =>
    `${ref} ha pasado a otro equipo y ya no está en sus listas.`,

  presenceLabel: "Su disponibilidad",
  presences: {
    online: "Disponible",
    busy: "Ocupado",
    away: "Ausente",
    wrap_up: "Pausa",
    offline: "Sin conexión",
  },
  pauseHint: "Pausa después de una conversación tensa: no recibe casos nuevos.",
  iAmReady: "Ya puedo",
  cooling: (/** @type {string} */ span) => `Sin casos tensos ${span}`,
  coolingHint: "Tras una conversación tensa no se le ofrece otra igual durante un rato.",
  loadOf: (/** @type {number} */ n, /** @type {number} */ of) => `Atiende ${n} de ${of} casos`,
  menu: "Menú",
  soundOn: "Con sonido",
  soundOff: "Sin sonido",

  board: "Supervisión",
  measures: "Medidas e informes",
  practise: "Practicar",
  boardTeams: "Equipos",
  boardPeople: "Agentes",
  boardHeads: {
    waiting: "En cola",
    longest_wait: "Espera mayor",
    unaccepted: "Sin aceptar",
    missed: "Vencidos",
    open: "Abiertos",
    paused: "En pausa",
    agents: "Disponibles",
  },
  boardNone: {
    unaccepted: "Nadie espera más de la cuenta.",
    missed: "Ningún plazo vencido.",
  },
  toReview: (/** @type {number | null} */ n) => (n === null ? "Por revisar" : `Por revisar · ${n}`),
  toReviewHint:
    "Valoraciones bajas, y casos cerrados en la última semana. Abra uno y deje su comentario (G): así sale de aquí.",
  toReviewNone: "Nada por revisar.",
  reviewWhy: {
    low_score: "Valoración baja",
    reopened: "Reabierto",
    transfers: "Varios traslados",
    sample: "Muestra",
  },
  scoreOf: (/** @type {number} */ n) => `${n} de 5`,
  closedAt: (/** @type {string} */ at) => `Cerrado ${at}`,
  andMore: (/** @type {number} */ n) => (n === 1 ? "y otro más" : `y ${n} más`),
  agentsThere: (/** @type {number} */ n) =>
    n === 1 ? "1 conectado" : n ? `${n} conectados` : "Nadie conectado",
  casesOf: (/** @type {number} */ n, /** @type {number | null} */ of) =>
    `${n}${of ? ` de ${of}` : ""} ${n === 1 && !of ? "caso" : "casos"}`,
  allTeams: "todos los equipos",

  keyGroups: { list: "Listas", case: "Caso abierto", page: "Página" },
  keysTitle: "Atajos de teclado",
  keysOn: "Usar atajos de una tecla",
};
