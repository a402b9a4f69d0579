import type { DataOptions, EditOptions, IssueOptions } from "../../types/administration.ts";
import type { HandleOptions, OpenOptions } from "../../types/sessions.ts";
import { checkKeys, type Known, kindOf, typeError } from "../language/known-keys.ts";
import { checkDataKeys } from "./session-info.ts";

const opening: Known<OpenOptions> = { carriers: true, lazy: true, peer: true };
const handling: Known<HandleOptions> = { ...opening, onError: true };
const editing: Known<EditOptions> = { touch: true };
const finding: Known<DataOptions> = { keys: true };
const issuing: Known<IssueOptions<object>> = { data: true, userId: true, secure: true };

/** @throws TypeError */
export const checkOpen = (options: unknown): void => checkKeys(options, opening, "sessions.open()", typeError);

/** @throws TypeError */
export const checkHandle = (options: unknown): void => checkKeys(options, handling, "sessions.handle()", typeError);

/** @throws TypeError */
export function checkFind(options: DataOptions): void {
  checkKeys(options, finding, "sessions.find()", typeError);
  checkDataKeys(options.keys, "sessions.find()");
}

/** @throws TypeError */
export function checkEdit(fn: unknown, options: unknown): void {
  if (typeof fn !== "function") {
    throw new TypeError(`sessions.edit() takes a function as its second argument and was given ${kindOf(fn)}.`);
  }
  checkKeys(options, editing, "sessions.edit()", typeError);
}

/** @throws TypeError */
export function checkIssue(init: unknown): void {
  checkKeys(init, issuing, "sessions.issue()", typeError);
  const { data } = init as IssueOptions<object>;
  if (data === undefined || (typeof data === "object" && data !== null && !Array.isArray(data))) return;
  throw new TypeError(`sessions.issue() takes data as an object and was given ${kindOf(data)}.`);
}
