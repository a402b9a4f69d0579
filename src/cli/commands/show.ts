import { visible } from "../../core/language/visible.ts";
import { isData, wordOf } from "../../core/record/entries.ts";
import { type Command, isSet } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { counted, moment } from "../format.ts";
import { storeOptions, usualLimit, within, withStore } from "../open-store.ts";
import { bodyOf, conditionText, factsOf } from "../session-facts.ts";
import { checkId } from "../session-id.ts";

export const show: Command = {
  name: "show",
  summary: "Shows one session: its user, its times, the names and sizes of its values",
  operands: "<id>",
  operandCount: [1, 1],
  options: {
    ...storeOptions,
    values: { about: "show the values too, which may be personal" },
  },
  examples: ["coatcheck show 9vGm0cXq0mB1oYkq3Yw1Xg", "coatcheck show --values 9vGm0cXq0mB1oYkq3Yw1Xg"],
  run: (input) => {
    const [id = ""] = input.operands;
    checkId(id);
    return withStore(input, async ({ store, config, now }) => {
      const record = await store.read({ namespace: config.namespace, id }, now, within(usualLimit));
      if (!record) {
        const line = `There is no live session with this id in ${config.namespace}. It has ended, or --name, --application or --namespace differ.`;
        return { code: exitCode.no, lines: [line], data: { session: null } };
      }
      const facts = factsOf(record, config);
      const body = bodyOf(record, config);
      const control = typeof body === "object" ? body.control : {};
      const entries = typeof body === "object" ? [...body.entries] : [];
      const values = entries.map(([name, text]) => ({
        key: wordOf(name),
        kind: isData(name) ? "value" : "flash",
        bytes: Buffer.byteLength(text),
        ...(isSet(input, "values") && { value: parsed(text) }),
      }));
      const authenticatedAt = control.authenticatedAt === undefined ? undefined : new Date(control.authenticatedAt);
      const session = { ...facts, version: record.version, epoch: control.epoch ?? 0, authenticatedAt, values };
      return {
        data: { session },
        lines: [
          `id         ${id}`,
          `user       ${facts.userId === undefined ? "none" : visible(facts.userId)}`,
          `created    ${moment(facts.createdAt, now)}`,
          `last seen  ${moment(facts.lastSeenAt, now)}`,
          ...(authenticatedAt ? [`signed in  ${moment(authenticatedAt, now)}`] : []),
          `ends       ${moment(facts.expiresAt, now)}`,
          `version    ${record.version}, ${counted(facts.bytes, "byte")}`,
          ...(facts.condition === "intact" ? [] : [`record     ${conditionText[facts.condition]}`]),
          ...values.map(
            ({ key, kind, bytes, value }) =>
              `${kind.padEnd(9)}  ${visible(key)}, ${counted(bytes, "byte")}${value === undefined ? "" : `: ${visible(JSON.stringify(value))}`}`,
          ),
        ],
      };
    });
  },
};

/** What JSON holds; the text of devalue, or of a codec of the application, as it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
