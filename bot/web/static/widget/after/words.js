/**
 * What the parts say that are fetched later.
 *
 * @typedef {object} Acts What a part can bring about.
 * @property {(name: string) => void} part open another part
 * @property {(what: object) => void} send
 *
 * @typedef {Acts & { close: () => void, stays?: boolean }} Deeds
 */
const es = {
  close: "Cerrar",
  failed: "No se ha podido enviar. Compruebe la conexión y vuelva a intentarlo.",
  menu: "Más opciones",
  menuCopy: "Guardar el justificante o una copia",
  menuCopyOnly: "Guardar una copia",
  menuContact: "Dejar un correo o un teléfono",
  menuContactLeft: "Cambiar o retirar dónde se le avisa",
  menuEnd: "Terminar la conversación",
  copy: "Guardar",
  receipt: "Justificante de su reclamación",
  receiptNote: "Lleva lo que escribió, la fecha, la referencia y lo que pasa ahora.",
  transcript: "Copia de la conversación",
  formats: { pdf: "PDF", html: "Página web", txt: "Texto" },
  saved: (/** @type {string} */ name) => `Guardado: ${name}`,
  preparing: "Preparando el archivo…",
  endTitle: "¿Terminar la conversación?",
  endOpen: (/** @type {string} */ ref) =>
    `El caso ${ref} sigue con el equipo. La respuesta llega a este chat y a la página de estado.`,
  endBot: "Queda guardada, y un mensaje basta para retomarla.",
  endYes: "Terminar",
  endNo: "Seguir aquí",
  contactTitle: "Dónde se le avisa",
  contactNote: "Si cierra esta ventana, la respuesta le llega también ahí.",
  contactPhoneNote: "Si cierra esta ventana, una persona puede llamarle a ese número.",
  email: "Correo electrónico",
  phone: "Teléfono",
  consent: "Acepto que se use para contestarme sobre este caso. Puedo retirarlo aquí mismo.",
  consentMissing: "Falta marcar la casilla: sin su permiso no se guarda nada.",
  contactMissing: "Escriba un correo o un teléfono.",
  save: "Guardar",
  forget: "Olvidar mis datos",
  contactSaved: (/** @type {string} */ where) => `Guardado. Se le avisa en ${where}.`,
  contactGone: "Sus datos de contacto están borrados.",
  mailStates: {
    bounced: "Los correos a esa dirección no llegan. Compruébela o deje otra.",
    opted_out: "Pidió no recibir más correos. Si la guarda otra vez, se le vuelve a escribir.",
  },
  mailOff: "Este sitio no envía correos: puede dejar un teléfono.",
  ratingTitle: "¿Cómo le ha atendido el equipo?",
  scores: ["Muy mal", "Mal", "Regular", "Bien", "Muy bien"],
  comment: "Qué ha ido bien o mal (si quiere contarlo)",
  rate: "Enviar valoración",
  skip: "No valorar",
  scoreMissing: "Elija una de las cinco opciones.",
  rated: "Gracias. La valoración queda con su caso y la lee el equipo.",
  skipped: "De acuerdo. No se vuelve a preguntar por este caso.",
  remove: (/** @type {string} */ name) => `Quitar ${name}`,
  uploading: (/** @type {number} */ share) => `Subiendo, ${share} %`,
  uploaded: "Listo para enviar",
  tooLarge: (/** @type {string} */ size, /** @type {string} */ limit) =>
    `Pesa ${size} y caben hasta ${limit}.`,
  emptyFile: "El archivo está vacío.",
  openFile: (/** @type {string} */ name) => `Descargar ${name}`,
};

/** @type {typeof es} */
const en = {
  close: "Close",
  failed: "It could not be sent. Please check the connection and try again.",
  menu: "More options",
  menuCopy: "Save the receipt or a copy",
  menuCopyOnly: "Save a copy",
  menuContact: "Leave an e-mail or a phone number",
  menuContactLeft: "Change or withdraw where you are told",
  menuEnd: "End the conversation",
  copy: "Save",
  receipt: "Receipt of your complaint",
  receiptNote: "It has what you wrote, the date, the reference and what happens now.",
  transcript: "Copy of the conversation",
  formats: { pdf: "PDF", html: "Web page", txt: "Text" },
  saved: (name) => `Saved: ${name}`,
  preparing: "Preparing the file…",
  endTitle: "End the conversation?",
  endOpen: (ref) =>
    `Case ${ref} stays with the team. The answer comes to this chat and to the status page.`,
  endBot: "It is kept, and one message takes it up again.",
  endYes: "End it",
  endNo: "Stay here",
  contactTitle: "Where you are told",
  contactNote: "If you close this window, the answer comes there too.",
  contactPhoneNote: "If you close this window, a person can call you at that number.",
  email: "E-mail address",
  phone: "Phone number",
  consent: "I agree that it is used to answer me about this case. I can withdraw that right here.",
  consentMissing: "Please tick the box: nothing is kept without your permission.",
  contactMissing: "Please write an e-mail address or a phone number.",
  save: "Save",
  forget: "Forget my details",
  contactSaved: (where) => `Saved. You are told at ${where}.`,
  contactGone: "Your contact details are deleted.",
  mailStates: {
    bounced: "E-mail to that address does not arrive. Please check it or leave another.",
    opted_out: "You asked for no more e-mail. If you save it again, you are written to again.",
  },
  mailOff: "This site sends no e-mail: you can leave a phone number.",
  ratingTitle: "How did the team serve you?",
  scores: ["Very badly", "Badly", "So-so", "Well", "Very well"],
  comment: "What went well or badly (if you want to tell)",
  rate: "Send rating",
  skip: "No rating",
  scoreMissing: "Please choose one of the five.",
  rated: "Thank you. The rating stays with your case and the team reads it.",
  skipped: "All right. You will not be asked about this case again.",
  remove: (name) => `Remove ${name}`,
  uploading: (share) => `Uploading, ${share} %`,
  uploaded: "Ready to send",
  tooLarge: (size, limit) => `It has ${size}, and up to ${limit} fit.`,
  emptyFile: "The file is empty.",
  openFile: (name) => `Download ${name}`,
};

/** @typedef {typeof es} Words */

export const words = { es, en };
