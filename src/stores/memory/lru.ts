/** An item of an `LruList`. The list that holds it owns the links. */
export interface LruItem<T> {
  older: T | undefined;
  newer: T | undefined;
}

/** A list in order of use, linked through its items. */
export interface LruList<T extends LruItem<T>> {
  oldest(): T | undefined;
  add(item: T): void;
  used(item: T): void;
  remove(item: T): void;
}

export function lruList<T extends LruItem<T>>(): LruList<T> {
  let oldest: T | undefined;
  let newest: T | undefined;

  const add = (item: T): void => {
    item.older = newest;
    item.newer = undefined;
    if (newest) newest.newer = item;
    else oldest = item;
    newest = item;
  };

  const remove = (item: T): void => {
    if (item.older) item.older.newer = item.newer;
    else oldest = item.newer;
    if (item.newer) item.newer.older = item.older;
    else newest = item.older;
    item.older = undefined;
    item.newer = undefined;
  };

  return {
    oldest: () => oldest,
    add,
    remove,
    used: (item) => {
      if (item === newest) return;
      remove(item);
      add(item);
    },
  };
}
