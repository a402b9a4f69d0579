import { BadRequestException, Body, Controller, Get, Header, Post, Redirect, UseGuards } from "@nestjs/common";
import { Session, signedIn } from "coatcheck/nest";
import { page } from "./page.js";
import { sessions, type Visit } from "./sessions.js";

@Controller()
export class AppController {
  @Get()
  @Header("content-type", "text/html; charset=utf-8")
  async show(@Session(sessions) session: Session<Visit>): Promise<string> {
    const views = (session.get("views") ?? 0) + 1;
    session.set("views", views);
    const messages = await session.flashes<string>();
    return page({ views, apples: session.get("apples") ?? 0, user: session.userId, messages });
  }

  @Post("apples")
  @Redirect("/", 303)
  async addApple(@Session(sessions) session: Session<Visit>): Promise<void> {
    await session.update("apples", (apples = 0) => apples + 1);
  }

  @Post("sign-in")
  @Redirect("/", 303)
  signIn(@Body("name") name: unknown, @Session(sessions) session: Session<Visit>): void {
    if (typeof name !== "string" || name === "") throw new BadRequestException("Who are you?");
    // A real application asks for more than a name.
    session.login(name);
    session.flash(`Welcome, ${name}.`);
  }

  @Post("sign-out")
  @Redirect("/", 303)
  @UseGuards(signedIn(sessions))
  async signOut(@Session(sessions) session: Session<Visit>): Promise<void> {
    await session.destroy();
  }
}
