import { type Doc, LONGEST } from "./bson.ts";
import type { Handler } from "./command.ts";

/** It says that it is the primary of a replica set of one, because writes are safe to repeat only there. */
const hello: Handler = (_command, { port }): Doc => {
  const me = `127.0.0.1:${port}`;
  return {
    helloOk: true,
    ismaster: true,
    isWritablePrimary: true,
    secondary: false,
    setName: "double",
    setVersion: 1,
    hosts: [me],
    primary: me,
    me,
    maxBsonObjectSize: LONGEST,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    // That of MongoDB 7.0.
    maxWireVersion: 21,
    readOnly: false,
  };
};

export const helloCommands: Readonly<Record<string, Handler>> = {
  hello,
  ismaster: hello,
  isMaster: hello,
  ping: () => ({}),
  buildInfo: () => ({ version: "7.0.0", versionArray: [7, 0, 0, 0], modules: [], double: true }),
  endSessions: () => ({}),
};
