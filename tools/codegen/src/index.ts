/**
 * From the statecharts to code: reads `packages/model` and writes `packages/contract` and the diagrams.
 *
 * @module
 */
export { CodegenError, type CodegenErrorCode } from './errors.ts';
export { checkGenerated, type GeneratedFile, generate, type StaleFile, writeGenerated } from './generate.ts';
