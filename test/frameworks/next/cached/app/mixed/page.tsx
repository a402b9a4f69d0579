import { randomUUID } from "node:crypto";
import type { ReadonlySession } from "coatcheck";
import { cacheLife } from "next/cache";
import { Suspense } from "react";
import { Seen } from "../../../site/app/seen";
import { read, type Visit } from "../../../site/sessions";

/** What is the same for all, what is for one visitor, and what is made once for each user. */
export default function Page() {
  return (
    <>
      <h1>for all</h1>
      <Made id="shared" />
      <Suspense fallback={<p>who is it?</p>}>
        <Seen />
        <ForUser />
      </Suspense>
    </>
  );
}

async function Made({ id }: { id: string }) {
  "use cache";
  cacheLife("max");
  return <p id={id}>{randomUUID()}</p>;
}

async function ForUser() {
  const session = await read();
  async function closure() {
    "use cache";
    return `closure: ${session.userId}`;
  }
  return (
    <>
      <Made id={`of-${session.userId}`} />
      <pre>{JSON.stringify([await closure(), await argument(session)])}</pre>
    </>
  );
}

async function argument(session: ReadonlySession<Visit>) {
  "use cache";
  return Object.keys(session);
}
