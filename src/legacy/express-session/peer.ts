import { cookieValues } from "../../transports/cookie/cookie-header.ts";
import { decoded, expiredAsTold, type OldCookie } from "../shared/cookies.ts";
import { hmac, type Secret, signerOf, urlSafe } from "../shared/mac.ts";
import type { OldSession, Peer } from "../shared/peer.ts";
import { deleteRow, type OldStore, type RowCookie, readRow } from "./rows.ts";

interface Settings {
  readonly name: string;
  readonly secrets: readonly Secret[];
  readonly store: OldStore;
  readonly cookie: OldCookie;
}

/** Signed values begin so; others are ids that anybody can make up. */
const mark = "s:";

/** The cookie is `s:<id>.<HMAC-SHA256 of the id in base64 without padding>`, percent-encoded. */
export function expressPeer({ name, secrets, store, cookie }: Settings): Peer {
  const sessionOf = (sid: string, mac: string, key: Secret): OldSession => {
    let told: RowCookie | undefined;
    return {
      key: sid,
      proof: `${sid}.${mac}`,
      derive: (text) => hmac("SHA-256", key, text),
      load: async () => {
        const found = await readRow(store, sid);
        if (typeof found === "object") told = found.cookie;
        return found;
      },
      end: () => deleteRow(store, sid),
      expire: () => [expiredAsTold(name, attributesOf(told, cookie), cookie)],
    };
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
      const mac = urlSafe(value.slice(dot + 1));
      const key = await signerOf("SHA-256", secrets, sid, mac);
      return key === undefined ? "wrong-secret" : sessionOf(sid, mac, key);
    },
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
