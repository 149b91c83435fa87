import { data } from "./dialogs_data.js";
import { hooks } from "./dialogs_hooks.js";
import { reads } from "./dialogs_reads.js";
import { staff } from "./dialogs_staff.js";

/** What administrators have besides: their dialogs, by the name of the action. */
export const ADMIN = { staff, data, hooks, reads };

/** @typedef {keyof typeof ADMIN} AdminDeed */

export const ADMIN_DEEDS = /** @type {AdminDeed[]} */ (Object.keys(ADMIN));
