import { Module, type OnApplicationShutdown } from "@nestjs/common";
import { SessionModule } from "coatcheck/nest";
import { AppController } from "./app.controller.js";
import { sessions } from "./sessions.js";

@Module({
  imports: [SessionModule.forRoot(sessions)],
  controllers: [AppController],
})
export class AppModule implements OnApplicationShutdown {
  onApplicationShutdown(): Promise<void> {
    return sessions.close();
  }
}
