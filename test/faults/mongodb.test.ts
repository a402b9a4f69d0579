import { startMongodb } from "../_servers/mongodb.ts";
import { networkFaults } from "./_suite.ts";

// The driver looks for the server again half a second after each reset.
networkFaults("MongoDB", startMongodb, { strikeEvery: 15 });
