/** Makes an opaque token of a text, and the text of the token. */
export interface Sealer {
  readonly name: string;
  seal(text: string): string | Promise<string>;
  unseal(token: string): string | undefined | Promise<string | undefined>;
}
