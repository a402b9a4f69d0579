export const GET = () => Response.json({ runtime: (globalThis as { EdgeRuntime?: string }).EdgeRuntime });

export const runtime = "edge";
