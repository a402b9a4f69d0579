import { type Html, html } from "./html.ts";
import { items, type Line, linesOf } from "./shop.ts";

const euros = new Intl.NumberFormat("en", { style: "currency", currency: "EUR", maximumFractionDigits: 0 });

/** The shop and the cart. */
export function shop(cart: readonly string[]): Html {
  const offers = [...items].map(
    ([id, { name, price }]) => html`
<li><button class="offer" name="item" value="${id}"><span>${name}</span> <span class="price">${euros.format(price)}</span> <span class="plus">Add<span class="hidden"> ${name}</span></span></button></li>`,
  );
  return html`
<section class="card" aria-labelledby="cart">
<h2 id="cart">Cart <span class="count">${cart.length}<span class="hidden"> things</span></span></h2>
<form method="post" action="/cart/add"><ul class="offers">${offers}</ul></form>
${cart.length === 0 ? html`<p class="empty">Your cart is empty.</p>` : bill(linesOf(cart))}
</section>`;
}

function bill(lines: readonly Line[]): Html {
  const total = lines.reduce((sum, { price, count }) => sum + price * count, 0);
  const rows = lines.map(
    ({ id, name, price, count }) => html`
<tr><th scope="row">${name}</th><td>${count} ×</td><td>${euros.format(price * count)}</td>
<td><button class="quiet" name="item" value="${id}" aria-label="Remove one ${name}">Remove</button></td></tr>`,
  );
  return html`
<form method="post" action="/cart/remove">
<table class="bill">
<caption class="hidden">In your cart</caption>
<thead class="hidden"><tr><th scope="col">Item</th><th scope="col">Count</th><th scope="col">Price</th><th scope="col">Action</th></tr></thead>
<tbody>${rows}</tbody>
<tfoot><tr><th scope="row" colspan="2">Total</th><td>${euros.format(total)}</td><td><button class="quiet" formaction="/cart/empty">Empty</button></td></tr></tfoot>
</table>
</form>`;
}
