import { type D1Database, d1Store } from "coatcheck/stores/d1";
import { storeConformance } from "coatcheck/testing";
import { answerCases } from "./_cases.ts";

const table = (): string => `t_${crypto.randomUUID().replaceAll("-", "")}`;

export default {
  fetch: (request: Request, { DB }: { DB: D1Database }): Promise<Response> =>
    answerCases(
      request,
      storeConformance(() => d1Store({ database: DB, table: table() })),
    ),
};
