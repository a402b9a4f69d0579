import ms from "ms";
import { visible } from "../../core/language/visible.ts";
import { type Command, type Input, isSet, type Report, textOf } from "../command.ts";
import { type Copied, copySessions, countAt, type Ends, removeEnded } from "../copy/copy-sessions.ts";
import { exitCode } from "../exit-code.ts";
import { counted } from "../format.ts";
import { atPlace } from "../open-store.ts";
import { existing, placeOf, placeOption } from "../place.ts";
import { progressBar } from "../progress.ts";
import { applicationOptions, configOf } from "../settings.ts";
import { misuse } from "../stop.ts";

/** A difference of clocks that is worth a word, in milliseconds. */
const clockTolerance = 5_000;

export const copy: Command = {
  name: "copy",
  summary: "Copies live sessions from one store to another; every cookie stays valid",
  options: {
    from: placeOption("the store to read", "SESSION_STORE"),
    to: placeOption("the store to write, which may be empty", "SESSION_STORE_TO"),
    ...applicationOptions,
    mirror: {
      about: "the target is not in use yet: overwrite what differs there, delete what has ended at the source",
    },
    after: { value: "<cursor>", about: "go on where an earlier copy was stopped" },
  },
  about: [
    "The source stays as it is. Each session is read back and compared. What is there already is recognised, so the",
    "command may be stopped with Ctrl-C and called again. To move without losing a session: copy while the application",
    "runs, stop it, copy again with --mirror, and start it on the new store.",
  ],
  examples: [
    "coatcheck copy --from sqlite:./data/app.db --to env:NEW_STORE",
    "coatcheck copy --from env:OLD_STORE --to env:NEW_STORE --mirror",
  ],
  run: async (input) => {
    const from = existing(placeOf(input, "from", "SESSION_STORE"));
    const to = placeOf(input, "to", "SESSION_STORE_TO");
    if (from.shown === to.shown && from.url.startsWith(to.url))
      throw misuse("--from and --to are one store. Nothing was copied.");
    const config = configOf(input);
    return atPlace(from, config, (source) => atPlace(to, config, (target) => run(input, { from: source, to: target })));
  },
};

async function run(input: Input, ends: Ends): Promise<Report> {
  const { host } = input;
  const { from, to } = ends;
  const live = await countAt(from);
  const where = `${visible(from.config.namespace)}, at ${from.place.shown}`;
  if (live === 0) {
    const line = `There are no live sessions in ${where}. Nothing was copied or deleted. Is the name of the application another one (--name, --application, --namespace), or are --from and --to exchanged?`;
    return { code: exitCode.no, lines: [line], data: { namespace: from.config.namespace, from: 0 } };
  }
  const bar = progressBar(host, "Copying", live);
  const interrupted = host.interrupted();
  const copied = await copySessions(ends, {
    after: textOf(input, "after"),
    overwrite: isSet(input, "mirror"),
    interrupted,
    onCopied: bar.add,
  });
  const removed = copied.stoppedAt === undefined && isSet(input, "mirror") ? await removeEnded(ends) : 0;
  bar.end();
  const drift = to.now - from.now;
  const note = `The clocks of the two stores differ by ${ms(Math.abs(drift))}: sessions end by the clock of the store that they are in.`;
  const found = await summary(ends, copied, removed);
  return { ...found, lines: [...found.lines, ...(Math.abs(drift) > clockTolerance ? [note] : [])] };
}

async function summary({ from, to }: Ends, { counts, stoppedAt }: Copied, removed: number): Promise<Report> {
  const { copied, same, updated, newer, differs, broken } = counts;
  const [source, target] = [await countAt(from), await countAt(to)];
  const data = { namespace: from.config.namespace, ...counts, removed, from: source, to: target, after: stoppedAt };
  const lines = [
    `${counted(copied, "session")} copied, ${same} were there already, ${updated} brought up to date.`,
    ...(newer > 0 ? [`${newer} are newer in the target, and stay as they are there.`] : []),
    ...(removed > 0 ? [`${removed} had ended at the source, and were deleted from the target.`] : []),
    `Now live: ${source} in ${from.place.shown}, ${target} in ${to.place.shown}.`,
  ];
  if (broken > 0) {
    const line = `${broken} read back otherwise than they were written: do not use this target.`;
    return { code: exitCode.failed, data, lines: [...lines, line] };
  }
  if (stoppedAt !== undefined) {
    const line = `Interrupted. Call it again to go on, with --after ${stoppedAt} to skip what is done.`;
    return { code: exitCode.failed, data, lines: [...lines, line] };
  }
  if (differs > 0) {
    const line = `${differs} have changed in both, or too often to tell which is newer, and were left alone. If the target is not in use yet, call it with --mirror.`;
    return { code: exitCode.no, data, lines: [...lines, line] };
  }
  return { data, lines };
}
