import type { SessionStore, StoreCall } from "coatcheck";

/** The store that `serve.ts` keeps, by HTTP: on the edge there are no sockets, and each function has a memory of its own. */
export function remoteStore(): SessionStore {
  return {
    kind: "record",
    name: "remote",
    atomic: true,
    read: (...args) => ask("read", args),
    create: (...args) => ask("create", args),
    replace: (...args) => ask("replace", args),
    touch: (...args) => ask("touch", args),
    delete: (...args) => ask("delete", args),
  };
}

async function ask<T>(name: string, args: readonly unknown[]): Promise<T> {
  const { signal } = args.at(-1) as StoreCall;
  const response = await fetch(`${process.env.STORE_URL}`, {
    method: "POST",
    body: JSON.stringify([name, args]),
    signal,
  });
  const [result] = (await response.json()) as [T];
  return result;
}
