import { visible } from "../../core/language/visible.ts";
import { type Command, type Input, textOf } from "../command.ts";
import { checkKeys } from "../doctor/check-keys.ts";
import { checkStore } from "../doctor/check-store.ts";
import { checkUrl } from "../doctor/check-url.ts";
import { advice, type Finding, fault, ok } from "../doctor/finding.ts";
import { checkMysql } from "../doctor/mysql.ts";
import { checkPostgres } from "../doctor/postgres.ts";
import { checkRedis } from "../doctor/redis.ts";
import { checkSqlite } from "../doctor/sqlite.ts";
import { exitCode } from "../exit-code.ts";
import { explain } from "../explain.ts";
import { counted } from "../format.ts";
import { atPlace, storeOptions } from "../open-store.ts";
import { existing, type Place, placeOf } from "../place.ts";
import { configOf } from "../settings.ts";
import { misuse } from "../stop.ts";

/** Checks of one kind of database, by the scheme of its URL. */
const engines: readonly (readonly [scheme: RegExp, check: (place: Place) => Promise<Finding[]>])[] = [
  [/^sqlite:/i, checkSqlite],
  [/^postgres(ql)?:/i, checkPostgres],
  [/^(mysql|mariadb):/i, checkMysql],
  [/^rediss?(\+cluster)?:/i, checkRedis],
];

export const doctor: Command = {
  name: "doctor",
  summary: "Looks for what is wrong: store, clock, indexes, durability, rights, keys, the cookie of an application",
  options: {
    ...storeOptions,
    url: {
      value: "<url>",
      about: "a page of the running application that sets the cookie, such as that of the sign-in",
    },
  },
  about: ["It writes one record of its own into the store, and deletes it. It exits with 1 if there is a fault."],
  examples: ["coatcheck doctor", "coatcheck doctor --url https://shop.example/login", "coatcheck doctor --json"],
  run: async (input) => {
    const url = textOf(input, "url");
    const hasStore = textOf(input, "store") !== undefined || Boolean(input.host.env.SESSION_STORE);
    if (url === undefined && !hasStore)
      throw misuse("Examine what? Set SESSION_STORE, or give --store, or --url, or both.");
    const findings = [
      ...(hasStore ? await ofStore(input) : []),
      ...checkKeys(input.host),
      ...(url === undefined ? [] : await checkUrl(url, configOf(input).name)),
    ];
    const faults = findings.filter(({ state }) => state === "fault").length;
    return {
      code: faults === 0 ? exitCode.done : exitCode.no,
      data: { faults, findings },
      lines: [
        ...findings.map(({ check, state, message }) => `${state.padEnd(6)}  ${check.padEnd(11)}  ${visible(message)}`),
        "",
        faults === 0 ? "No fault was found." : `${counted(faults, "fault")} found.`,
      ],
    };
  },
};

async function ofStore(input: Input): Promise<Finding[]> {
  const place = existing(placeOf(input, "store", "SESSION_STORE"));
  const config = configOf(input);
  try {
    return await atPlace(place, config, async (opened) => {
      const warnings: Finding[] = [];
      opened.given.onWarning?.(
        (code, message) => void warnings.push(fault(code === "MISSING_INDEX" ? "indexes" : "eviction", message)),
      );
      const general = await checkStore(opened);
      const engine = engines.find(([scheme]) => scheme.test(place.url));
      const own = engine
        ? await engine[1](place)
        : [advice("server", "There are no further checks for this kind of store.")];
      const isTold = (finding: Finding): boolean =>
        own.some(({ check, state }) => check === finding.check && state === "fault");
      return [
        ok("store", `${place.shown} can be reached.`),
        ...general,
        ...warnings.filter((one) => !isTold(one)),
        ...own,
      ];
    });
  } catch (error) {
    return [fault("store", explain(error).message)];
  }
}
