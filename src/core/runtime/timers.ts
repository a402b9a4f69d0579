/** In milliseconds. A longer timer would fire at once. */
export const longestTimer = 2_147_483_647;
