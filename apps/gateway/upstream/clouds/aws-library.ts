/*
 * What is loaded with the first request to Amazon, in a module of its own: a bundler gives `import()` of a CommonJS package
 * no names, but that of a module that imports them.
 */
export { Sha256 } from "@smithy/core/checksum";
export { EventStreamCodec } from "@smithy/core/event-streams";
export { SignatureV4 } from "@smithy/signature-v4";
