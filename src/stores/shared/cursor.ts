import { invalidOption } from "../../types/errors.ts";

/** A position in the order of `list`: by creation time, then by id. */
export interface Position {
  readonly createdAt: number;
  readonly id: string;
}

/** The position before all records. */
export const start: Position = { createdAt: Number.MIN_SAFE_INTEGER, id: "" };

const cursor = /^(-?\d{1,16})\.(.+)$/s;

export const formatCursor = ({ createdAt, id }: Position): string => `${createdAt}.${id}`;

/** @throws SessionError INVALID_OPTION */
export function parseCursor(text: string | undefined): Position {
  if (text === undefined) return start;
  const [, createdAt, id] = cursor.exec(text) ?? [];
  if (createdAt === undefined || id === undefined) {
    throw invalidOption("This cursor did not come from list(). Pass the cursor of the previous page, or none.");
  }
  return { createdAt: Number(createdAt), id };
}
