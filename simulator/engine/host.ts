/** What a process has from its host: two clocks, timers and randomness. */
export interface Host {
  /** Epoch milliseconds, as this host's clock shows them. */
  wallClock(): number;
  /** Milliseconds of a clock that nobody sets. */
  monotonic(): number;
  startTimer(milliseconds: number, run: () => void): Timer;
  /** From 0 to below 1. */
  random(): number;
}

export interface Timer {
  stop(): void;
}

/** The globals that the library finds in place of the real ones. */
export const hostNames = [
  ...["Date", "performance", "Math", "crypto"],
  ...["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate", "queueMicrotask"],
] as const;

/** In the order of `hostNames`. */
export function globalsOf(host: Host): readonly unknown[] {
  class HostDate extends Date {
    constructor(...args: readonly []) {
      if (args.length === 0) super(host.wallClock());
      else super(...args);
    }
    static override now(): number {
      return host.wallClock();
    }
  }
  const byte = (): number => Math.floor(host.random() * 256);
  const fill = (bytes: Uint8Array): Uint8Array => bytes.map(byte);
  const crypto = {
    getRandomValues: (bytes: Uint8Array): Uint8Array => {
      bytes.set(fill(bytes));
      return bytes;
    },
    randomUUID: (): string => {
      const hex = [...fill(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
    },
  };
  const setTimeout = (run: (...args: unknown[]) => void, after = 0, ...args: unknown[]): HostTimer =>
    new HostTimer(host.startTimer(Math.max(1, after), () => run(...args)));
  const setInterval = (run: () => void, after: number): HostTimer => {
    const timer = new HostTimer(host.startTimer(after, () => again()));
    const again = (): void => {
      timer.inner = host.startTimer(after, again);
      run();
    };
    return timer;
  };
  const stop = (timer: HostTimer | undefined): void => timer?.inner.stop();
  const refuse = (): never => {
    throw new Error("The library has begun to use a global that the simulator does not have.");
  };
  return [
    HostDate,
    { now: () => host.monotonic() },
    Object.create(Math, { random: { value: () => host.random() } }),
    crypto,
    ...[setTimeout, stop, setInterval, stop, refuse, queueMicrotask],
  ];
}

/** As Node's, which can also be told not to keep the process alive. */
class HostTimer {
  inner: Timer;
  constructor(inner: Timer) {
    this.inner = inner;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
