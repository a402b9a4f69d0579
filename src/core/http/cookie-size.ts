/** The largest cookie that browsers accept: bytes of name and value together (RFC 6265bis section 5.6). */
export const maxCookieBytes = 4096;
