import { type DurableObjectNamespace, durableObjectStore } from "coatcheck/stores/durable-object";
import { storeConformance } from "coatcheck/testing";
import { answerCases } from "./_cases.ts";

export { SessionShard } from "coatcheck/stores/durable-object";

export default {
  fetch(request: Request, { SESSIONS }: { SESSIONS: DurableObjectNamespace }): Promise<Response> {
    const shards = Number(new URL(request.url).pathname.slice(1));
    const make = () => durableObjectStore({ namespace: SESSIONS, shards, prefix: `${crypto.randomUUID()}:` });
    return answerCases(request, storeConformance(make, { without: ["prune"] }));
  },
};
