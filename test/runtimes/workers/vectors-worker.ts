import { answerCases } from "./_cases.ts";
import { vectorCases } from "./_vectors.ts";

export default { fetch: (request: Request): Promise<Response> => answerCases(request, vectorCases) };
