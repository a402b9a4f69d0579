// Draws docs/images/terminal.svg from what the command really prints: node --import tsx scripts/terminal.ts
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { createSessions } from "coatcheck";
import { openStore } from "coatcheck/stores/open";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "bin/coatcheck.js");
const script = "/usr/bin/script";

/** A line on the screen. What was typed is behind the prompt. */
export type Line = { readonly typed: string } | { readonly printed: string };

/** Makes an application, starts its sessions at a terminal of its own, and lists those of its users. */
export async function record(): Promise<Line[]> {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-terminal-"));
  try {
    mkdirSync(join(folder, "src"));
    const dependencies = { coatcheck: "0.1.0", express: "5.3.0", libsql: "0.5.29" };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", dependencies }));
    writeFileSync(join(folder, "tsconfig.json"), "{}");
    const started = await printed(folder, ["init"], ["", ""]);
    await addSessions(join(folder, "data/sessions.db"));
    const list = ["list", "--store", "sqlite:data/sessions.db"];
    return [
      { typed: "npx coatcheck init" },
      ...started,
      { printed: "" },
      { typed: `npx coatcheck ${list.join(" ")}` },
      ...(await printed(folder, list, [])),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The lines that a command shows, where each question is answered. */
async function printed(cwd: string, args: readonly string[], answers: readonly string[]): Promise<Line[]> {
  // Node 22 says of its own driver for SQLite that it is new.
  const env = { ...process.env, NODE_NO_WARNINGS: "1" };
  const child = spawn(script, ["-qec", `${process.execPath} ${bin} ${args.join(" ")}`, "/dev/null"], { cwd, env });
  const left = [...answers];
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    shown += part;
    if (/: $/.test(shown) && left.length > 0) child.stdin.write(`${left.shift()}\n`);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`coatcheck ${args.join(" ")} ended with ${code}:\n${shown}`);
  const text = stripVTControlCharacters(shown).replaceAll("\r", "");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => ({ printed: line.trimEnd() }));
}

async function addSessions(path: string): Promise<void> {
  const store = await openStore(`sqlite:${path}`);
  await store.setup?.();
  const [now, minute] = [Date.now(), 60_000];
  const sessions = createSessions<{ views: number }>({ store, pruneInterval: false });
  const { id: model } = await sessions.issue({ data: { views: 3 } });
  const { body = "" } = (await store.read({ namespace: "session", id: model }, now)) ?? {};
  await sessions.revoke(model, { anyUser: true });
  const visits = [
    { id: "Vf3kq9LxT0aZ7mWcR2hYdA", userId: "ann", created: 180, seen: 12 },
    { id: "b8Qn1sJ4uKpE6oGvX5tMwQ", userId: "bob", created: 95, seen: 5 },
    { id: "y2DcH7rNiB9fSg0PzUe3lQ", userId: undefined, created: 8, seen: 1 },
  ];
  for (const { id, userId, created, seen } of visits) {
    const times = { createdAt: now - created * minute, lastSeenAt: now - seen * minute, expiresAt: now + 480 * minute };
    await store.create({ namespace: "session", id, userId, version: 1, commitId: "first", body, ...times }, now);
  }
  await sessions.close();
}

const [size, leading, margin] = [14, 21, 20];

/** One drawing for both color schemes: a browser chooses by what the reader prefers. */
export function draw(lines: readonly Line[]): string {
  const escaped = (text: string): string =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const texts = lines.map((line) => ("typed" in line ? `$ ${line.typed}` : line.printed));
  const width = Math.ceil(Math.max(...texts.map((text) => text.length)) * size * 0.602) + 2 * margin;
  const height = lines.length * leading + 2 * margin + leading;
  const rows = lines.map((line, at) => {
    const y = margin + (at + 2) * leading - 6;
    const text =
      "typed" in line
        ? `<tspan class="prompt">$</tspan> <tspan class="typed">${escaped(line.typed)}</tspan>`
        : escaped(line.printed);
    return `<text x="${margin}" y="${y}">${text}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="A terminal with npx coatcheck init and npx coatcheck list">
<style>
rect { fill: #ffffff; stroke: #d0d7de }
circle { fill: #d0d7de }
text { font: ${size}px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328; white-space: pre }
.prompt { fill: #6e7781 }
.typed { fill: #0550ae; font-weight: bold }
@media (prefers-color-scheme: dark) {
  rect { fill: #161b22; stroke: #30363d }
  circle { fill: #484f58 }
  text { fill: #e6edf3 }
  .prompt { fill: #8b949e }
  .typed { fill: #79c0ff }
}
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${[0, 1, 2].map((at) => `<circle cx="${margin + at * 18}" cy="18" r="5"/>`).join("")}
${rows.join("\n")}
</svg>
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeFileSync(join(root, "docs/images/terminal.svg"), draw(await record()));
}
