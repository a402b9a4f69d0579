/** Something with a deadline; `place` belongs to the queue that holds it. */
export interface Expiring {
  expiresAt: number;
  place: number;
}

/** What expires first, at hand: a binary heap, so that looking is free and any change costs log n. */
export interface Deadlines<T extends Expiring> {
  first(): T | undefined;
  add(item: T): void;
  /** To be called whenever an item's `expiresAt` was changed. */
  moved(item: T): void;
  remove(item: T): void;
}

export function deadlines<T extends Expiring>(): Deadlines<T> {
  const heap: T[] = [];

  const put = (item: T, place: number): void => {
    heap[place] = item;
    item.place = place;
  };

  /** Lets an item rise past those that expire later; true when it did. */
  const rise = (item: T): boolean => {
    const from = item.place;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent] as T;
      if (above.expiresAt <= item.expiresAt) break;
      put(above, place);
      place = parent;
    }
    put(item, place);
    return place !== from;
  };

  const sink = (item: T): void => {
    let place = item.place;
    for (;;) {
      const left = 2 * place + 1;
      const right = left + 1;
      if (left >= heap.length) break;
      const isRight = right < heap.length && (heap[right] as T).expiresAt < (heap[left] as T).expiresAt;
      const child = isRight ? right : left;
      const below = heap[child] as T;
      if (below.expiresAt >= item.expiresAt) break;
      put(below, place);
      place = child;
    }
    put(item, place);
  };

  const moved = (item: T): void => {
    if (!rise(item)) sink(item);
  };

  return {
    first: () => heap[0],
    add: (item) => {
      item.place = heap.length;
      heap.push(item);
      rise(item);
    },
    moved,
    remove: (item) => {
      const last = heap.pop() as T;
      if (last === item) return;
      last.place = item.place;
      moved(last);
    },
  };
}
