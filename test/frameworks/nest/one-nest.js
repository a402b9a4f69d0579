// coatcheck is a link here and finds the repository's copy of @nestjs/common. An application has one copy, so this has, too.
import { rmSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";

const own = fileURLToPath(new URL("node_modules/@nestjs/common", import.meta.url));
rmSync(own, { recursive: true, force: true });
symlinkSync(fileURLToPath(new URL("../../../node_modules/@nestjs/common", import.meta.url)), own, "junction");
