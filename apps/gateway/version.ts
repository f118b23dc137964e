/** Of this release, as in package.json; version.test.ts compares them. */
export const version = "0.1.0";
