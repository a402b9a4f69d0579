const utf8 = new TextEncoder();
let view = new DataView(new ArrayBuffer(4_096));

/**
 * Returns the FNV-1a hash of the string's UTF-8 in base 36, computed over little-endian 32-bit words, the last padded
 * with zeros. It detects truncated, damaged or edited records, but does not protect against an attacker. Words rather
 * than bytes, because this runs on every load and bytes take four times as long.
 */
export function checksum(text: string): string {
  const capacity = text.length * 3 + 4;
  if (view.byteLength < capacity) view = new DataView(new ArrayBuffer(capacity));
  const bytes = new Uint8Array(view.buffer);
  const { written } = utf8.encodeInto(text, bytes);
  bytes.fill(0, written, written + 4);
  let hash = 0x811c9dc5;
  for (let at = 0; at < written; at += 4) hash = Math.imul(hash ^ view.getInt32(at, true), 0x01000193);
  return (hash >>> 0).toString(36);
}
