import "reflect-metadata";
import { Readable } from "node:stream";
import {
  Controller,
  Get,
  HttpException,
  type INestApplication,
  Module,
  Req,
  Res,
  StreamableFile,
} from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import * as core from "coatcheck";
import { SessionModule } from "coatcheck/nest";
import { memoryStore } from "coatcheck/stores/memory";
import type { AdapterApp, AdapterUnderTest, Exchange } from "coatcheck/testing";
import { request } from "../../support/adapters/node.ts";

interface AnyResponse {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
}

type Route = (req: object, res: AnyResponse) => Promise<unknown>;

/** A controller as Nest's decorators make one. They are called here: what runs this file does not read decorators. */
function controllerOf(app: AdapterApp): new () => object {
  class Routes {}
  const methods = Routes.prototype as Record<string, Route>;
  Controller()(Routes);
  for (const [path, handler] of Object.entries(app)) {
    methods[path] = async (req, res) => {
      const exchange: Exchange = { session: (sessions) => sessions.get(req) };
      const { status = 200, headers = {}, body } = await Promise.resolve(exchange).then(handler).catch(asThrownInNest);
      res.status(status);
      for (const [name, value] of Object.entries(headers)) res.header(name, value);
      return typeof body === "object" ? new StreamableFile(Readable.from(body, { objectMode: false })) : body;
    };
    Get(path)(methods, path, { value: methods[path] });
    Req()(methods, path, 0);
    Res({ passthrough: true })(methods, path, 1);
  }
  return Routes;
}

/** Nest knows an error's status by this class. The library's own errors reach the filters as they are. */
function asThrownInNest(error: Error & { status?: number }): never {
  throw error.status === undefined || error instanceof core.SessionError
    ? error
    : new HttpException(error.message, error.status);
}

export const nestEntry = (platform: () => AbstractHttpAdapter): AdapterUnderTest => ({
  library: { ...core, memoryStore },
  request,
  serve: async (mounts, app) => {
    const imports = mounts.map((sessions) => SessionModule.forRoot(sessions, { as: sessions.name }));
    class Root {}
    Module({ imports, controllers: [controllerOf(app)] })(Root);
    const nest: INestApplication = await NestFactory.create(Root, platform(), {
      logger: false,
      forceCloseConnections: true,
    });
    await nest.listen(0, "127.0.0.1");
    const { port } = nest.getHttpServer().address();
    return { url: `http://localhost:${port}`, close: () => nest.close() };
  },
});
