/** What can be done with lists and page, by name: for the palette and the help. In Spanish. */
export const esKeys = {
  acts: {
    search: "Buscar",
    filter: "Filtros, y guardar lo que se ve como vista",
    next: "Caso siguiente",
    previous: "Caso anterior",
    unread: "Siguiente caso sin leer",
    accept: "Aceptar el caso que le ofrecen",
    decline: "Rechazar el caso que le ofrecen",
    savedViews: "Más listas: ver y borrar las vistas guardadas",
    readChat: "Leer la conversación con el bot",
    takeChat: "Tomar la conversación con el bot",
    presence: "Su disponibilidad",
    ready: "Terminar la pausa: ya puedo",
    board: "Supervisión: equipos, y casos por revisar",
    measures: "Medidas e informes",
    notify: "Activar avisos",
    sound: "Avisos con o sin sonido",
    language: "Show the console in English",
    help: "Ver estos atajos",
    leave: "Salir",
    side: "Mostrar u ocultar el contexto",
    answerNote: "Contestar a la consulta",
    attach: "Adjuntar un archivo",
    suggest: "Ver sugerencias",
    retry: "Volver a intentar lo que ha fallado",
    discard: "Descartar lo que no se ha enviado",
  },
  showList: (/** @type {string} */ name) => `Lista: ${name}`,
  /** What is done with keys that are no single action. */
  listKeys: {
    "1 … 9":
      "Elegir la lista: cola, míos, menciones, participo, espera, pospuestos, bot, cerrados, todos",
    "↑ ↓": "Recorrer la lista sin abrir; Enter abre",
  },
  pageKeys: {
    Esc: "Cerrar lo abierto, o dejar de escribir",
    "Ctrl K": "Buscar una acción",
  },
  actions: "Acciones",
  promiseLead: "El cliente la lee en la página de su caso. Si a esa hora no está cumplida, se avisa al equipo.",
  promiseMissing: "Escriba qué se ha prometido.",
  promiseDone: (/** @type {string} */ ref, /** @type {string} */ at) =>
    `${ref}: promesa guardada, ${at}.`,
  callLead: "Cuenta como noticia dada: la próxima se debe más tarde.",
  callWhat: "Qué se le ha dicho",
  callHint: "El cliente no lo ve: queda como nota del equipo.",
  callMissing: "Escriba qué se le ha dicho.",
  callDone: (/** @type {string} */ ref) => `${ref}: llamada anotada.`,
  keepLead: "El cliente lo lee en la página de su caso. No se puede deshacer.",
  keepDone: (/** @type {string} */ ref) => `${ref}: promesa cumplida.`,
  inQueueSince: (/** @type {string} */ at, /** @type {string} */ opened) =>
    `En cola desde ${at}; abierto ${opened}`,
  cuesOf: (/** @type {string} */ name, /** @type {number} */ n, /** @type {string} */ feeling) =>
    `${name}, mensaje ${n}: ${feeling}`,
};
