import { checkSigned } from "../check-signed.ts";
import { type Command, type Input, type Report, textOf } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { counted } from "../format.ts";
import { managerOf } from "../manager.ts";
import { type OpenedStore, storeOptions, usualLimit, within, withStore } from "../open-store.ts";
import { checkId } from "../session-id.ts";
import { misuse } from "../stop.ts";

export const revoke: Command = {
  name: "revoke",
  summary: "Ends sessions: those with these ids, or all of a user",
  operands: "[<id>...]",
  operandCount: [0, 1_000],
  options: {
    ...storeOptions,
    user: { value: "<id>", about: "end all sessions of this user, and logins that are under way" },
    except: { value: "<id>", about: "with --user: keep the session with this id" },
  },
  examples: ["coatcheck revoke 9vGm0cXq0mB1oYkq3Yw1Xg", "coatcheck revoke --user ann"],
  run: (input) => {
    const user = textOf(input, "user");
    const except = textOf(input, "except");
    for (const id of [...input.operands, ...(except === undefined ? [] : [except])]) checkId(id);
    if ((user === undefined) === (input.operands.length === 0)) {
      throw misuse("revoke takes either ids or --user <id>. Nothing was ended.");
    }
    if (user === undefined && except !== undefined) throw misuse("--except goes with --user. Nothing was ended.");
    return withStore(input, (opened) => (user === undefined ? byId(input, opened) : ofUser(opened, user, except)));
  },
};

async function byId({ operands }: Input, { store, config }: OpenedStore): Promise<Report> {
  const { namespace } = config;
  const missing: string[] = [];
  for (const id of operands) {
    if (!(await store.delete({ namespace, id }, within(usualLimit)))) missing.push(id);
  }
  const ended = operands.length - missing.length;
  return {
    code: missing.length === 0 ? exitCode.done : exitCode.no,
    data: { ended, missing },
    lines: [
      `${counted(ended, "session")} ended.`,
      ...missing.map(
        (id) => `There is no session ${id} in ${namespace}: it has ended already, or --namespace differs.`,
      ),
    ],
  };
}

async function ofUser(opened: OpenedStore, user: string, except: string | undefined): Promise<Report> {
  await checkSigned(opened, user);
  const ended = await managerOf(opened).revokeAll(user, { except });
  return { data: { ended }, lines: [`${counted(ended, "session")} of this user ended.`] };
}
