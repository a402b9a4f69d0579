// A process that speaks MongoDB's protocol, for machines that have no MongoDB. It knows what the tests need, keeps
// everything in memory and in one file, and refuses the rest: what it does not know must not seem to work.
//
// Arguments: the port, the folder for its file.

import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Doc } from "./bson.ts";
import type { Context, Handler } from "./command.ts";
import { openData } from "./data.ts";
import { failPointCommands, type Trouble, troubleFor } from "./fail-points.ts";
import { Failure } from "./failure.ts";
import { helloCommands } from "./hello.ts";
import { indexCommands } from "./indexes.ts";
import { readCommands } from "./reads.ts";
import { once } from "./repeats.ts";
import { type Message, parse, split } from "./wire.ts";
import { writeCommands } from "./writes.ts";

const [port, folder] = process.argv.slice(2) as [string, string];
const context: Context = { port: Number(port), data: openData(join(folder, "journal.bson")) };
const handlers: Readonly<Record<string, Handler>> = {
  ...helloCommands,
  ...failPointCommands,
  ...indexCommands,
  ...readCommands,
  ...writeCommands,
};

createServer({ noDelay: true }, (socket) => {
  let rest = Buffer.alloc(0);
  // One after the other, as they came.
  let turn = Promise.resolve();
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    const parts = split(Buffer.concat([rest, bytes]));
    rest = Buffer.from(parts.rest);
    for (const part of parts.messages) turn = turn.then(() => serve(parse(part), socket));
  });
}).listen(context.port, "127.0.0.1");

async function serve(message: Message, socket: Socket): Promise<void> {
  const [name = ""] = Object.keys(message.command);
  const trouble = troubleFor(name);
  if (trouble.closeConnection) return void socket.resetAndDestroy();
  if (trouble.blockConnection) await sleep(trouble.blockTimeMS ?? 0);
  const reply = answer(name, message.command, trouble);
  if (message.wantsReply && socket.writable) socket.write(message.reply(reply));
}

function answer(name: string, command: Doc, trouble: Trouble): Doc {
  const { errorCode, errorLabels, writeError, writeConcernError } = trouble;
  const labels = errorLabels ? { errorLabels } : {};
  if (errorCode !== undefined) {
    return {
      ok: 0,
      code: errorCode,
      codeName: "FailPoint",
      errmsg: "Failing command due to 'failCommand' failpoint",
      ...labels,
    };
  }
  if (writeError) return { ok: 1, n: 0, writeErrors: [{ index: 0, ...writeError }], ...labels };
  const extra = writeConcernError ? { writeConcernError } : {};
  return { ...carryOut(name, command), ...extra, ...labels };
}

function carryOut(name: string, command: Doc): Doc {
  try {
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    if (!handler) throw new Failure("CommandNotFound", `no such command: '${name}', at least not for the double`);
    return { ok: 1, ...once(command, () => handler(command, context)) };
  } catch (error) {
    if (!(error instanceof Failure)) console.error(error);
    const { code = 8, codeName = "UnknownError", message } = error as Failure;
    return { ok: 0, code, codeName, errmsg: message };
  }
}
