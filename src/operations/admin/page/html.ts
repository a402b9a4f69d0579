/** A piece of a page: text that is HTML already. */
export class Html {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }

  /** Nothing else can pass for one, such as a value that a visitor has stored. */
  static is(part: object): part is Html {
    return #text in part;
  }

  get text(): string {
    return this.#text;
  }
}

export type Part = Html | string | number | false | undefined | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Template tag: whatever is put in and is not `Html` itself is escaped. False and undefined leave nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.map((text, at) => text + render(parts[at])).join(""));
}

function render(part: Part): string {
  if (part === undefined || part === false) return "";
  if (typeof part === "object") return Html.is(part) ? part.text : part.map(render).join("");
  return String(part).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
