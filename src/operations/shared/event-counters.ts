import { SessionError } from "../../types/errors.ts";
import type { SessionEvent } from "../../types/events.ts";

type EventOf<Type> = Extract<SessionEvent, { readonly type: Type }>;

/** How events of one type are counted. Labels have few values each: never an id. */
export interface EventCounter<Event> {
  /** In parts, which each monitoring system joins in its own way. */
  readonly name: string;
  readonly help: string;
  readonly labels: { readonly [label: string]: (event: Event) => string };
  /** What one event adds. */
  readonly amount: (event: Event) => number;
}

type Counters = { readonly [Type in SessionEvent["type"]]: EventCounter<EventOf<Type>> };

const one = (): number => 1;
const counter = <Event>(
  name: string,
  help: string,
  labels: EventCounter<Event>["labels"] = {},
  amount: EventCounter<Event>["amount"] = one,
): EventCounter<Event> => ({ name, help, labels, amount });

/** One counter for each type of event. */
export const eventCounters: Counters = {
  opened: counter("sessions.opened", "Requests whose token opened a session"),
  created: counter("sessions.created", "New sessions that were stored"),
  committed: counter("commits", "Requests whose changes were stored"),
  touched: counter("touches", "Requests without changes that were recorded"),
  rotated: counter("rotations", "New secrets of sessions", { by: ({ by }) => by }),
  login: counter("logins", "Logins that were stored"),
  destroyed: counter("sessions.destroyed", "Sessions that were ended"),
  refused: counter("tokens.refused", "Tokens that opened nothing", {
    reason: ({ reason }) => reason,
    anomaly: ({ anomaly }) => String(anomaly),
  }),
  reuse: counter("tokens.reused", "Tokens that came back after they had been replaced: somebody has a copy"),
  conflict: counter("conflicts", "Commits that another request was faster than, and that tried again"),
  "store-error": counter("store.errors", "Operations of the store that failed", {
    operation: ({ operation }) => operation,
    code: ({ error }) => (SessionError.is(error) ? error.code : "OTHER"),
  }),
  evicted: counter("sessions.evicted", "Live sessions that were ended to free space", { by: ({ by }) => by }),
  imported: counter("sessions.imported", "Sessions of other libraries that became ours", {
    source: ({ source }) => source,
  }),
  pruned: counter("sessions.pruned", "Expired records that were deleted", {}, ({ count }) => count),
  warning: counter("warnings", "Conditions that somebody should look at", { code: ({ code }) => code }),
};

/** The counters, for a system that wants to know their names first. */
export const counterList: readonly EventCounter<never>[] = Object.values(eventCounters);

/** What an event adds to which counter. */
export interface Count {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly amount: number;
}

export function countOf(event: SessionEvent): Count {
  const { name, labels, amount } = eventCounters[event.type] as EventCounter<SessionEvent>;
  const values = Object.entries(labels).map(([label, labelOf]) => [label, labelOf(event)] as const);
  return { name, labels: Object.fromEntries(values), amount: amount(event) };
}
