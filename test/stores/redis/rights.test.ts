import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { redisStore } from "coatcheck/stores/redis";
import { storeConformance } from "coatcheck/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../support/package/manifest.ts";
import { sendRedis } from "../../support/servers/redis-command.ts";
import { service } from "../../support/service.ts";
import { hour, newId, recordAt } from "../../support/stores/redis.ts";

const redisUrl = await service("redis");

const page = readFileSync(join(root, "docs/stores/redis.md"), "utf8");
const rights = (/\(ACL\):\s+`([^`]*)`/.exec(page)?.[1] ?? "").split(/\s+/);

describe.skipIf(redisUrl === undefined)("a user with just the rights that the page names", () => {
  const url = new URL(redisUrl ?? "redis://localhost");
  const user = `shop_${randomBytes(4).toString("hex")}`;
  beforeAll(() => sendRedis(url.href, "ACL", "SETUSER", user, "on", ">secret", ...rights));
  afterAll(() => sendRedis(url.href, "ACL", "DELUSER", user));

  const make = (prefix = `coatcheck:${user}_${newId()}:`) => {
    const own = new URL(url);
    own.username = user;
    own.password = "secret";
    return redisStore({ url: own.href, prefix });
  };
  for (const { title, run } of storeConformance(() => make(), { without: ["prune"] })) test(title, run);

  test("a user with the documented rights reaches only its keys", async () => {
    const [store, now] = [make("other:"), Date.now()];
    await expect(store.create(recordAt(now), now)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("ACL"),
    });
    expect(await make().create(recordAt(now, { expiresAt: now + hour }), now)).toBe(true);
    await store.close?.();
  });
});
