// Seals and unseals, in a process of its own.
import { answerQuestions } from "../child.ts";
import { bareCrypto } from "./bare.ts";
import { coatcheck } from "./coatcheck.ts";
import { ironSession } from "./iron-session.ts";
import { jose } from "./jose.ts";
import type { Sealer } from "./sealer.ts";

export interface SealQuestion {
  readonly sealer: string;
  readonly bytes: number;
  readonly pairs: number;
}

/** Microseconds of processor time. */
export interface SealResult {
  readonly seal: number;
  readonly unseal: number;
}

const sealers: readonly Sealer[] = [coatcheck, bareCrypto, ironSession, jose];

function usedCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function measure({ sealer: name, bytes, pairs }: SealQuestion): Promise<SealResult> {
  const sealer = sealers.find((one) => one.name === name);
  if (!sealer) throw new Error(`There is no sealer ${name}.`);
  const { seal, unseal } = sealer;
  const text = JSON.stringify({ text: "s".repeat(bytes - '{"text":""}'.length) });
  let token = "";
  const start = usedCpu();
  for (let i = 0; i < pairs; i++) token = await seal(text);
  const middle = usedCpu();
  let opened: string | undefined;
  for (let i = 0; i < pairs; i++) opened = await unseal(token);
  const end = usedCpu();
  if (opened !== text) throw new Error(`${name} did not give back what it had sealed.`);
  return { seal: (middle - start) / pairs, unseal: (end - middle) / pairs };
}

answerQuestions(measure);
