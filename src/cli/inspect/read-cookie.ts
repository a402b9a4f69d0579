import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { misuse } from "../stop.ts";

/** A cookie as somebody pasted it. */
export interface PastedCookie {
  /** With its prefix; `undefined` if only the value was pasted. */
  readonly name: string | undefined;
  readonly value: string;
}

/** Reads what is piped in, or asks without showing what is typed. */
export async function readSecret(question: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    let text = "";
    for await (const part of stdin.setEncoding("utf8")) text += String(part);
    return text;
  }
  stderr.write(question);
  const nowhere = new Writable({ write: (_part, _encoding, done) => done() });
  const reader = createInterface({ input: stdin, output: nowhere, terminal: true });
  try {
    return await reader.question("");
  } finally {
    reader.close();
    stderr.write("\n");
  }
}

const prefixes = ["__Host-", "__Secure-", ""];
const pair = /^\s*([!#$%&'*+.^_`|~\w-]+)=\s*"?([^;="\s][^;"\s]*)"?\s*$/;

/**
 * Finds the cookie in a line of `Cookie` or `Set-Cookie`, in `name=value`, or in a value alone.
 *
 * @param wanted the name of the session's cookie, without its prefix
 * @throws Stop
 */
export function parsePasted(pasted: string, wanted: string): PastedCookie {
  const text = pasted.trim().replace(/^(set-)?cookie:\s*/i, "");
  if (text === "") {
    throw misuse(
      'No cookie came. Give it on standard input, as in "pbpaste | coatcheck inspect", because arguments are no secret.',
    );
  }
  const pairs = text.split(";").flatMap((part) => {
    const [, name, value] = pair.exec(part) ?? [];
    return name === undefined || value === undefined ? [] : [{ name, value }];
  });
  const [first] = pairs;
  if (!first || !text.startsWith(`${first.name}=`)) return { name: undefined, value: text };
  const own = prefixes.map((prefix) => pairs.find(({ name }) => name === prefix + wanted)).find(Boolean);
  return own ?? first;
}
