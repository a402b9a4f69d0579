/** What browsers keep of one cookie: bytes of name and value together (RFC 6265bis section 5.6). */
export const maxCookieBytes = 4096;
