// An application as `nest build` makes one: decorators, and CommonJS, where "coatcheck/nest" is required.
import "reflect-metadata";
import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  HttpCode,
  HttpException,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Session as NestSession,
  Post,
  Req,
  Res,
  Sse,
  UseGuards,
} from "@nestjs/common";
import { APP_FILTER, APP_GUARD, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { createSessions, SessionError } from "coatcheck";
import { session as fastifySession } from "coatcheck/fastify";
import { Session, SessionModule, signedIn } from "coatcheck/nest";
import { memoryStore } from "coatcheck/stores/memory";
import { of } from "rxjs";

interface Visit {
  views: number;
}
interface Taste {
  theme: "light" | "dark";
}
interface AnyResponse {
  header(name: string, value: string): unknown;
  status(code: number): { send(body: unknown): unknown };
}

/** Where this runs: Express, Fastify, Fastify with sessions before Nest's middleware, or no HTTP at all. */
const platform = process.argv[2] as "express" | "fastify" | "fastify-first" | "none";

let isDown = false;
const memory = memoryStore();
const store: typeof memory = {
  ...memory,
  create: async (...call) => {
    if (isDown) throw new Error("The disk is full.");
    return memory.create(...call);
  },
};
const sessions = createSessions<Visit>({ store, observer: () => undefined });
const tastes = createSessions<Taste>({ name: "taste", store: memoryStore(), observer: () => undefined });

@Injectable()
class CountingGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const session = sessions.get(context.switchToHttp().getRequest());
    session.set("views", (session.get("views") ?? 0) + 1);
    return true;
  }
}

@Catch(SessionError)
class SessionErrorFilter implements ExceptionFilter<SessionError> {
  catch(error: SessionError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<AnyResponse>();
    response.header("x-code", error.code);
    response.status(error.status).send({ code: error.code });
  }
}

@Controller()
class AppController {
  @Get("views")
  views(@Session(sessions) session: Session<Visit>): { views: number | undefined } {
    return { views: session.get("views") };
  }

  @Post("theme")
  @HttpCode(200)
  theme(@Session(tastes) taste: Session<Taste>, @Session(sessions) session: Session<Visit>): unknown {
    taste.set("theme", "dark");
    return { theme: taste.get("theme"), views: session.get("views") };
  }

  @Post("login")
  login(@NestSession() session: Session<Visit>): void {
    session.login("ada");
  }

  @Get("account")
  @UseGuards(signedIn(sessions))
  account(@Session(sessions) { userId }: Session<Visit>): unknown {
    return { userId };
  }

  @Get("seen-by-middleware")
  seen(@Req() request: { raw?: { seen: boolean }; seen: boolean }): unknown {
    return { seen: (request.raw ?? request).seen };
  }

  @Sse("events")
  events(): unknown {
    return of({ data: "hello" });
  }

  @Get("full")
  full(@Res({ passthrough: true }) response: AnyResponse): string {
    isDown = true;
    response.header("etag", '"of the answer that is dropped"');
    return "stored";
  }

  @Get("empty")
  empty(): string {
    isDown = false;
    return "emptied";
  }

  @Get("teapot")
  teapot(): never {
    throw new HttpException("short and stout", 418);
  }
}

@Module({
  imports: [
    ...(platform === "fastify-first" ? [] : [SessionModule.forRoot(sessions)]),
    SessionModule.forRoot(tastes, { as: "taste", lazy: true }),
  ],
  controllers: [AppController],
  providers: [
    { provide: APP_GUARD, useClass: CountingGuard },
    { provide: APP_FILTER, useClass: SessionErrorFilter },
  ],
})
class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    const look = (request: object, _response: unknown, next: () => void): void => {
      Object.assign(request, { seen: sessions.tryGet(request) !== undefined });
      next();
    };
    consumer.apply(look).forRoutes(AppController);
  }
}

async function main(): Promise<void> {
  if (platform === "none") {
    const context = await NestFactory.createApplicationContext(AppModule, { logger: false });
    console.log(typeof context.get(AppController));
    return context.close();
  }
  const adapter = platform === "express" ? new ExpressAdapter() : new FastifyAdapter();
  if (platform === "fastify-first") (adapter as FastifyAdapter).register(fastifySession(sessions) as never);
  const app = await NestFactory.create(AppModule, adapter, { logger: false, forceCloseConnections: true });
  app.setGlobalPrefix("api");
  await app.listen(0, "127.0.0.1");
  console.log(`http://localhost:${app.getHttpServer().address().port}/api`);
}

void main();
