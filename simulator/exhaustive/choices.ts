import { type Chooser, type Event, earliest } from "../world/scheduler.ts";

/** One way through all choices of a world, and the way that follows it in order. */
export class Choices {
  readonly #planned: readonly number[];
  readonly #made: { readonly chosen: number; readonly from: number }[] = [];

  constructor(planned: readonly number[] = []) {
    this.#planned = planned;
  }

  /** What is due comes first; then any message; and time goes on only when there is none. */
  readonly chooser: Chooser = (events) => {
    const messages = events.filter(({ isMessage }) => isMessage);
    const due = events.filter(({ isMessage, at }) => !isMessage && at <= (messages[0]?.at ?? -1));
    if (due.length > 0 || messages.length === 0) return earliest(due.length > 0 ? due : events);
    return messages.length === 1 ? earliest(messages) : this.#choose(messages);
  };

  /** The choices of the next way. `undefined`: this was the last one. */
  next(): readonly number[] | undefined {
    const last = this.#made.findLastIndex(({ chosen, from }) => chosen + 1 < from);
    const made = this.#made.map(({ chosen }) => chosen);
    return last < 0 ? undefined : [...made.slice(0, last), (made[last] ?? 0) + 1];
  }

  #choose(messages: readonly Event[]): Event {
    const chosen = this.#planned[this.#made.length] ?? 0;
    this.#made.push({ chosen, from: messages.length });
    return messages[chosen] ?? earliest(messages);
  }
}
