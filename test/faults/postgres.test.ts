import { networkFaults, restartFaults } from "../support/faults/suite.ts";
import { startPostgres } from "../support/servers/postgres.ts";

networkFaults("PostgreSQL", startPostgres);
restartFaults("PostgreSQL", startPostgres);
