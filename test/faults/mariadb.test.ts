import { startMariadb } from "../_servers/mariadb.ts";
import { networkFaults, restartFaults } from "./_suite.ts";

networkFaults("MariaDB", startMariadb);
restartFaults("MariaDB", startMariadb);
