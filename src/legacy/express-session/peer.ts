import { randomText } from "#crypto";
import { cookieValues } from "../../transports/cookie/cookie-header.ts";
import type { RejectReason } from "../../types/events.ts";
import { decoded, expiredAsTold, type OldCookie, oldCookie } from "../shared/cookies.ts";
import { hmac, isSigned, type Secret, urlSafe, urlUnsafe } from "../shared/mac.ts";
import type { Mirrored, OldSession, Peer } from "../shared/peer.ts";
import type { DualWrite } from "./dual-write.ts";
import { deleteRow, type OldStore, type Row, type RowCookie, readRow, writeRow } from "./rows.ts";

interface Settings {
  readonly name: string;
  readonly secrets: readonly [Secret, ...Secret[]];
  readonly store: OldStore;
  readonly cookie: OldCookie;
  readonly dualWrite: DualWrite | undefined;
}

/** Signed values begin so; others are ids that anybody can make up. */
const mark = "s:";
const day = 86_400_000;

/** The cookie is `s:<id>.<HMAC-SHA256 of the id in base64 without padding>`, percent-encoded. */
export function expressPeer({ name, secrets, store, cookie, dualWrite }: Settings): Peer {
  const sessionOf = (sid: string): OldSession => {
    let row: Row | undefined;
    const load = async (): Promise<Row | RejectReason> => {
      const found = await readRow(store, sid);
      row = typeof found === "string" ? undefined : found;
      return found;
    };
    return {
      key: sid,
      load,
      end: () => deleteRow(store, sid),
      expire: () => [expiredAsTold(name, attributesOf(row?.cookie, cookie), cookie)],
    };
  };

  const write = async ({ data, userId }: Mirrored, old: OldSession | undefined) => {
    const known = old && (await readRow(store, old.key));
    const before = typeof known === "object" ? known.cookie : undefined;
    const rowCookie: RowCookie = before ?? {
      path: "/",
      httpOnly: true,
      ...cookie,
      originalMaxAge: dualWrite?.maxAge ?? day,
    };
    const sid = old?.key ?? randomText(24);
    const expires = await writeRow(store, sid, dualWrite?.row?.({ data, userId }) ?? data, rowCookie);
    const mac = urlUnsafe(await hmac("SHA-256", secrets[0], sid));
    const value = encodeURIComponent(`${mark}${sid}.${mac}`);
    const cookies = old ? [] : [oldCookie(name, value, attributesOf(rowCookie, cookie), expires && { expires })];
    return { old: sessionOf(sid), cookies };
  };

  return {
    name: "express-session",
    find: (header) => cookieValues(header, name, 3),
    verify: async (found) => {
      const value = decoded(found);
      if (value === undefined || !value.startsWith(mark)) return "malformed";
      const dot = value.lastIndexOf(".");
      if (dot <= mark.length) return "malformed";
      const sid = value.slice(mark.length, dot);
      const isOurs = await isSigned("SHA-256", secrets, sid, urlSafe(value.slice(dot + 1)));
      return isOurs ? sessionOf(sid) : "wrong-secret";
    },
    ...(dualWrite && { mirror: write }),
  };
}

/** The row says which cookie was sent. What the application says counts more. */
function attributesOf(row: RowCookie | undefined, given: OldCookie): OldCookie {
  const { path, domain, secure, httpOnly, sameSite, partitioned } = { ...row, ...given };
  const isKnown = sameSite === "lax" || sameSite === "strict" || sameSite === "none";
  return {
    ...(typeof path === "string" && { path }),
    ...(typeof domain === "string" && { domain }),
    ...(typeof httpOnly === "boolean" && { httpOnly }),
    ...(isKnown && { sameSite }),
    secure: secure === true,
    partitioned: partitioned === true,
  };
}
