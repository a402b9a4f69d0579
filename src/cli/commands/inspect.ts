import { visible } from "../../core/language/visible.ts";
import { parseToken } from "../../core/record/token.ts";
import { type Command, type Input, type Report, textOf } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { moment } from "../format.ts";
import { askManager, type Verdict } from "../inspect/ask-manager.ts";
import { recognise, signingKey } from "../inspect/formats.ts";
import { type PastedCookie, parsePasted, readSecret } from "../inspect/read-cookie.ts";
import { refusals } from "../inspect/refusals.ts";
import { openSealed, sealedHeader } from "../inspect/sealed.ts";
import { storeOptions, usualLimit, within, withStore } from "../open-store.ts";
import { configOf, keysIn, settingsOf } from "../settings.ts";
import { misuse } from "../stop.ts";

export const inspect: Command = {
  name: "inspect",
  summary: "Says what a cookie is, whose, and why it is refused",
  operandCount: [0, 1],
  options: storeOptions,
  about: [
    "The cookie comes from standard input, or from a question that does not show it: its value, name=value, or a whole",
    "line of Cookie or Set-Cookie. A token of a stored session is tried on the store, a sealed cookie with the keys in",
    "SESSION_KEYS (with commas between them). Nothing is changed, and neither token nor values are printed.",
  ],
  examples: [
    "pbpaste | coatcheck inspect",
    "coatcheck inspect < cookie.txt",
    "coatcheck inspect --store sqlite:./data/app.db",
  ],
  run: async (input) => {
    if (input.operands.length > 0) {
      throw misuse(
        "A cookie is a secret, and is now in the history of your shell: end its session. inspect reads it from standard input or asks for it.",
      );
    }
    const { name } = configOf(input);
    const cookie = parsePasted(await readSecret("Paste the cookie (it is not shown): "), name);
    return (await ofOwn(input, cookie)) ?? ofOthers(input, cookie);
  },
};

async function ofOwn(input: Input, { name, value }: PastedCookie): Promise<Report | undefined> {
  const token = parseToken(value);
  if (token) {
    const about = "A token of a session that coatcheck keeps in a store";
    const facts = { format: "coatcheck", kind: "stored", name, id: token.id };
    if (textOf(input, "store") === undefined && !input.host.env.SESSION_STORE) {
      const lines = [
        `${about}. Its id is ${token.id}.`,
        "With --store or SESSION_STORE this command says whether it opens.",
      ];
      return { lines, data: { ...facts, verdict: "unknown" } };
    }
    return withStore(input, async ({ store, given, config, now }) => {
      const verdict = await askManager(value, given, settingsOf(input));
      const first = `${about}. Its id is ${token.id}.`;
      // As of 1970, so that a record that has expired and is not pruned yet is found.
      const record = await store.read({ namespace: config.namespace, id: token.id }, 0, within(usualLimit));
      if (!record) return judged(facts, first, verdict, now);
      const expiresAt = new Date(record.expiresAt);
      // The manager that was asked has no limits, so what the application had written counts.
      if ("opened" in verdict) return judged(facts, first, { opened: { ...verdict.opened, expiresAt } }, now);
      if (verdict.refused !== "unknown") return judged(facts, first, verdict, now);
      return {
        code: exitCode.no,
        lines: [first, `refused   Its session expired at ${moment(expiresAt, now)}.`],
        data: { ...facts, verdict: "refused", reason: "expired", expiredAt: expiresAt },
      };
    });
  }
  const sealed = sealedHeader(value);
  if (!sealed) return undefined;
  const { kind, sealedAt } = sealed;
  const now = Date.now();
  const about = `A ${kind} cookie of coatcheck, which ${kind === "sealed" ? "only a key opens" : "everybody can read"}. It is from the hour after ${moment(sealedAt, now)}.`;
  const facts = { format: "coatcheck", kind, name, sealedAt };
  const keys = keysIn(input.host.env.SESSION_KEYS);
  if (keys.length === 0) {
    return {
      lines: [about, "With its keys in SESSION_KEYS this command says whether it opens."],
      data: { ...facts, verdict: "unknown" },
    };
  }
  const { key, verdict } = await openSealed(value, kind, keys, configOf(input));
  const which =
    key === undefined
      ? []
      : [
          `key       ${key} of ${keys.length} in SESSION_KEYS${key > 1 ? ", an older one: the next response seals it again" : ""}`,
        ];
  const report = judged({ ...facts, key }, about, verdict, now);
  return { ...report, lines: [report.lines[0] ?? "", ...which, ...report.lines.slice(1)] };
}

function judged(facts: object, about: string, verdict: Verdict, now: number): Report {
  if ("refused" in verdict) {
    const { refused, endedAt } = verdict;
    const when = endedAt ? ` That was at ${moment(endedAt, now)}.` : "";
    return {
      code: exitCode.no,
      lines: [about, `refused   ${refusals[refused]}${when}`],
      data: { ...facts, verdict: "refused", reason: refused, endedAt },
    };
  }
  const { userId, createdAt, lastSeenAt, expiresAt } = verdict.opened;
  return {
    lines: [
      about,
      `opens     a session of ${userId === undefined ? "nobody who is signed in" : visible(userId)}`,
      `created   ${moment(createdAt, now)}`,
      `seen      ${moment(lastSeenAt, now)}`,
      `ends      ${moment(expiresAt, now)}, unless the application has shorter limits today`,
    ],
    data: { ...facts, verdict: "opens", ...verdict.opened },
  };
}

function ofOthers(input: Input, { name, value }: PastedCookie): Report {
  const foreign = recognise(value);
  if (!foreign) {
    const line = `This is no cookie of coatcheck, nor of a library that this command knows. It has ${value.length} characters.`;
    return { code: exitCode.no, lines: [line], data: { format: null, name, verdict: "refused", reason: "malformed" } };
  }
  const { format, about, signed } = foreign;
  const keys = keysIn(input.host.env.SESSION_KEYS);
  const key = signed && signingKey(signed, keys);
  const found =
    key === undefined
      ? "None of the keys in SESSION_KEYS has signed it."
      : `Key ${key} of ${keys.length} in SESSION_KEYS has signed it.`;
  return {
    code: exitCode.no,
    lines: [
      `${about}.`,
      ...(signed && keys.length > 0 ? [found] : []),
      "coatcheck does not read it: its visitor gets a new session.",
    ],
    data: { format, name, key, verdict: "refused", reason: "malformed" },
  };
}
