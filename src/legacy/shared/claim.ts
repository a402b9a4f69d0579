import { sha256 } from "#crypto";
import type { Token } from "../../core/record/token.ts";
import type { ManagerContext } from "../../core/runtime/context.ts";
import { askStore, timeLeft } from "../../core/runtime/store-call.ts";
import type { RejectReason } from "../../types/events.ts";
import type { OldSession } from "./peer.ts";
import type { Imported, Source } from "./source.ts";

/** An old session that a client has proved its right to, with what it becomes. */
export interface Claim {
  readonly source: Source;
  readonly old: OldSession;
  /** The token that the session of ours has before its first rotation. The same in every process, and never sent. */
  readonly token: Token;
  /** The name of the note that says what the old session has become. */
  readonly note: string;
}

export async function claimOf({ config }: ManagerContext, source: Source, old: OldSession): Promise<Claim> {
  const derive = (part: string): Promise<string> =>
    old.derive(JSON.stringify(["coatcheck legacy", part, config.namespace, source.name, old.proof]));
  const token = { id: await derive("id"), secret: await derive("secret") };
  return { source, old, token, note: await sha256(JSON.stringify(["legacy", source.name, old.key])) };
}

/** Reads an old session from its own store. `end`: when it must have answered. @throws SessionError */
export async function loadOld(
  context: ManagerContext,
  { source, old }: Claim,
  end: number,
): Promise<Imported | RejectReason> {
  const read = () => old.load();
  const found = await askStore(context, `${source.name} read`, read, timeLeft(context, end));
  return typeof found === "string" ? found : source.read(found);
}

/** Deletes an old session from its own store. It opens nothing here any more, so a failure is not the request's. */
export async function deleteOld(context: ManagerContext, { source, old }: Claim): Promise<void> {
  try {
    await askStore(context, `${source.name} delete`, () => old.end?.());
  } catch {
    context.warnOnce(
      "LEGACY_NOT_ENDED",
      `An old session that has become one of ours, or was ended, could not be deleted from the store of ${source.name}. It opens nothing here any more; an old version of the application still takes it. This is said once.`,
    );
  }
}
