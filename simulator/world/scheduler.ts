/** Who an event happens to. Nothing happens to the dead, and to the paused only later. */
export interface Owner {
  readonly status: "running" | "paused" | "dead";
}

export interface Event {
  /** Milliseconds since the beginning of the world. */
  readonly at: number;
  /** Of events at one time the first that was planned comes first. */
  readonly order: number;
  readonly owner: Owner | undefined;
  /** True for the messages whose order is a choice. */
  readonly isMessage: boolean;
  readonly run: () => void;
}

/** Chooses the next of the events that may happen. */
export type Chooser = (events: readonly Event[]) => Event;

export const earliest: Chooser = (events) => events.reduce(sooner);

const sooner = (a: Event, b: Event): Event => (b.at < a.at || (b.at === a.at && b.order < a.order) ? b : a);

/** Simulated time, and the one order of everything that happens in it. */
export class Scheduler {
  /** Milliseconds since the beginning. */
  now = 0;
  /** Counts what has happened: of two moments the smaller one came first. */
  moment = 0;
  readonly #choose: Chooser;
  #events: Event[] = [];
  #planned = 0;

  constructor(choose: Chooser = earliest) {
    this.#choose = choose;
  }

  /** Plans an event. Returns what takes it back. */
  after(milliseconds: number, run: () => void, owner?: Owner, isMessage = false): () => void {
    const event = { at: this.now + Math.max(0, milliseconds), order: ++this.#planned, owner, isMessage, run };
    this.#events.push(event);
    return () => {
      this.#events = this.#events.filter((other) => other !== event);
    };
  }

  wait(milliseconds: number, owner?: Owner): Promise<void> {
    return new Promise((resolve) => void this.after(milliseconds, resolve, owner));
  }

  /** Lets everything happen until `isOver`, or until nothing is left. */
  async run(isOver: () => boolean): Promise<void> {
    await quiet();
    while (!isOver()) {
      const ready = this.#events.filter(({ owner }) => owner?.status !== "paused");
      if (ready.length === 0) return;
      const event = this.#choose(ready);
      this.#events.splice(this.#events.indexOf(event), 1);
      if (event.owner?.status === "dead") continue;
      this.now = Math.max(this.now, event.at);
      this.moment++;
      event.run();
      await quiet();
    }
  }
}

/** Resolves when no promise has anything to do any more: `setImmediate` comes after all of them. */
const quiet = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
