const utf8 = new TextEncoder();
let view = new DataView(new ArrayBuffer(4_096));

/**
 * FNV-1a over the text's UTF-8 in words of 32 bits, little endian, the last one filled up with zeros; in base 36. It
 * notices a record that was truncated, damaged or edited, and is no protection against an attacker. Words, because this
 * runs on every load and bytes take four times as long.
 */
export function checksum(text: string): string {
  const room = text.length * 3 + 4;
  if (view.byteLength < room) view = new DataView(new ArrayBuffer(room));
  const bytes = new Uint8Array(view.buffer);
  const { written } = utf8.encodeInto(text, bytes);
  bytes.fill(0, written, written + 4);
  let hash = 0x811c9dc5;
  for (let at = 0; at < written; at += 4) hash = Math.imul(hash ^ view.getInt32(at, true), 0x01000193);
  return (hash >>> 0).toString(36);
}
