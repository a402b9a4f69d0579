// Not strict, and no module: applications of each framework as old code mounts sessions, for the adapter contract.
const { once } = require("node:events");
const { createServer } = require("node:http");
const { Readable } = require("node:stream");
const core = require("coatcheck");
const { memoryStore } = require("coatcheck/stores/memory");

exports.library = { ...core, memoryStore };

async function serve(listener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { url: `http://localhost:${server.address().port}`, close };
}

const handlerOf = (app, path) => app[path.split("?")[0]] ?? (() => ({ status: 404, body: "nothing here" }));
const exchange = (holder) => ({ session: (sessions) => sessions.get(holder) });

const onExpress = (framework, module) => (mounts, app) => {
  const { session } = require(`coatcheck/${module}`);
  const server = framework().set("env", "test");
  for (const sessions of mounts) server.use(session(sessions, { as: sessions.name }));
  server.use((req, res, next) => {
    const answer = async () => {
      const { status = 200, headers = {}, body = "" } = await handlerOf(app, req.url)(exchange(req));
      res.writeHead(status, headers);
      if (typeof body === "string") res.end(body);
      else Readable.from(body).pipe(res);
    };
    answer().catch(next);
  });
  return serve(server);
};

exports.frameworks = {
  "express 4": onExpress(require("express4"), "express"),
  "express 5": onExpress(require("express"), "express"),
  "koa 3": (mounts, app) => {
    const { session } = require("coatcheck/koa");
    const server = new (require("koa"))();
    server.silent = true;
    for (const sessions of mounts) server.use(session(sessions, { as: sessions.name }));
    server.use(async (ctx) => {
      const { status = 200, headers = {}, body = "" } = await handlerOf(app, ctx.path)(exchange(ctx));
      ctx.status = status;
      ctx.set(headers);
      ctx.body = typeof body === "object" ? Readable.from(body) : body;
    });
    return serve(server.callback());
  },
  "fastify 5": async (mounts, app) => {
    const { session } = require("coatcheck/fastify");
    const server = require("fastify")({ forceCloseConnections: true });
    for (const sessions of mounts) server.register(session(sessions, { as: sessions.name }));
    server.register(async (routes) => {
      for (const path of Object.keys(app)) {
        routes.get(path, async (request, reply) => {
          const { status = 200, headers = {}, body } = await app[path](exchange(request));
          reply.code(status).headers(headers);
          return reply.send(typeof body === "object" ? Readable.from(body) : body);
        });
      }
    });
    const address = await server.listen({ port: 0, host: "127.0.0.1" });
    return { url: address.replace("127.0.0.1", "localhost"), close: () => server.close() };
  },
};
