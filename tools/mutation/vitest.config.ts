/** The tests of one area, as `main.ts` hands them over. */
const tests = process.env.LIMPET_MUTATION_TESTS?.split(',') ?? [];

/** The configuration of a run of Stryker: the tests of one area, and no others. */
export default { test: { name: 'mutation', include: tests, testTimeout: 20_000 } };
