/** Something that is used; the links belong to the list that holds it. */
export interface Used<T> {
  older: T | undefined;
  newer: T | undefined;
}

/** What was used longest ago, at hand: a list linked through its items. */
export interface Recency<T extends Used<T>> {
  oldest(): T | undefined;
  add(item: T): void;
  used(item: T): void;
  remove(item: T): void;
}

export function recency<T extends Used<T>>(): Recency<T> {
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
