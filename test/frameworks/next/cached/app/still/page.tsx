/** Knows no visitor, and is prerendered as a whole. */
export default function Page() {
  return <h1>still</h1>;
}
