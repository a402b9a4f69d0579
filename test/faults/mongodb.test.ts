import { networkFaults } from "../support/faults/suite.ts";
import { startMongodb } from "../support/servers/mongodb.ts";

// The driver looks for the server again half a second after each reset.
networkFaults("MongoDB", startMongodb, { strikeEvery: 15 });
