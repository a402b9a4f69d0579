import { startPostgres } from "../_servers/postgres.ts";
import { networkFaults, restartFaults } from "./_suite.ts";

networkFaults("PostgreSQL", startPostgres);
restartFaults("PostgreSQL", startPostgres);
