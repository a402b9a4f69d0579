import { SessionError } from "../../../types/errors.ts";

/** Ids have up to 128 characters. */
const LONGEST = 300;

/** Lists a page. A cursor that did not come from this list, as in a link that somebody has made up, means the first page. */
export async function pageAt<List>(
  cursor: string | null,
  list: (cursor: string | undefined) => Promise<List>,
): Promise<List & { readonly isFirst: boolean }> {
  if (cursor === null || cursor.length > LONGEST) return { ...(await list(undefined)), isFirst: true };
  try {
    return { ...(await list(cursor)), isFirst: false };
  } catch (error) {
    if (SessionError.is(error) && error.code === "INVALID_OPTION") return pageAt(null, list);
    throw error;
  }
}
