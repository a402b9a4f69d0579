export type { CacheHeaders } from "./core/cache-fields.ts";
export type { SessionErrorCode } from "./core/errors.ts";
export { SessionError } from "./core/errors.ts";
export type { Observer, RefusedReason, SessionEvent, WarningCode } from "./core/events.ts";
export { FetchAnswer } from "./core/fetch-answer.ts";
export type { HeaderTarget } from "./core/header-edits.ts";
export { editHeaders, headersTarget } from "./core/header-edits.ts";
export { saveAll } from "./core/mounts.ts";
export type { Codec, CookieAttributes, SessionsOptions, TypeCodec } from "./core/options.ts";
export type { SchemaIssue, SchemaResult, StandardSchema } from "./core/schema.ts";
export type {
  DefaultData,
  Duration,
  ReadonlySession,
  Session,
  SessionData,
  SessionInfo,
  SessionLimits,
} from "./core/session.ts";
export type {
  EditOptions,
  HandleOptions,
  IssuedSession,
  IssueOptions,
  ListOptions,
  OpenOptions,
  OpenSession,
  Outcome,
  Owner,
  OwnSessions,
  PageOptions,
  PendingAnswer,
  RevokeAllOptions,
  SealedSessions,
  SessionList,
  SessionPolicy,
  Sessions,
} from "./core/sessions.ts";
export type {
  ListFilter,
  RecordKey,
  RecordPage,
  RecordStamp,
  SealBinding,
  SealedStore,
  SealRefusal,
  SessionStore,
  StoreCall,
  StoredRecord,
  Unsealed,
} from "./core/store.ts";
export type {
  CookieOverrides,
  HeaderEdit,
  RequestHead,
  TokenLease,
  Transport,
  TransportContext,
} from "./core/transport.ts";
export { createSessions } from "./create-sessions.ts";
export { generateKey } from "./crypto/key.ts";
export { bearer } from "./transports/bearer.ts";
export { cookie } from "./transports/cookie.ts";
export { header } from "./transports/header.ts";
export { query } from "./transports/query.ts";
