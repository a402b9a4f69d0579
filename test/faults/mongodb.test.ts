import { startMongodb } from "../_servers/mongodb.ts";
import { networkFaults } from "./_suite.ts";

networkFaults("MongoDB", startMongodb);
