import { randomBytes } from "node:crypto";
import type { RecordKey, SessionStore, StoredRecord } from "coatcheck";
import { type NodeRedisClient, redisStore } from "coatcheck/stores/redis";
import { createClient } from "redis";
import { onTestFinished } from "vitest";
import { service } from "../service.ts";

const redisUrl = await service("redis");

import { stamp } from "../../../src/testing/store/rule.ts";

const second = 1_000;
export const minute: number = 60 * second;
export const hour: number = 60 * minute;

/** A place of its own on the shared server. */
export const newPrefix = (): string => `test:${randomBytes(6).toString("hex")}:`;

export const newId = (): string => randomBytes(16).toString("base64url");

export function recordAt(now: number, fields: Partial<StoredRecord> = {}): StoredRecord {
  const times = { createdAt: now, lastSeenAt: now, expiresAt: now + hour };
  return { namespace: "session", id: newId(), ...stamp(1), body: "body", ...times, ...fields };
}

export const keyOf = ({ namespace, id }: RecordKey): RecordKey => ({ namespace, id });

export const next = (record: StoredRecord, fields: Partial<StoredRecord> = {}): StoredRecord => ({
  ...record,
  ...stamp(record.version + 1),
  ...fields,
});

export type Raw = ReturnType<typeof createClient>;

/** A client for one test, to look at the server past the store. */
export async function connectRaw(url: string): Promise<Raw> {
  const client: Raw = createClient({ url });
  client.on("error", () => undefined);
  await client.connect();
  onTestFinished(() => client.destroy());
  return client;
}

export interface Spy extends NodeRedisClient {
  /** The names of the commands; each is a round trip, because the store sends one after the other. */
  readonly sent: string[];
  /** Fails the next command that holds the text, instead of sending it. */
  failOn(text: string): void;
  /** Called after each reply. */
  onReply: () => unknown;
}

/** A client that writes down what it sends. */
function spying(client: NodeRedisClient): Spy {
  let failing: string | undefined;
  const spy: Spy = {
    isReady: true,
    sent: [],
    failOn(text) {
      failing = text;
    },
    onReply: () => undefined,
    async sendCommand(command, options) {
      spy.sent.push(command[0]!);
      if (failing !== undefined && command.join(" ").includes(failing)) {
        failing = undefined;
        throw new Error("the process was killed");
      }
      try {
        return await client.sendCommand(command, options);
      } finally {
        await spy.onReply();
      }
    },
  };
  return spy;
}

export interface Place {
  readonly raw: Raw;
  readonly client: Spy;
  readonly prefix: string;
  readonly store: SessionStore;
}

/** A store on the shared server, and a way to look at what it did. */
export async function newPlace(prefix: string = newPrefix(), url: string = redisUrl!): Promise<Place> {
  const raw = await connectRaw(url);
  const client = spying(raw);
  return { raw, client, prefix, store: redisStore({ client, prefix }) };
}

/** The ids of all pages. */
export async function listed(store: SessionStore, now: number, userId?: string, limit = 100): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list!("session", { limit, cursor, ...(userId !== undefined && { userId }) }, now);
    ids.push(...page.records.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return ids;
}
