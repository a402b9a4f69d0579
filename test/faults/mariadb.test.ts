import { networkFaults, restartFaults } from "../support/faults/suite.ts";
import { startMariadb } from "../support/servers/mariadb.ts";

networkFaults("MariaDB", startMariadb);
restartFaults("MariaDB", startMariadb);
