import { unpacked } from "../servers/find.ts";
import { findNginx } from "../servers/nginx.ts";
import { isDebian, unpack } from "./debian.ts";
import type { Service } from "./service.ts";

/** Unpacked and not installed, also by root: an installed nginx is started as the machine's own web server. */
export const nginx: Service<string> = {
  async start() {
    const found = findNginx();
    if (found !== undefined) return { value: found, note: `found (${found})` };
    if (!isDebian) return { missing: "install nginx" };
    try {
      await unpack(["nginx"], unpacked);
    } catch (error) {
      return { missing: error instanceof Error ? error.message : `${error}` };
    }
    const program = findNginx();
    if (program === undefined) return { missing: "Debian's package has no nginx" };
    return { value: program, note: `unpacked from Debian's packages (${program})` };
  },
};
