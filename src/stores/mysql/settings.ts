import { invalidOption } from "../../types/errors.ts";
import type { StoreCall } from "../../types/store.ts";
import type { PendingQuery, SqlDriver } from "../sql/server-client.ts";
import type { SqlClient, SqlValue } from "../sql/store.ts";
import { tooLong } from "./errors.ts";
import { lengthWith } from "./text.ts";

/** What is used of a client. */
export interface MysqlSender {
  send(statement: string, values: readonly SqlValue[]): PendingQuery;
  close(): Promise<void>;
}

/** What the server told when the store was first used. */
export interface MysqlSettings {
  longestPacket: number;
}

/** The server closes a connection that sends too much, and does not always say why: it is told here. */
export function mysqlDriver(sender: MysqlSender, settings: MysqlSettings): SqlDriver {
  return {
    send(statement, values) {
      const length = lengthWith(statement, values);
      if (length >= settings.longestPacket) throw tooLong(length, settings.longestPacket);
      return sender.send(statement, values);
    },
    close: () => sender.close(),
  };
}

/** @throws SessionError INVALID_OPTION where nothing would be kept */
export async function readSettings(client: SqlClient, settings: MysqlSettings, call: StoreCall): Promise<void> {
  const [row] = await client.all("SELECT DATABASE(), @@autocommit, @@max_allowed_packet", [], call);
  const [database, autocommit, longestPacket] = row ?? [];
  if (database === null) {
    throw invalidOption("The session store needs a database: name one in the url or in the options of the pool.");
  }
  if (Number(autocommit) !== 1) {
    throw invalidOption(
      "The connections of the session store have autocommit off, so that no change would be kept. Give the store a pool of its own.",
    );
  }
  settings.longestPacket = Number(longestPacket);
}
