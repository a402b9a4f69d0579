// Has servers from unpacked Debian packages, for an account without rights: unpack-worker.ts unpack|run <folder>
import { unpackedFolders } from "../servers/find.ts";
import { findMariadb, startMariadb } from "../servers/mariadb.ts";
import { findRedis, startRedis } from "../servers/redis.ts";
import { unpack } from "../setup/debian.ts";
import { mysqlVersion } from "../setup/mysql.ts";
import { redisVersion } from "../setup/redis.ts";

const [action, folder] = process.argv.slice(2) as [string, string];
if (action === "unpack") {
  await unpack(["mariadb-server-core", "mariadb-client-core"], folder);
  // The program itself is in redis-tools, which is installed on this machine and so would not come along.
  await unpack(["redis-server", "redis-tools"], folder);
} else {
  const programs = findMariadb(unpackedFolders(folder));
  const program = findRedis(unpackedFolders(folder));
  if (programs === undefined || program === undefined) throw new Error(`Something is missing in ${folder}.`);
  await using mariadb = await startMariadb({ programs });
  await using redis = await startRedis({ program });
  console.log(`${await mysqlVersion(mariadb.url)} and ${await redisVersion(redis.url)} as ${process.getuid?.()}`);
}
