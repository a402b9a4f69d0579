export { FetchResponse } from "./core/http/fetch-response.ts";
export type { HeaderTarget } from "./core/http/header-edits.ts";
export { editHeaders, headersTarget } from "./core/http/header-edits.ts";
export { saveAll } from "./core/manager/mounts.ts";
export { createSessions } from "./create-sessions.ts";
export { generateKey } from "./crypto/key.ts";
export { bearer } from "./transports/bearer.ts";
export { cookie } from "./transports/cookie/index.ts";
export { header } from "./transports/header.ts";
export { query } from "./transports/query.ts";
export type {
  DataOptions,
  EditOptions,
  IssuedSession,
  IssueOptions,
  ListOptions,
  Owner,
  OwnSessions,
  PageOptions,
  RevokeAllOptions,
  SessionInfo,
  SessionList,
} from "./types/administration.ts";
export type { SessionErrorCode } from "./types/errors.ts";
export { SessionError } from "./types/errors.ts";
export type { Observer, RejectReason, SessionEvent, WarningCode } from "./types/events.ts";
export type { LegacySource, LegacyStats } from "./types/legacy.ts";
export type { Duration, SessionLimits } from "./types/limits.ts";
export type { Codec, CookieAttributes, SessionsOptions, TypeCodec } from "./types/options.ts";
export type { CacheHeaders, Outcome, PendingResponse } from "./types/outcome.ts";
export type {
  DefaultData,
  ReadonlySession,
  Session,
  SessionData,
} from "./types/session.ts";
export type {
  HandleOptions,
  OpenOptions,
  OpenSession,
  SessionManager,
  SessionPolicy,
  Sessions,
} from "./types/sessions.ts";
export type { SchemaIssue, SchemaResult, StandardSchema } from "./types/standard-schema.ts";
export type {
  ListFilter,
  RecordKey,
  RecordPage,
  RecordStamp,
  SealBinding,
  SealedStore,
  SealRejectReason,
  SessionStore,
  StoreCall,
  StoredRecord,
  StoreWarningCode,
  Unsealed,
} from "./types/store.ts";
export type {
  CookieOverrides,
  HeaderEdit,
  RequestHead,
  TokenDelivery,
  Transport,
  TransportContext,
} from "./types/transport.ts";
