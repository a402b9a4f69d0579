import { expect, test } from "vitest";
import { KnownBodies } from "../../../src/core/record/known-bodies.ts";
import { formatBody, parseBody } from "../../../src/core/record/record.ts";
import { createSessions } from "../../../src/index.ts";
import { memoryStore } from "../../../src/stores/memory/index.ts";
import type { SessionStore, StoredRecord } from "../../../src/types/store.ts";

const text = (value: string): string =>
  formatBody({ control: { epoch: 1 }, entries: new Map([[".data", value]]), kept: new Map() });

test("a body is taken apart once, and again when its text is another", () => {
  const bodies = new KnownBodies();
  const first = bodies.parse("a", text("1"));
  expect(first).toEqual(parseBody(text("1")));
  expect(bodies.parse("a", text("1"))).toBe(first);
  expect(bodies.parse("b", text("1"))).not.toBe(first);
  const second = bodies.parse("a", text("2"));
  expect(second.entries.get(".data")).toBe("2");
  // A store that went back in time.
  expect(bodies.parse("a", text("1"))).toEqual(first);
});

test("a body that is forgotten is taken apart again", () => {
  const bodies = new KnownBodies();
  const first = bodies.parse("a", text("1"));
  bodies.forget("a");
  expect(bodies.parse("a", text("1"))).not.toBe(first);
});

test("those that were used lately stay known, and the others go", () => {
  const bodies = new KnownBodies();
  const used = bodies.parse("used", text("1"));
  const unused = bodies.parse("unused", text("1"));
  for (let n = 0; n < 4_000; n++) {
    bodies.parse(`${n}`, text("1"));
    expect(bodies.parse("used", text("1"))).toBe(used);
  }
  expect(bodies.parse("unused", text("1"))).not.toBe(unused);
});

test("large bodies make others go sooner", () => {
  const bodies = new KnownBodies();
  const first = bodies.parse("a", text("1"));
  const large = text("z".repeat(1_000_000));
  for (let n = 0; n < 12; n++) bodies.parse(`${n}`, large);
  expect(bodies.parse("a", text("1"))).not.toBe(first);
});

test("B37: a byte that is damaged after the session was read is noticed", async () => {
  const inner = memoryStore();
  let damage = (body: string): string => body;
  const store: SessionStore = {
    ...inner,
    read: (key, now, call) => {
      const record = inner.read(key, now, call) as StoredRecord | undefined;
      return record && { ...record, body: damage(record.body) };
    },
  };
  const sessions = createSessions({ store });
  const { cookie } = await sessions.issue({ data: { cart: "three" }, secure: true });
  const request = new Request("https://shop.example/", { headers: { cookie: cookie.split(";")[0]! } });
  const read = () => sessions.handle(request, (_, session) => new Response(String(session.get("cart"))));
  expect(await (await read()).text()).toBe("three");
  damage = (body) => body.replace("three", "seven");
  expect(await (await read()).text()).toBe("undefined");
  damage = (body) => body;
  expect(await (await read()).text()).toBe("three");
});
