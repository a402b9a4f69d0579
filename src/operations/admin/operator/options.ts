import { checkKeys, type Known, kindOf } from "../../../core/language/known-keys.ts";
import type { CsrfOptions } from "../../../security/csrf/csrf.ts";
import { invalidOption } from "../../../types/errors.ts";
import type { PageRequest } from "../page/request.ts";
import type { StoreWatch } from "./store-watch.ts";

/**
 * What an operator has asked for, and whether that was done. `failed`: the store failed on the way, so that a part of the
 * sessions may have ended, and `count` is `undefined`.
 */
export type AdminAction = { readonly outcome: "done" | "failed" } & (
  | { readonly type: "end-session"; readonly id: string }
  | { readonly type: "end-user"; readonly userId: string; readonly count: number | undefined }
  | { readonly type: "end-all" }
);

/** Options of `adminHandler()`. */
export interface AdminOptions<Request extends PageRequest = PageRequest> {
  /**
   * Decides whether a request comes from an operator. It receives the request as the page does, and is asked again when the
   * body of a form has arrived. Anything but `true` is answered by 404. That is no secret kept: its headers may tell that a
   * session was read.
   */
  readonly authorize: (request: Request) => boolean | Promise<boolean>;
  /** Keys of the sessions' data whose values operators may see. @default none */
  readonly keys?: readonly string[] | undefined;
  /** What `storeWatch()` keeps of the store. @default the page says nothing of the store */
  readonly watch?: StoreWatch | undefined;
  /**
   * Receives what an operator has ended, or has tried to end and the store failed, with the request, for an audit log.
   * Nobody waits for it; exceptions and rejections are ignored.
   * @default none
   */
  readonly audit?: ((action: AdminAction, request: Request) => unknown) | undefined;
  /**
   * For a program that is not the application: how it counts live sessions. Its own events and its own policy would say
   * nothing of the application, so they are not shown. @default the page is the application's
   */
  readonly tool?: { count(): Promise<number> } | undefined;
  /** A path that the page links to. @default no link */
  readonly home?: string | undefined;
  /** Options of `csrf()`. @default those of `csrf()` */
  readonly csrf?: CsrfOptions | undefined;
}

const known: Known<AdminOptions> = {
  authorize: true,
  keys: true,
  watch: true,
  audit: true,
  tool: true,
  home: true,
  csrf: true,
};

export function checkAdminOptions(options: AdminOptions): void {
  checkKeys(options, known, "adminHandler()");
  const { authorize, keys = [], watch, audit, tool, home } = options;
  if (typeof authorize !== "function") {
    throw invalidOption(
      `authorize must be a function of the request that says whether it comes from an operator, and is ${kindOf(authorize)}. Without it everybody could end all sessions.`,
    );
  }
  if (!Array.isArray(keys) || keys.some((key) => typeof key !== "string")) {
    throw invalidOption('keys must be a list of names, such as ["device"].');
  }
  if (watch !== undefined && typeof watch?.latencies !== "function")
    throw invalidOption("watch must be a storeWatch().");
  if (tool !== undefined && typeof tool?.count !== "function") throw invalidOption("tool must have a function count.");
  if (audit !== undefined && typeof audit !== "function") throw invalidOption("audit must be a function.");
  if (home !== undefined && typeof home !== "string") throw invalidOption("home must be a string.");
}
