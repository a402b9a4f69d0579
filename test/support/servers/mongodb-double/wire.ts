import { type Doc, decode, encode } from "./bson.ts";

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER = 16;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;

export interface Message {
  readonly command: Doc;
  readonly wantsReply: boolean;
  /** The bytes of a reply. */
  reply(document: Doc): Buffer;
}

/** Cuts what arrives into messages. Gives what is left over for the next time. */
export function split(bytes: Buffer): { messages: Buffer[]; rest: Buffer } {
  const messages = [];
  let rest = bytes;
  while (rest.length >= HEADER && rest.length >= rest.readInt32LE(0)) {
    const length = rest.readInt32LE(0);
    messages.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return { messages, rest };
}

export function parse(message: Buffer): Message {
  const requestId = message.readInt32LE(4);
  const opcode = message.readInt32LE(12);
  if (opcode === OP_MSG) {
    const flags = message.readUInt32LE(HEADER);
    const end = message.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
    return {
      command: sections(message.subarray(HEADER + 4, end)),
      wantsReply: (flags & MORE_TO_COME) === 0,
      reply: (document) => frame(requestId, OP_MSG, [Buffer.alloc(5), encode(document)]),
    };
  }
  if (opcode === OP_QUERY) {
    // Flags, name of the collection, how many to skip and to give, the command.
    const name = message.indexOf(0, HEADER + 4);
    return {
      command: { ...decode(message.subarray(name + 9)), $db: message.toString("utf8", HEADER + 4, name).split(".")[0] },
      wantsReply: true,
      reply: (document) => frame(requestId, OP_REPLY, [replyHead(), encode(document)]),
    };
  }
  throw new Error(`Nobody taught the double messages of the kind ${opcode}.`);
}

/** One document, and lists that are to be fields of it. */
function sections(bytes: Buffer): Doc {
  const parts: Doc[] = [];
  for (let at = 0; at < bytes.length; ) {
    const isList = bytes[at] === 1;
    const length = bytes.readInt32LE(at + 1);
    const section = bytes.subarray(at + 1, at + 1 + length);
    parts.push(isList ? list(section) : decode(section));
    at += 1 + length;
  }
  return Object.assign({}, ...parts);
}

function list(section: Buffer): Doc {
  const end = section.indexOf(0, 4);
  const documents: Doc[] = [];
  for (let at = end + 1; at < section.length; at += section.readInt32LE(at)) {
    documents.push(decode(section.subarray(at, at + section.readInt32LE(at))));
  }
  return { [section.toString("utf8", 4, end)]: documents };
}

function replyHead(): Buffer {
  const head = Buffer.alloc(20);
  const numberReturned = 16;
  head.writeInt32LE(1, numberReturned);
  return head;
}

let lastId = 0;

function frame(requestId: number, opcode: number, parts: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeInt32LE(HEADER + parts.reduce((sum, { length }) => sum + length, 0), 0);
  header.writeInt32LE(++lastId, 4);
  header.writeInt32LE(requestId, 8);
  header.writeInt32LE(opcode, 12);
  return Buffer.concat([header, ...parts]);
}
