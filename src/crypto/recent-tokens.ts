import type { TokenScope } from "./derived-keys.ts";
import { Recent } from "./recent.ts";
import { SeenLately } from "./seen-lately.ts";

/** What a token holds. */
interface TokenContent {
  readonly text: string;
  readonly stale: boolean;
  readonly hour: number;
}

interface RecentToken extends TokenContent {
  readonly token: string;
  readonly scope: TokenScope;
  readonly characters: number;
}

/** The tag or the mac ends a token, so its last characters tell tokens apart. To look up the whole would take longer. */
const tailLength = 24;

/**
 * Remembers the tokens that this process has lately sealed, or opened twice, under its present keys. Exactly the same
 * token would open again, unless its time is over, so it need not be decrypted again.
 */
export class RecentTokens {
  readonly #tokens: Recent<RecentToken>;
  readonly #opened = new SeenLately();

  constructor(most: number) {
    this.#tokens = new Recent(Math.ceil(most / 2), 4_194_304);
  }

  find(token: string, scope: TokenScope): TokenContent | undefined {
    const known = this.#tokens.get(token.slice(-tailLength));
    return known?.token === token && isSame(known.scope, scope) ? known : undefined;
  }

  sealed(token: string, content: TokenContent, scope: TokenScope): void {
    this.#keep(token.slice(-tailLength), token, content, scope);
  }

  opened(token: string, content: TokenContent, scope: TokenScope): void {
    const tail = token.slice(-tailLength);
    if (this.#opened.note(tail)) this.#keep(tail, token, content, scope);
  }

  #keep(tail: string, token: string, { text, stale, hour }: TokenContent, scope: TokenScope): void {
    const { name, namespace, application } = scope;
    const characters = token.length + text.length;
    this.#tokens.set(tail, { token, text, stale, hour, scope: { name, namespace, application }, characters });
  }
}

const isSame = (one: TokenScope, other: TokenScope): boolean =>
  one.name === other.name && one.namespace === other.namespace && one.application === other.application;
