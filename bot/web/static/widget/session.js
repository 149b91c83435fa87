import { Refusal } from "./api.js";

/**
 * Return the conversation that this browser has, or begin one; prove who the customer is.
 *
 * @param {import("./conversation.js").Conversation} model
 * @param {(made: any) => void} begun
 * @returns {Promise<import("../shared/api.d.ts").Session>}
 */
export async function openSession({ keep, api, config }, begun) {
  const { language, identity } = config;
  const proof = identity.slice(-16); // enough to know it again
  let session = keep.get("session");
  if (!session) {
    const page = location.origin + location.pathname;
    const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const wish = { language, page, time_zone, identity: identity || null };
    const made = await api.call(null, "", wish);
    session = keep.get("session"); // another tab may have been quicker
    if (!session) {
      session = { id: made.conversation, token: made.token };
      keep.set("session", session);
      begun(made);
    }
  } else if (identity && keep.get("identity") !== proof) {
    await api.call(session, "/identity", { token: identity }).catch((error) => {
      if (error.code === "identity_conflict") error.gone = true; // another customer's
      if (error.gone || !(error instanceof Refusal)) throw error; // else go on without proof
    });
  }
  keep.set("identity", proof || null);
  return session;
}
