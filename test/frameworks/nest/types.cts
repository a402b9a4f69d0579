// Compiled, never run: what the compiler says of parameters under @Session.
import { Controller, Get, UseGuards } from "@nestjs/common";
import { createSessions, type ReadonlySession } from "coatcheck";
import { Session, SessionModule, signedIn } from "coatcheck/nest";

interface Visit {
  views: number;
}

const sessions = createSessions<Visit>();

@Controller()
@UseGuards(signedIn(sessions))
export class Types {
  @Get("right")
  right(path: string, @Session(sessions) session: Session<Visit>): number {
    return path.length + (session.get("views") ?? 0);
  }

  @Get("wider")
  async wider(@Session(sessions) session: ReadonlySession<Visit> | undefined, @Session(sessions) any: unknown) {
    return [session, any];
  }

  @Get("other-data")
  // @ts-expect-error the session holds other data
  otherData(@Session(sessions) session: Session<{ theme: string }>): string | undefined {
    return session.get("theme");
  }

  @Get("no-session")
  // @ts-expect-error a session is no string
  noSession(path: string, @Session(sessions) session: string): string {
    return path + session;
  }

  @Get("wrong-key")
  wrongKey(@Session(sessions) session: Session<Visit>): unknown {
    // @ts-expect-error not a key of Visit
    return session.get("theme");
  }
}

// @ts-expect-error what is mounted is a manager of sessions
SessionModule.forRoot({});
// @ts-expect-error not an option
SessionModule.forRoot(sessions, { name: "visit" });
