import fc from "fast-check";

/**
 * Property tests draw the same cases in every run, so that a change fails for what it changed. `FUZZ_SEED=$RANDOM npm test`
 * draws others; the seed of a failure is in its report.
 */
const seed = Number(process.env.FUZZ_SEED ?? 20_261_125);
fc.configureGlobal({ seed });
