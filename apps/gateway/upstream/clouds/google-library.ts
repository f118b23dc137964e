/* What is loaded with the first token of Google's, in a module of its own: see aws-library.ts. */
export { JWT } from "google-auth-library";
