import type { Subject } from "./subject.ts";

export interface UpdateRow {
  readonly name: string;
  readonly milliseconds: number;
  /** What the counter said afterwards. */
  readonly counted: number;
}

/** Many requests add 1 to one session's counter at once. */
export async function measureUpdates(subject: Subject, times: number): Promise<UpdateRow> {
  const start = performance.now();
  const counted = await subject.update(times);
  return { name: subject.name, milliseconds: performance.now() - start, counted };
}
