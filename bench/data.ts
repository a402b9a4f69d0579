/** How much a session holds, as JSON: 500 bytes or 20 kB. Sizes of one kind are equal to the byte for every visitor. */
export type Size = "500 B" | "20 kB";

/** Ten keys or so, as applications have them: who it is, what is in the cart, and the small counter that the routes use. */
export interface BenchData {
  views: number;
  user: { id: string; name: string; email: string; roles: string[] };
  cart: { sku: string; quantity: number; price: number }[];
  csrf: string;
  note: string;
  [page: `page${number}`]: { title: string; path: string; seenAt: number }[];
}

const bytes: Readonly<Record<Size, number>> = { "500 B": 500, "20 kB": 20_000 };

export function sessionData(size: Size, visitor: number): BenchData {
  const number = String(visitor).padStart(6, "0");
  const data: BenchData = {
    views: 0,
    user: {
      id: `user-${number}`,
      name: "Ada Lovelace",
      email: `ada.${number}@example.com`,
      roles: ["reader", "editor"],
    },
    cart: [101, 202].map((sku) => ({ sku: `coat-${number}-${sku}`, quantity: 2, price: 12.5 })),
    csrf: `t0ken${number}`.padEnd(43, "x"),
    note: "",
  };
  if (size === "20 kB") for (let page = 0; page < 8; page++) data[`page${page}`] = pageHistory(number, page);
  data.note = "n".repeat(bytes[size] - JSON.stringify(data).length);
  return data;
}

function pageHistory(number: string, page: number): { title: string; path: string; seenAt: number }[] {
  return Array.from({ length: 22 }, (_, entry) => ({
    title: `Coat number ${entry} of ${page} for ${number}`,
    path: `/shop/coats/${page}/${entry}`,
    seenAt: 1_790_000_000_000 + entry,
  }));
}
