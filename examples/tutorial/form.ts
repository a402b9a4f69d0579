import { csrf } from "coatcheck/security";
import type { Request } from "express";
import { type Html, html } from "./html.ts";
import { sessions } from "./sessions.ts";

export const protection = csrf(sessions);

/** The hidden field that proves that a form is from a page of ours. */
export async function hiddenToken(req: Request): Promise<Html> {
  return html`<input type="hidden" name="_csrf" value="${await protection.token(req)}">`;
}

/** A field of the form that was sent, as text. */
export function field(req: Request, name: string): string {
  const value: unknown = req.body?.[name];
  return typeof value === "string" ? value : "";
}
