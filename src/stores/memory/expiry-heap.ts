/** An item that expires. The heap that holds it owns `index`. */
export interface Expiring {
  expiresAt: number;
  index: number;
}

/** A binary heap by expiry: reading the first item is O(1), any change O(log n). */
export interface ExpiryHeap<T extends Expiring> {
  first(): T | undefined;
  add(item: T): void;
  /** Restores the order. Call it whenever an item's `expiresAt` has changed. */
  moved(item: T): void;
  remove(item: T): void;
}

export function expiryHeap<T extends Expiring>(): ExpiryHeap<T> {
  const heap: T[] = [];

  const setAt = (item: T, index: number): void => {
    heap[index] = item;
    item.index = index;
  };

  /** Moves an item up past those that expire later. Returns whether it moved. */
  const rise = (item: T): boolean => {
    const from = item.index;
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as T;
      if (above.expiresAt <= item.expiresAt) break;
      setAt(above, index);
      index = parent;
    }
    setAt(item, index);
    return index !== from;
  };

  const sink = (item: T): void => {
    let index = item.index;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      if (left >= heap.length) break;
      const isRight = right < heap.length && (heap[right] as T).expiresAt < (heap[left] as T).expiresAt;
      const child = isRight ? right : left;
      const below = heap[child] as T;
      if (below.expiresAt >= item.expiresAt) break;
      setAt(below, index);
      index = child;
    }
    setAt(item, index);
  };

  const moved = (item: T): void => {
    if (!rise(item)) sink(item);
  };

  return {
    first: () => heap[0],
    add: (item) => {
      item.index = heap.length;
      heap.push(item);
      rise(item);
    },
    moved,
    remove: (item) => {
      const last = heap.pop() as T;
      if (last === item) return;
      last.index = item.index;
      moved(last);
    },
  };
}
