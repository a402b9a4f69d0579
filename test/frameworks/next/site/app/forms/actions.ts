"use server";

import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { action, read, sessions, tastes } from "../../sessions";

export const signIn = action(async (session, form: FormData) => {
  session.login(String(form.get("name")));
  redirect("/page");
});

/** The page renders again in the same response. */
export const signInHere = action(async (session, form: FormData) => {
  session.login(String(form.get("name")));
});

export const arrive = action(async (session, name: string) => {
  session.login(name);
});

export const signOutHere = tastes.action(async (taste) => {
  await taste.destroy();
  await leave();
});
const leave = action((session) => session.destroy());

export const missing = action(async (session) => {
  session.set("views", 7);
  notFound();
});

export const failing = action(async (session) => {
  session.set("views", 99);
  throw new Error("a bug of the application");
});

export const failingLate = action(async (session) => {
  session.set("views", 7);
  await session.save();
  session.set("views", 99);
  throw new Error("a bug of the application");
});

/** Another session, another function, another cookie. */
export const both = action(async (session, form: FormData) => {
  session.set("views", 1);
  (await cookies()).set("other", "1");
  await paint(form);
  await note("inner");
  session.set("notes", [
    ...(session.get("notes") ?? []),
    (await read()).get("notes")?.length === 1 ? "seen" : "missed",
  ]);
});
const paint = tastes.action(async (taste, form: FormData) => {
  taste.set("colour", String(form.get("name")));
});
const note = action(async (session, text: string) => {
  session.set("notes", session === sessions.get(await headers()) ? [text] : ["of a stranger"]);
});

/** One of two sessions cannot be stored. */
export const tooLarge = action(async (session, form: FormData) => {
  session.set("notes", ["x".repeat(2 ** 21)]);
  await paint(form);
  redirect("/page");
});

/** Not wrapped itself: each of the two commits. */
export async function inTurn(form: FormData) {
  await signInHere(form);
  await note("after the login");
}

/** All at once, of one visitor. */
export const mark = action(async (session, number: number) => {
  session.set(`mark${number}`, number);
  await session.update("views", (views = 0) => views + 1);
});
