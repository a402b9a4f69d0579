import { describe, expect, test } from "vitest";
import * as mysql from "../../../src/stores/mysql/errors.ts";
import * as postgres from "../../../src/stores/postgres/errors.ts";
import { SessionError } from "../../../src/types/errors.ts";

/** What servers and clients say, and whether nothing can have been written then. */
const said: Record<
  string,
  [verdict: typeof postgres.errorPolicy, errors: Record<string, [isCertain: boolean, fields: object]>]
> = {
  PostgreSQL: [
    postgres.errorPolicy,
    {
      deadlock: [true, { code: "40P01" }],
      "serialization failure": [true, { code: "40001" }],
      "lock not available": [true, { code: "55P03" }],
      "statement timeout": [true, { code: "57014" }],
      "disk full": [true, { code: "53100" }],
      "out of memory": [true, { code: "53200" }],
      "read-only transaction": [true, { code: "25006" }],
      "undefined table": [true, { code: "42P01" }],
      "not there yet": [true, { code: "57P03" }],
      "the server shuts down": [false, { code: "57P01" }],
      "another of its processes crashed": [false, { code: "57P02" }],
      "statement completion unknown": [false, { code: "40003" }],
      "connection failure, as poolers tell it": [false, { code: "08006" }],
      "protocol violation, as PgBouncer tells most things": [false, { code: "08P01" }],
      "input or output error": [false, { code: "58030" }],
      "internal error": [false, { code: "XX000" }],
      "a reset connection": [false, { code: "ECONNRESET" }],
      "a closed connection of postgres.js": [false, { code: "CONNECTION_CLOSED" }],
      "an error without a code": [false, {}],
    },
  ],
  MySQL: [
    mysql.errorPolicy,
    {
      deadlock: [true, { errno: 1213, sqlState: "40001" }],
      "lock wait timeout": [true, { errno: 1205, sqlState: "HY000" }],
      "record has changed since last read": [true, { errno: 1020, sqlState: "HY000" }],
      "table is full": [true, { errno: 1114, sqlState: "HY000" }],
      "read only": [true, { errno: 1290, sqlState: "HY000" }],
      "no such table": [true, { errno: 1146, sqlState: "42S02" }],
      "a node of a cluster that is not ready": [true, { errno: 1047, sqlState: "08S01" }],
      "the server shuts down": [false, { errno: 1053, sqlState: "08S01" }],
      "a commit that failed": [false, { errno: 1180, sqlState: "HY000" }],
      "a connection that was killed": [false, { errno: 1927, sqlState: "70100" }],
      "a packet that could not be read": [false, { errno: 1158, sqlState: "08S01" }],
      "a reset connection": [false, { errno: -104, code: "ECONNRESET" }],
      "a lost connection": [false, { code: "PROTOCOL_CONNECTION_LOST" }],
    },
  ],
};

for (const [database, [{ failure }, errors]] of Object.entries(said)) {
  describe(`what an error of ${database} means`, () => {
    test.each(Object.entries(errors))("%s", (message, [isCertain, fields]) => {
      const error = Object.assign(new Error(message), fields);
      const told = failure(error);
      if (!isCertain) return expect(told).toBe(error);
      expect(told).toBeInstanceOf(SessionError);
      expect(told).toMatchObject({ code: "STORE_UNAVAILABLE", cause: error });
      expect((told as SessionError).message).toContain(
        `${database} refused an operation of the session store, and nothing was written. It says: ${message}`,
      );
    });
  });
}
