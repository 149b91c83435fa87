import { ApiError } from "./api.js";

/**
 * Ask the server for something that it may refuse.
 *
 * @param {() => Promise<any>} work
 * @returns {Promise<{ answer: any, why: string }>}
 */
export async function tried(work) {
  try {
    return { answer: await work(), why: "" };
  } catch (error) {
    if (error instanceof ApiError) return { answer: null, why: error.message };
    throw error;
  }
}
