// Not strict, and no module: what old applications are written in. It does what they do, and each deed has to be told.
const { createSessions } = require("coatcheck");
const { memoryStore } = require("coatcheck/stores/memory");

const sessions = createSessions({ store: memoryStore(), pruneInterval: false, observer: () => undefined });
const done = () => undefined;

/** What a handler does with its session, and with the request or the context that holds it. */
const deeds = {
  assign: (session) => {
    session.views = 1;
  },
  "assign-method": (session) => {
    session.flash = session.flash || {};
  },
  "assign-null": (_, holder) => {
    holder.session = null;
  },
  "assign-object": (_, holder) => {
    holder.session = {};
  },
  "delete-key": (session) => delete session.cart,
  "delete-session": (_, holder) => delete holder.session,
  read: (session) => (session.banned ? "banned" : "let in"),
  "read-in": (session) => ("banned" in session ? "banned" : "let in"),
  "save-callback": (session) => session.save(done),
  "regenerate-callback": (session) => session.regenerate(done),
  "regenerate-list": (session) => session.regenerate(["cart"]),
  "destroy-callback": (session) => session.destroy(done),
  "login-callback": (session) => session.login("ann", done),
  // Puts a note wherever it can, and looks for notes of others.
  share: (session, _, note) => {
    const places = [session, session.constructor, Object.getPrototypeOf(session)];
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(session));
    for (const name of names) {
      const { get, set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(session), name);
      places.push(get, set, session[name]);
    }
    const isObject = (place) => Object(place) === place;
    return places.filter(isObject).map((place) => {
      try {
        const before = place._note;
        place._note = note;
        return before;
      } catch {
        return undefined;
      }
    });
  },
};

/** Does the deed that a path names; `"fine"` where nobody noticed. */
function act(holder, path) {
  const { pathname, searchParams } = new URL(path, "http://localhost");
  return deeds[pathname.slice(1)](sessions.get(holder), holder, searchParams.get("note")) ?? "fine";
}

const onExpress = (framework) => () => {
  const app = framework().set("env", "test");
  app.use(require("coatcheck/express").session(sessions));
  app.use((req, res) => res.json(act(req, req.url)));
  app.use((error, _req, res, _next) => res.status(500).json({ message: error.message }));
  return app.listen(0, "127.0.0.1", started);
};

const frameworks = {
  express: onExpress(require("express")),
  express4: onExpress(require("express4")),
  koa: () => {
    const app = new (require("koa"))();
    app.use(async (ctx, next) => {
      try {
        await next();
      } catch (error) {
        ctx.status = 500;
        ctx.body = { message: error.message };
      }
    });
    app.use(require("coatcheck/koa").session(sessions));
    app.use((ctx) => {
      ctx.body = JSON.stringify(act(ctx, ctx.url));
    });
    return app.listen(0, "127.0.0.1", started);
  },
  fastify: () => {
    const app = require("fastify").fastify();
    app.register(require("coatcheck/fastify").session(sessions));
    app.setErrorHandler((error, _request, reply) => reply.code(500).send({ message: error.message }));
    app.get("/*", (request, reply) => reply.send(JSON.stringify(act(request, request.url))));
    app.listen({ port: 0, host: "127.0.0.1" }).then(() => started.call(app.server));
  },
};

function started() {
  process.stdout.write(`${this.address().port}\n`);
}

frameworks[process.argv[2]]();
