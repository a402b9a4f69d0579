import type { TypeCodec } from "../../types/options.ts";

interface BufferClass {
  isBuffer(value: unknown): boolean;
  from(text: string, encoding: "base64"): Uint8Array;
}

/** Read late, from the global: not every runtime has `Buffer`. */
const bufferClass = (): BufferClass | undefined => (globalThis as { Buffer?: BufferClass }).Buffer;

/** Encodes Node's `Buffer`, which would otherwise be decoded as a `Uint8Array`, whose `toString()` differs. */
export const buffers: TypeCodec<Uint8Array, string> = {
  test: (value): value is Uint8Array => bufferClass()?.isBuffer(value) === true,
  encode: (value) => (value as unknown as { toString(encoding: string): string }).toString("base64"),
  decode: (text) =>
    bufferClass()?.from(text, "base64") ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)),
};
