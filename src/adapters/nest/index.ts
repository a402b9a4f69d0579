import {
  type CanActivate,
  createParamDecorator,
  type DynamicModule,
  type ExecutionContext,
  type HttpServer,
  Inject,
  type MiddlewareConsumer,
  type NestModule,
  UnauthorizedException,
} from "@nestjs/common";
import type { DefaultData, Session as SessionOf } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { session as expressSession } from "../express/index.ts";
import { session as fastifySession } from "../fastify/index.ts";
import { checkMount, type MountOptions } from "../shared/mount-options.ts";

export type { MountOptions } from "../shared/mount-options.ts";

/** The type of a parameter with `@Session(sessions)`. It has the same name, so that one import covers both. */
export type Session<Data extends object = DefaultData> = SessionOf<Data>;

type Mount = (server: HttpServer) => unknown;
const mountToken: unique symbol = Symbol("coatcheck.mount");

/**
 * Sessions for NestJS on Express or Fastify: `imports: [SessionModule.forRoot(sessions)]` in the root module, once per
 * manager. `as` names the property of the request. @default "session"
 *
 * The session is open before the first guard, and on Express also before Nest's middleware. The response is sent after
 * the commit, and an error of the commit goes to the exception filters.
 */
export class SessionModule implements NestModule {
  readonly #mount: Mount;

  constructor(mount: Mount) {
    this.#mount = mount;
  }

  static forRoot<Data extends object>(sessions: SessionManager<Data>, options: MountOptions = {}): DynamicModule {
    checkMount(sessions, options, undefined, "SessionModule.forRoot()");
    const mount: Mount = (server) =>
      server.getType() === "fastify"
        ? server.getInstance().register(fastifySession(sessions, options))
        : server.use(expressSession(sessions, options));
    return { module: SessionModule, providers: [{ provide: mountToken, useValue: mount }] };
  }

  /** Called by Nest before it mounts the middleware of any module. */
  configure(consumer: MiddlewareConsumer): void {
    this.#mount((consumer as MiddlewareConsumer & { getHttpAdapter(): HttpServer }).getHttpAdapter());
  }
}
Inject(mountToken)(SessionModule, undefined, 0);

const sessionOf = <Data extends object>(
  sessions: SessionManager<Data>,
  context: ExecutionContext,
): Promise<SessionOf<Data>> => sessions.get(context.switchToHttp().getRequest<object>()).load();

/** Injects the session of the request: `index(@Session(sessions) session: Session<Visit>)`. Loads a lazy session. */
export function Session<Data extends object>(sessions: SessionManager<Data>): SessionParameter<Data> {
  return createParamDecorator((_, context) => sessionOf(sessions, context))() as SessionParameter<Data>;
}

/** Returns a guard for signed-in users, as in `@UseGuards(signedIn(sessions))`. Other clients get 401. */
export function signedIn<Data extends object>(sessions: SessionManager<Data>): CanActivate {
  return {
    canActivate: async (context) => {
      const { userId } = await sessionOf(sessions, context);
      if (userId === undefined) throw new UnauthorizedException();
      return true;
    },
  };
}

/** A decorator that does not compile on a parameter of another type. */
type SessionParameter<Data extends object> = <Target extends object, Name, Index extends number>(
  target: Target,
  name: Name,
  index: Index & Fitting<SessionOf<Data>, Name extends keyof Target ? Target[Name] : undefined, Index>,
) => void;

type Fitting<Value, Handler, Index extends number> = Handler extends (...args: infer Parameters) => void
  ? Value extends Parameters[Index]
    ? unknown
    : { readonly expected: Value }
  : unknown;
