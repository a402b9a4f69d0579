/** The forms of this page work without JavaScript. */
export const csr = false;
