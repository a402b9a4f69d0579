import { type Doc, keyText } from "./bson.ts";
import { beyond, Failure } from "./failure.ts";

interface Answered {
  readonly number: number;
  readonly reply: Doc;
}

const answered = new Map<string, Answered>();

/** A write with a number is carried out once in its session; who sends it again gets the same answer. */
export function once(command: Doc, carryOut: () => Doc): Doc {
  if (command.startTransaction !== undefined || command.autocommit !== undefined) throw beyond("transactions");
  const { lsid, txnNumber } = command;
  if (txnNumber === undefined) return carryOut();
  if (touchesMany(command)) throw new Failure("InvalidOptions", "Writes of many documents cannot be repeated.");
  const session = keyText(lsid);
  const last = answered.get(session);
  const number = Number(txnNumber);
  if (last && last.number > number)
    throw new Failure("TransactionTooOld", `There was the number ${last.number} already.`);
  if (last?.number === number) return { ...last.reply, retriedStmtIds: [0] };
  const reply = carryOut();
  // What failed may be tried again.
  if (!reply.writeErrors) answered.set(session, { number, reply });
  return reply;
}

function touchesMany({ updates = [], deletes = [] }: Doc): boolean {
  return [...(updates as Doc[]), ...(deletes as Doc[])].some(({ multi, limit }) => multi === true || limit === 0);
}
