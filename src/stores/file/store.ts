import type { SessionStore, StoreCall } from "../../types/store.ts";
import { create } from "./create.ts";
import { toStoreError, unavailable } from "./errors.ts";
import { countLive, listAll, listUser } from "./list.ts";
import { pruner } from "./prune.ts";
import { readCacheOf } from "./read-cache.ts";
import { clear, remove } from "./remove.ts";
import type { Check, Root } from "./root.ts";
import { replace, touch } from "./update.ts";

/** Creates the file store. `prepare` creates and checks the directory, before the first operation and after a failure. */
export function fileStoreIn(root: Root, prepare: () => Promise<void>): SessionStore {
  let preparing: Promise<void> | undefined;
  let isReady = false;
  let isClosed = false;
  const prune = pruner(root);
  const cache = readCacheOf(root);

  const ready = async (): Promise<void> => {
    preparing ??= prepare()
      .then(() => {
        isReady = true;
      })
      .finally(() => {
        preparing = undefined;
      });
    await preparing;
  };

  const run = async <T>(call: StoreCall | undefined, act: (check: Check) => Promise<T>): Promise<T> => {
    const signal = call?.signal;
    const check = (): void => {
      if (signal?.aborted)
        throw unavailable("The file store reached this operation after its time limit, and wrote nothing.");
    };
    try {
      if (isClosed) throw unavailable("The file store is closed, and wrote nothing.");
      if (!isReady) await ready();
      check();
      return await act(check);
    } catch (error) {
      throw toStoreError(root.path, error);
    }
  };

  return {
    kind: "record",
    name: "file",
    atomic: true,
    read: (key, now, call) => run(call, () => cache.read(key, now)),
    create: (record, _now, call) => run(call, (check) => create(root, record, check)),
    replace: (record, expected, now, call) =>
      run(call, async (check) => {
        const head = await replace(root, record, { expected, now, check });
        if (head) cache.update(record, head, record);
        return head !== undefined;
      }),
    touch: (key, expected, lastSeenAt, expiresAt, now, call) =>
      run(call, async (check) => {
        const head = await touch(root, key, { lastSeenAt, expiresAt }, { expected, now, check });
        if (head) cache.update(key, head);
        return head !== undefined;
      }),
    delete: (key, call) => run(call, (check) => remove(root, key, check)),
    list: (namespace, filter, now, call) =>
      run(call, (check) => {
        const { userId } = filter;
        if (userId === undefined) return listAll(root, namespace, filter, now, check);
        return listUser(root, namespace, { ...filter, userId }, now, check);
      }),
    prune: (now, limit, call) => run(call, (check) => prune(now, limit, check)),
    clear: (namespace, call) => run(call, (check) => clear(root, namespace, check)),
    count: (namespace, now, call) => run(call, (check) => countLive(root, namespace, now, check)),
    setup: (call) => run(call, prepare),
    async close() {
      isClosed = true;
    },
  };
}
