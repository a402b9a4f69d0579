// All that this example needs of Bun's types; `npm install @types/bun` brings the rest.
declare const Bun: { escapeHTML(text: string): string };
