import { invalidOption } from "../../types/errors.ts";
import type { StoreCall } from "../../types/store.ts";
import type { SqlClient } from "../sql/client.ts";
import type { SqlValue } from "../sql/rows.ts";
import type { PendingQuery, SqlDriver } from "../sql/server-client.ts";
import { packetTooLarge } from "./errors.ts";
import { lengthWith } from "./text.ts";

/** Sends statements to MySQL, whatever the client. */
export interface MysqlSender {
  send(statement: string, values: readonly SqlValue[]): PendingQuery;
  close(): Promise<void>;
}

/** Settings of the server, read when the store is first used. */
export interface MysqlSettings {
  maxPacketBytes: number;
}

/** Refuses statements that are too long: the server would close the connection, not always with a reason. */
export function mysqlDriver(sender: MysqlSender, settings: MysqlSettings): SqlDriver {
  return {
    send(statement, values) {
      const length = lengthWith(statement, values);
      if (length >= settings.maxPacketBytes) throw packetTooLarge(length, settings.maxPacketBytes);
      return sender.send(statement, values);
    },
    close: () => sender.close(),
  };
}

/** Reads the server's settings. @throws SessionError INVALID_OPTION without a database, or with autocommit off */
export async function readSettings(client: SqlClient, settings: MysqlSettings, call: StoreCall): Promise<void> {
  const [row] = await client.all("SELECT DATABASE(), @@autocommit, @@max_allowed_packet", [], call);
  const [database, autocommit, maxPacketBytes] = row ?? [];
  if (database === null) {
    throw invalidOption("The session store needs a database: name one in the url or in the options of the pool.");
  }
  if (Number(autocommit) !== 1) {
    throw invalidOption(
      "The connections of the session store have autocommit off, so no change would be saved. Give the store a pool of its own.",
    );
  }
  settings.maxPacketBytes = Number(maxPacketBytes);
}
