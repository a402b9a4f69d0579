#!/usr/bin/env node
import { main } from "../dist/cli/main.js";

process.exitCode = await main(process.argv.slice(2));
// When all is written; a connection that no longer answers does not keep the process.
process.stdout.write("", () => process.exit());
