import { expect, test } from "vitest";
import { stamp } from "../../../src/testing/store/rule.ts";
import {
  hasMysql,
  hasPostgres,
  hour,
  mysqlEngine,
  mysqlPool,
  newTable,
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
