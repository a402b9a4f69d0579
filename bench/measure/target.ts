import { Child } from "../child.ts";
import type { Size } from "../data.ts";
import type { LoadQuestion, LoadResult } from "../http/load/generator.ts";
import type { Route } from "../http/load/visitor.ts";
import type { ServerQuestion } from "../http/server.ts";
import type { Variant } from "../http/variants/list.ts";
import type { Settings } from "../settings.ts";

/** Of one request in a measurement. */
export interface Slice {
  /** Microseconds of the server's processor time. */
  readonly cpu: number;
  /** Share of the answers that set a cookie. */
  readonly setCookies: number;
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
    this.server = new Child("./http/server.ts", [variant.module, size, variant.kept ?? ""]);
    this.#generator = generator;
    this.#settings = settings;
  }

  get routes(): readonly Route[] {
    const { kept, routes } = this.variant;
    if (routes) return routes;
    if (kept === undefined) return ["none"];
    return this.size === "500 B" ? ["none", "untouched", "read", "write"] : ["untouched", "read", "write"];
  }

  /** Connects, and brings the server to its usual speed. */
  async open(): Promise<void> {
    const { connections, warmUp } = this.#settings;
    const port = await this.server.ask<number>("port" satisfies ServerQuestion);
    await this.#load({ do: "open", target: this.name, port, connections });
    if (this.variant.kept && !this.#isFilled)
      await this.#load({ do: "fill", target: this.name, visitors: this.#visitors });
    this.#isFilled = true;
    for (const route of this.routes)
      await this.visit(route, this.#share(route, warmUp[this.size] / this.routes.length));
  }

  visit(route: Route, requests: number): Promise<LoadResult> {
    return this.#load<LoadResult>({ do: "visit", target: this.name, route, requests });
  }

  async measure(route: Route): Promise<Slice> {
    const requests = this.requestsOf(route);
    const before = await this.server.ask<number>("cpu" satisfies ServerQuestion);
    const { setCookies } = await this.visit(route, requests);
    const after = await this.server.ask<number>("cpu" satisfies ServerQuestion);
    return { cpu: (after - before) / requests, setCookies: setCookies / requests };
  }

  /** Requests of one measurement. */
  requestsOf(route: Route): number {
    return this.#share(route, this.#settings.requests[this.size]);
  }

  /** Reads every session once more: what was written is there. */
  async verify(): Promise<void> {
    if (!this.variant.kept) return;
    await this.open();
    await this.visit("read", this.#visitors);
  }

  get name(): string {
    const { framework, library } = this.variant;
    return `${framework}: ${library}, ${this.size}`;
  }

  get #visitors(): number {
    return this.#settings.visitors * (this.variant.crowd ?? 1);
  }

  /** A multiple of the connections, so that a visitor stays on one of them. */
  #share(route: Route, requests: number): number {
    const { connections } = this.#settings;
    return Math.ceil((requests * (this.variant.share?.[route] ?? 1)) / connections) * connections;
  }

  #load<Result = void>(question: LoadQuestion): Promise<Result> {
    return this.#generator.ask<Result>(question);
  }
}
