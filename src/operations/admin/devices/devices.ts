import { visible } from "../../../core/language/visible.ts";
import type { SessionInfo } from "../../../types/administration.ts";
import type { Session } from "../../../types/session.ts";
import type { Sessions } from "../../../types/sessions.ts";
import { pageAt } from "../page/cursor.ts";

/** One session of a user, as the user sees it. */
export interface ListedDevice {
  readonly id: string;
  readonly label: string | undefined;
  readonly signedInAt: Date;
  readonly lastSeenAt: Date;
}

/** The session of the request, and a page of the user's others, the one seen last first. */
export interface DeviceList {
  readonly own: ListedDevice;
  readonly others: readonly ListedDevice[];
  /** Present if there may be more. */
  readonly cursor: string | undefined;
  readonly isFirst: boolean;
}

/** So many sessions are read for one page. */
const PAGE = 50;

export async function listDevices<Data extends object>(
  sessions: Sessions<Data>,
  session: Session<Data>,
  key: string,
  cursor: string | null,
): Promise<DeviceList> {
  const page = await pageAt(cursor, (at) => sessions.of(session).list({ limit: PAGE, cursor: at, keys: [key] }));
  const others = page.sessions.filter(({ id }) => id !== session.id);
  return {
    own: deviceOf(session, readValue(session, key)),
    others: others.map((info) => deviceOf(info, info.data?.[key])).sort((a, b) => +b.lastSeenAt - +a.lastSeenAt),
    cursor: page.cursor,
    isFirst: page.isFirst,
  };
}

/** One that cannot be decoded is shown as missing. */
function readValue(session: object, key: string): unknown {
  try {
    return (session as Session).get(key);
  } catch {
    return undefined;
  }
}

type Times = Pick<SessionInfo, "id" | "createdAt" | "lastSeenAt" | "authenticatedAt">;

function deviceOf({ id, createdAt, lastSeenAt, authenticatedAt }: Times, label: unknown): ListedDevice {
  return { id, label: labelFrom(label), signedInAt: authenticatedAt ?? createdAt, lastSeenAt };
}

/** The application may have kept a header that a visitor has made up. */
const labelFrom = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? visible(value.slice(0, 100)) : undefined;
