import { Suspense } from "react";
import { read } from "../../../site/sessions";

export default function Page() {
  return (
    <Suspense>
      <User />
    </Suspense>
  );
}

/** Is kept by this visitor's browser at most. */
async function User() {
  "use cache: private";
  return <p id="user">{(await read()).userId}</p>;
}
