/** People who exist on this page only. A real application has a table of users, with hashes of their passwords. */
export const users: ReadonlyMap<string, string> = new Map([
  ["ada", "Ada"],
  ["grace", "Grace"],
  ["alan", "Alan"],
]);

export interface Item {
  readonly name: string;
  /** In euros. */
  readonly price: number;
}

export const items: ReadonlyMap<string, Item> = new Map([
  ["umbrella", { name: "Umbrella", price: 24 }],
  ["scarf", { name: "Wool scarf", price: 32 }],
  ["hat", { name: "Felt hat", price: 48 }],
  ["coat", { name: "Rain coat", price: 120 }],
]);

export interface Line extends Item {
  readonly id: string;
  readonly count: number;
}

/** A cart as a bill: one line for each kind of item, in the order of the shop. */
export function linesOf(cart: readonly string[]): Line[] {
  return [...items].flatMap(([id, item]) => {
    const count = cart.filter((one) => one === id).length;
    return count > 0 ? [{ ...item, id, count }] : [];
  });
}
