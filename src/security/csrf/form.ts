const forms = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/** Returns the token of a header, or of a form's field. The body stays readable. */
export async function submittedToken(request: Request): Promise<string | undefined> {
  const header = request.headers.get("x-csrf-token");
  if (header !== null) return header;
  if (!forms.test(request.headers.get("content-type") ?? "")) return undefined;
  if (request.bodyUsed) {
    throw new TypeError(
      "checkForm() was called when the body had been read. Call it first, or call check() with the field _csrf.",
    );
  }
  try {
    const field = (await request.clone().formData()).get("_csrf");
    return typeof field === "string" ? field : undefined;
  } catch {
    // A form that cannot be parsed carries no token.
    return undefined;
  }
}
