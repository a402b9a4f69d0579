import type { OpenedStore } from "../open-store.ts";
import { usualLimit, within } from "../open-store.ts";
import { advice, type Finding, fault, ok } from "./finding.ts";

const samples = 7;
/** Milliseconds for one operation, from which on visitors notice. */
const slow = 50;
/** Milliseconds between the clocks of host and store that are worth a word. */
const drift = 2_000;

/** Writes a record of its own, reads it back and deletes it, and compares the clocks. */
export async function checkStore({ given, now }: OpenedStore): Promise<Finding[]> {
  const key = { namespace: "coatcheck.doctor", id: `doctor-${crypto.randomUUID()}` };
  const record = {
    ...key,
    version: 1,
    commitId: "doctor",
    body: "doctor",
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + 60_000,
  };
  const isMade = await given.create(record, now, within(usualLimit));
  const times: number[] = [];
  let isRead = true;
  for (let n = 0; n < samples; n++) {
    const start = performance.now();
    isRead = (await given.read(key, now, within(usualLimit)))?.body === record.body && isRead;
    times.push(performance.now() - start);
  }
  const isDeleted = await given.delete(key, within(usualLimit));
  const median = times.toSorted((a, b) => a - b)[Math.floor(samples / 2)] ?? 0;
  const told = `A session is written, read and deleted. Reading takes ${median.toFixed(1)} ms.`;
  const isWhole = isMade && isRead && isDeleted;
  const trip = !isWhole
    ? fault(
        "round trip",
        "What was written was not read back or not deleted. Is this a replica, or does a policy hide rows?",
      )
    : median > slow
      ? advice("round trip", `${told} Visitors notice: bring the store nearer.`)
      : ok("round trip", told);
  return [trip, ...(given.time ? [await checkClock(given.time.bind(given))] : [])];
}

async function checkClock(time: NonNullable<OpenedStore["given"]["time"]>): Promise<Finding> {
  const asked = Date.now();
  const told = await time(within(usualLimit));
  const difference = Math.round(told - (asked + Date.now()) / 2);
  if (Math.abs(difference) <= drift) return ok("clock", "Host and store have the same time.");
  const direction = difference > 0 ? "behind" : "ahead of";
  return advice(
    "clock",
    `This host is ${Math.abs(difference / 1_000).toFixed(1)} s ${direction} the store. Sessions go by the store's time; synchronise the host all the same (NTP).`,
  );
}
