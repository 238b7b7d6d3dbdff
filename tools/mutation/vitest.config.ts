/** The tests of one area, as `main.ts` hands them over. */
const tests = process.env.LIMPET_MUTATION_TESTS?.split(',') ?? [];

export default { test: { name: 'mutation', include: tests, testTimeout: 20_000 } };
