import { describe, expect, test } from "vitest";
import { stamp } from "../../../src/testing/store/rule.ts";
import {
  hasMysql,
  hasPostgres,
  hour,
  mysqlEngine,
  mysqlPool,
  newTable,
  next,
  now,
  type OpenClient,
  open,
  pgPool,
  postgresEngine,
  record,
  type SqlEngine,
} from "../../support/stores/sql.ts";

interface Server {
  readonly engine: SqlEngine;
  readonly isThere: boolean;
  readonly client: () => Promise<OpenClient>;
}

const servers: readonly Server[] = [
  { engine: postgresEngine, isThere: hasPostgres, client: () => pgPool({ max: 2 }) },
  { engine: mysqlEngine, isThere: hasMysql, client: () => mysqlPool({ connectionLimit: 2 }) },
];

const expired = 2_000;
const edge = 200;

for (const { engine, isThere, client } of servers) {
  test.skipIf(!isThere)(
    `B44: ${engine.name}: 8 prune while sessions are touched at the boundary and new ones come, and no live one goes`,
    async () => {
      const table = newTable(engine);
      const clients = await Promise.all(Array.from({ length: 8 }, () => open(client)));
      const stores = clients.map(({ store }) => store({ table }));
      const [first] = stores as [(typeof stores)[0]];
      const over = now + hour;
      // Among the others, so that those who prune come to them while they are touched.
      const middle = over - expired / 2;
      const create = async (id: string, expiresAt: number) => {
        expect(await first.create(record({ id, expiresAt }), now)).toBe(true);
      };
      for (let n = 0; n < expired; n += 50) {
        await Promise.all(Array.from({ length: 50 }, (_, k) => create(`over-${n + k}`, over - n - k)));
      }
      for (let n = 0; n < edge; n++) await create(`edge-${n}`, middle);

      let isPruning = true;
      const touched: string[] = [];
      const touching = stores.map(async (store, one) => {
        for (let n = one; n < edge; n += stores.length) {
          const id = `edge-${n}`;
          if (await store.touch(record({ id }), stamp(1), middle - 1, over + hour, middle - 1)) touched.push(id);
        }
      });
      const creating = (async () => {
        let created = 0;
        for (; isPruning; created++) await create(`new-${created}`, over + 1 + (created % 5));
        return created;
      })();
      const pruning = stores.map(async (store) => {
        let pruned = 0;
        // Whom others are ahead of gets nothing for now.
        for (let idle = 0; idle < 3; ) {
          const batch = (await store.prune?.(over, 100)) ?? 0;
          expect(batch).toBeLessThanOrEqual(100);
          pruned += batch;
          idle = batch === 0 ? idle + 1 : 0;
        }
        return pruned;
      });
      const [pruned] = await Promise.all([Promise.all(pruning), Promise.all(touching)]);
      isPruning = false;
      const created = await creating;
      const last = (await first.prune?.(over, 1_000)) ?? 0;

      const sum = pruned.reduce((total, count) => total + count, last);
      expect(sum).toBe(expired + edge - touched.length);
      const left = await engine.query(`SELECT count(*) FROM ${table}`);
      expect(Number(left[0]?.[0])).toBe(touched.length + created);
      for (const id of touched) expect(await first.read(record({ id }), over)).toMatchObject({ id });
    },
  );
}

describe.each(servers)("the index that $engine.name prunes by", ({ engine, isThere, client }) => {
  const opened = async () => {
    const table = newTable(engine);
    const { store } = await open(client);
    const pruneAt = async (id: string): Promise<number> => {
      const [row] = await engine.query(`SELECT prune_at FROM ${table} WHERE id = '${id}'`);
      return Number(row?.[0]);
    };
    return { table, store: store({ table }), pruneAt };
  };

  test.skipIf(!isThere)(
    "B44: a touch and a replace leave it, until it has come or the deadline comes earlier",
    async () => {
      const { store, pruneAt } = await opened();
      const id = "ada";
      await store.create(record({ id, expiresAt: now + hour }), now);
      expect(await store.touch(record({ id }), stamp(1), now + 1, now + 2 * hour, now + 1)).toBe(true);
      expect(await store.replace(next(record({ id, expiresAt: now + 3 * hour })), stamp(1), now + 2)).toBe(true);
      expect(await pruneAt(id)).toBe(now + hour);

      expect(await store.touch(record({ id }), stamp(2), now + hour, now + 4 * hour, now + hour)).toBe(true);
      expect(await pruneAt(id)).toBe(now + 4 * hour);

      expect(await store.touch(record({ id }), stamp(2), now + hour, now + 2 * hour, now + hour)).toBe(true);
      expect(await pruneAt(id)).toBe(now + 2 * hour);
      expect(await store.prune?.(now + 2 * hour - 1, 9)).toBe(0);
      expect(await store.prune?.(now + 2 * hour, 9)).toBe(1);
    },
  );

  test.skipIf(!isThere)("a prune finds what has expired behind sessions that are due but live on", async () => {
    const { store, pruneAt } = await opened();
    const ids = Array.from({ length: 30 }, (_, n) => `live-${n}`);
    for (const id of ids) {
      await store.create(record({ id, expiresAt: now + hour }), now);
      await store.touch(record({ id }), stamp(1), now + 1, now + 3 * hour, now + 1);
    }
    for (let n = 0; n < 6; n++) await store.create(record({ id: `over-${n}`, expiresAt: now + hour + 1 }), now);
    expect(await store.prune?.(now + 2 * hour, 4)).toBe(4);
    expect(await store.prune?.(now + 2 * hour, 4)).toBe(2);
    expect(await store.prune?.(now + 2 * hour, 4)).toBe(0);
    for (const id of ids) expect(await pruneAt(id)).toBe(now + 3 * hour);
    expect(await store.prune?.(now + 3 * hour, 100)).toBe(30);
  });
});

test.skipIf(!hasPostgres)("B44: PostgreSQL changes no index when a session is touched or replaced", async () => {
  const table = newTable(postgresEngine);
  const { store, close } = await pgPool({ max: 1 });
  const sessions = store({ table });
  // So few that all versions fit into one page, whatever else keeps the server from removing old ones.
  for (let n = 0; n < 5; n++) await sessions.create(record({ id: `s-${n}`, userId: "ada" }), now);
  for (let round = 1; round <= 2; round++) {
    for (let n = 0; n < 5; n++) {
      const at = now + round;
      const key = record({ id: `s-${n}`, userId: "ada", version: round, expiresAt: at + hour });
      expect(await sessions.touch(key, stamp(round), at, at + hour, at)).toBe(true);
      expect(await sessions.replace(next(key), stamp(round), at)).toBe(true);
    }
  }
  // The server counts what a connection did when it ends.
  await close();
  const counts = async () => {
    const [row] = await postgresEngine.query(
      `SELECT n_tup_upd::int, n_tup_hot_upd::int FROM pg_stat_user_tables WHERE relname = '${table}'`,
    );
    return row;
  };
  await expect.poll(counts).toEqual([20, 20]);
});
