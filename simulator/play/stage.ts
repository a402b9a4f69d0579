import { SessionError } from "coatcheck";
import type { Oracle } from "../oracle/oracle.ts";
import type { Plan } from "../plan/plan.ts";
import { Process } from "../world/process.ts";
import type { World } from "../world/world.ts";
import { optionsFor } from "./application.ts";

/** A person with a browser. */
export interface Client {
  readonly name: string;
  readonly userId: string;
  token: string | undefined;
  readonly oldTokens: string[];
}

const names = ["ann", "bob", "cleo", "dan"] as const;

/** Something that a process is at work on. */
export interface Work {
  readonly name: string;
  readonly process: Process;
  /** The process is gone, and nobody will ever be told. */
  abandon(): void;
}

/** Who plays: the processes and the clients of one world. */
export class Stage {
  readonly world: World;
  readonly oracle: Oracle;
  readonly plan: Plan;
  readonly clients: readonly Client[];
  readonly running = new Set<Work>();
  readonly #processes: Process[];
  #generation = 0;
  /** What was done to the store or to a process, so that errors are no surprise. */
  hasTrouble = false;
  hasKills = false;

  constructor(world: World, oracle: Oracle, plan: Plan) {
    this.world = world;
    this.oracle = oracle;
    this.plan = plan;
    const { clients, sharing } = plan.setting;
    this.clients = names.slice(0, clients).map((name, index) => ({
      name,
      userId: index < sharing ? "shared" : name,
      token: undefined,
      oldTokens: [],
    }));
    this.#processes = Array.from({ length: plan.setting.processes }, (_, index) => this.#start(index));
  }

  process(index: number): Process | undefined {
    const process = this.#processes[index % this.#processes.length];
    return process?.status === "dead" ? undefined : process;
  }

  processes(): readonly Process[] {
    return this.#processes;
  }

  client(index: number): Client {
    const client = this.clients[index % this.clients.length];
    if (!client) throw new RangeError("There is no client.");
    return client;
  }

  /** The key that this process does not see. */
  hiddenKey(process: Process): string | undefined {
    const { hasOldVersion, processes } = this.plan.setting;
    return hasOldVersion && process === this.#processes[processes - 1] ? "c" : undefined;
  }

  /** An error is one of the library's own, and not without a reason. */
  checkError({ name }: Work, error: unknown): void {
    if (!SessionError.is(error)) this.oracle.fail(`${name} failed with ${error}`);
    else if (!this.hasTrouble && /^(STORE|COMMIT)_/.test(error.code))
      this.oracle.fail(`${name} failed with ${error.code}, and nothing was wrong with the store`);
  }

  kill(index: number): void {
    const process = this.process(index);
    if (!process) return;
    process.status = "dead";
    this.hasKills = true;
    for (const visit of this.running) if (visit.process === process) visit.abandon();
  }

  restart(index: number): void {
    const at = index % this.#processes.length;
    if (this.#processes[at]?.status === "dead") this.#processes[at] = this.#start(at);
  }

  /** One more process, whose network nothing happens to, and that only looks: it ends nothing. */
  auditor(): Process {
    const options = {
      ...optionsFor(this.plan.setting, false),
      maxSessionsPerUser: undefined,
      onReuse: "report" as const,
    };
    return new Process(this.world, { name: "the audit", options, hasStoreTime: this.plan.setting.hasStoreTime }, 0);
  }

  #start(index: number): Process {
    const { setting } = this.plan;
    const isOld = setting.hasOldVersion && index === setting.processes - 1;
    const name = `web-${index + 1}${isOld ? " (old version)" : ""}`;
    const options = optionsFor(setting, isOld);
    return new Process(this.world, { name, options, hasStoreTime: setting.hasStoreTime }, this.#generation++);
  }
}
