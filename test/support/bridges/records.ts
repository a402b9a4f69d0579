import type { RecordKey, StoredRecord } from "coatcheck";
import { stamp } from "../../../src/testing/store/rule.ts";

export const now: number = Date.now();
export const hour = 3_600_000;

let ids = 0;

export function fresh(fields: Partial<StoredRecord> = {}): StoredRecord {
  const times = { createdAt: now, lastSeenAt: now, expiresAt: now + hour };
  return {
    namespace: "session",
    id: `id-${String(++ids).padStart(19, "0")}`,
    ...stamp(1),
    body: "body",
    ...times,
    ...fields,
  };
}

export const next = (record: StoredRecord, body = `${record.body}.`): StoredRecord => ({
  ...record,
  ...stamp(record.version + 1),
  body,
});

export const keyOf = ({ namespace, id }: RecordKey): RecordKey => ({ namespace, id });
