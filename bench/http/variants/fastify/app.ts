import { type FastifyInstance, type FastifyRequest, fastify } from "fastify";
import type { Size } from "../../../data.ts";
import type { Access } from "../access.ts";
import { contentType, host, running } from "../listen.ts";
import { routesOf, then } from "../routes.ts";
import type { Running } from "../variant.ts";

export async function serve(
  size: Size,
  access?: Access<FastifyRequest>,
  install?: (app: FastifyInstance) => unknown,
): Promise<Running> {
  const app = fastify();
  await install?.(app);
  for (const [path, answer] of Object.entries(routesOf(size, access))) {
    app.get(path, (request, reply) => {
      void then(answer(request, request.url), (body) => reply.type(contentType).send(body));
    });
  }
  await app.listen({ host, port: 0 });
  return running(app.server);
}
