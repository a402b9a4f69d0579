import type { Doc } from "./bson.ts";
import { checkNames, type Handler } from "./command.ts";
import { beyond, Failure } from "./failure.ts";

/** What is to happen to a command, as `failCommand` of MongoDB's own test servers tells it. */
export interface Trouble {
  readonly errorCode?: number;
  readonly errorLabels?: readonly string[];
  readonly closeConnection?: boolean;
  readonly blockConnection?: boolean;
  readonly blockTimeMS?: number;
  /** The command is carried out, and this is added to the reply. */
  readonly writeConcernError?: Doc;
  /** Not of MongoDB: the statement is not carried out, and this is said of it. */
  readonly writeError?: Doc;
}

const known = [
  ...["failCommands", "errorCode", "errorLabels", "closeConnection", "blockConnection", "blockTimeMS"],
  ...["writeConcernError", "writeError"],
];

let data: Doc = {};
let left = 0;

/** What this command has to suffer. */
export function troubleFor(name: string): Trouble {
  const names = data.failCommands as readonly string[] | undefined;
  if (left === 0 || !names?.includes(name)) return {};
  left--;
  return data;
}

export const failPointCommands: Readonly<Record<string, Handler>> = {
  configureFailPoint(command) {
    if (command.$db !== "admin") throw new Failure("Unauthorized", "Fail points belong to the database admin.");
    if (command.configureFailPoint !== "failCommand") throw beyond(`the fail point ${command.configureFailPoint}`);
    left = times(command.mode);
    data = (command.data ?? {}) as Doc;
    checkNames("data", data, known);
    return {};
  },
};

function times(mode: unknown): number {
  if (mode === "off") return 0;
  if (mode === "alwaysOn") return Number.POSITIVE_INFINITY;
  const number = Object(mode).times;
  if (typeof number !== "number") throw beyond(`the mode ${JSON.stringify(mode)}`);
  return number;
}
