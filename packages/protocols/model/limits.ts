/** What may be held back of one answer until it can go on in order, in characters or bytes. */
export const maxHeld = 32 * 1024 * 1024;
