import type { Config } from "../core/config/config.ts";
import { type Body, parseBody } from "../core/record/record.ts";
import { SessionError } from "../types/errors.ts";
import type { StoredRecord } from "../types/store.ts";

/** Whether a record can be read, and if not, why. */
export type Condition = "intact" | "damaged" | "signed" | "wrong-signature" | "newer-format";

/** What a record says of its session. */
export interface SessionFacts {
  readonly id: string;
  readonly userId: string | undefined;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** As the store has it: a shorter limit of the application holds from the next request on. */
  readonly expiresAt: Date;
  readonly bytes: number;
  readonly condition: Condition;
}

export const conditionText: Readonly<Record<Condition, string>> = {
  intact: "",
  damaged: "damaged: no request can open it",
  signed: "signed: set SESSION_PEPPER to read it",
  "wrong-signature": "not signed with a key in SESSION_PEPPER: no request can open it",
  "newer-format": "encrypted, or written by a newer release of coatcheck",
};

export function bodyOf(record: StoredRecord, { pepper }: Config): Body | Exclude<Condition, "intact"> {
  try {
    return parseBody(record.body);
  } catch (error) {
    if (SessionError.is(error) && error.code === "SESSION_UNREADABLE") return "newer-format";
    if (pepper.length > 0) return record.body === "" ? "wrong-signature" : "damaged";
    return isSigned(record) ? "signed" : "damaged";
  }
}

/** Whether a body, as the store holds it, begins with a signature. */
export const isSigned = ({ body }: StoredRecord): boolean => /^[\w-]{43}:\d+:/.test(body);

export function factsOf(record: StoredRecord, config: Config): SessionFacts {
  const body = bodyOf(record, config);
  // Anybody who can write to the store can change the column, so a signed record keeps the time in its body.
  const isOwn = typeof body === "object" && config.pepper.length > 0;
  const seenAt = isOwn ? (body.control.seenAt ?? record.createdAt) : record.lastSeenAt;
  return {
    id: record.id,
    userId: record.userId,
    createdAt: new Date(record.createdAt),
    lastSeenAt: new Date(seenAt),
    expiresAt: new Date(record.expiresAt),
    bytes: Buffer.byteLength(record.body),
    condition: typeof body === "object" ? "intact" : body,
  };
}
