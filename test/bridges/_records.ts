import type { RecordKey, StoredRecord } from "coatcheck";

export const now: number = Date.now();
export const hour = 3_600_000;

let ids = 0;

export function fresh(fields: Partial<StoredRecord> = {}): StoredRecord {
  const times = { createdAt: now, lastSeenAt: now, expiresAt: now + hour };
  return {
    namespace: "session",
    id: `id-${String(++ids).padStart(19, "0")}`,
    version: 1,
    body: "body",
    ...times,
    ...fields,
  };
}

export const next = (record: StoredRecord, body = `${record.body}.`): StoredRecord => ({
  ...record,
  version: record.version + 1,
  body,
});

export const keyOf = ({ namespace, id }: RecordKey): RecordKey => ({ namespace, id });
