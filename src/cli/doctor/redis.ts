import { openClient } from "../../stores/redis/connect.ts";
import { parseUrl } from "../../stores/redis/url.ts";
import { usualLimit, within } from "../open-store.ts";
import type { Place } from "../place.ts";
import { advice, type Finding, fault, ok } from "./finding.ts";
import { clientUrl } from "./probe.ts";

/** Looks at every primary of a cluster. */
export async function checkRedis(place: Place): Promise<Finding[]> {
  const client = await openClient(parseUrl(clientUrl(place).url));
  try {
    const sends = await client.primaries(within(usualLimit));
    const found: Finding[] = [];
    for (const send of sends) {
      const ask = async (...command: string[]): Promise<string | undefined> => {
        try {
          return String(await send(command, within(usualLimit)));
        } catch {
          // The user may lack the right.
          return undefined;
        }
      };
      const info = await ask("INFO");
      found.push(
        ...(info === undefined ? [noInfo] : judgeInfo(info)),
        ...judgeUser(await ask("ACL", "WHOAMI"), await ask("ACL", "LIST")),
      );
    }
    return found;
  } finally {
    client.close();
  }
}

const noInfo = advice(
  "server",
  "The user may not call INFO, so eviction and persistence are not known. The right +info tells.",
);

/** @param info the server's reply to INFO */
function judgeInfo(info: string): Finding[] {
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  const policy = field("maxmemory_policy");
  const isBounded = field("maxmemory") !== "0";
  const hasLog = field("aof_enabled") === "1";
  const savedAt = Number(field("rdb_last_save_time"));
  return [
    ok("server", `${field("server_name") || "Redis"} ${field("valkey_version") || field("redis_version")}.`),
    field("role") === "master" || field("role") === ""
      ? ok("primary", "This is the primary.")
      : fault("primary", "This is a replica: sessions cannot be written. Point the URL at the primary."),
    policy.startsWith("allkeys-") && isBounded
      ? fault(
          "eviction",
          `maxmemory-policy is ${policy}: when memory is full, sessions and the lists of users are deleted. Set it to noeviction (best) or volatile-ttl.`,
        )
      : policy.startsWith("volatile-") && isBounded
        ? advice(
            "eviction",
            `maxmemory-policy is ${policy}: when memory is full, users are signed out. With noeviction writes fail instead.`,
          )
        : policy.startsWith("allkeys-")
          ? advice(
              "eviction",
              `maxmemory-policy is ${policy}, which counts as soon as maxmemory is set. Set it to noeviction.`,
            )
          : ok("eviction", "No session is deleted when memory is full."),
    hasLog
      ? ok("persistence", "appendonly is on: a restart keeps all but the last second.")
      : advice(
          "persistence",
          savedAt > 0 && field("rdb_last_bgsave_status") === "ok"
            ? "appendonly is off: a restart brings back the last snapshot, and with it sessions that have ended since. Set appendonly yes."
            : "appendonly is off, and snapshots fail: a restart signs out everybody.",
        ),
  ];
}

function judgeUser(user: string | undefined, list: string | undefined): Finding[] {
  if (user === undefined) return [];
  if (user !== "default") return [ok("rights", `The user is ${user}.`)];
  const isOpen = list !== undefined && /user default on[^,]*\bnopass\b/.test(list);
  return [
    advice(
      "rights",
      `The user is "default", who may do everything${isOpen ? ", and needs no password" : ""}. docs/stores/redis.md says what the application needs.`,
    ),
  ];
}
