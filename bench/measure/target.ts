import { Child } from "../child.ts";
import type { Size } from "../data.ts";
import type { LoadQuestion, LoadResult } from "../http/load/generator.ts";
import type { Route } from "../http/load/visitor.ts";
import type { ServerQuestion } from "../http/server.ts";
import type { Variant } from "../http/variants/list.ts";
import type { Settings } from "../settings.ts";

export interface Slice extends LoadResult {
  /** Microseconds of the server's processor time for one request. */
  readonly cpu: number;
}

/** One server under test, and its visitors in the load generator. */
export class Target {
  readonly variant: Variant;
  readonly size: Size;
  readonly server: Child;
  readonly #generator: Child;
  readonly #settings: Settings;
  #isFilled = false;

  constructor(variant: Variant, size: Size, generator: Child, settings: Settings) {
    this.variant = variant;
    this.size = size;
    this.server = new Child("./http/server.ts", [variant.module, size]);
    this.#generator = generator;
    this.#settings = settings;
  }

  get routes(): readonly Route[] {
    return this.size === "500 B" ? ["none", "untouched", "read", "write"] : ["untouched", "read", "write"];
  }

  /** Connects, and brings the server to its usual speed. */
  async open(): Promise<void> {
    const { connections, visitors, warmUp } = this.#settings;
    const port = await this.server.ask<number>("port" satisfies ServerQuestion);
    await this.#load({ do: "open", target: this.name, port, connections });
    if (this.variant.over && !this.#isFilled) await this.#load({ do: "fill", target: this.name, visitors });
    this.#isFilled = true;
    for (const route of this.routes) await this.visit(route, Math.ceil(warmUp[this.size] / this.routes.length));
  }

  visit(route: Route, requests: number): Promise<LoadResult> {
    return this.#load<LoadResult>({ do: "visit", target: this.name, route, requests });
  }

  async measure(route: Route): Promise<Slice> {
    const requests = this.#settings.requests[this.size];
    const before = await this.server.ask<number>("cpu" satisfies ServerQuestion);
    const result = await this.visit(route, requests);
    const after = await this.server.ask<number>("cpu" satisfies ServerQuestion);
    return { ...result, cpu: (after - before) / requests };
  }

  /** Reads every session once more: what was written is there. */
  async verify(): Promise<void> {
    await this.open();
    if (this.variant.over) await this.visit("read", this.#settings.visitors);
  }

  get name(): string {
    return `${this.variant.name}, ${this.size}`;
  }

  #load<Result = void>(question: LoadQuestion): Promise<Result> {
    return this.#generator.ask<Result>(question);
  }
}
