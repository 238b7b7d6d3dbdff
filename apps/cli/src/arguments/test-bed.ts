import { openMemoryTestBed, openRealTestBed, type TestBed, type TestBedOptions } from '@limpet/simulator';
import type { DataPlaneKind } from './data-plane.ts';

/** Opens what a simulation runs on. @param haproxyVersion - of the HAProxy in memory */
export const testBedFor = (
  dataPlane: DataPlaneKind,
  haproxyVersion?: string,
): ((options: TestBedOptions) => Promise<TestBed>) =>
  dataPlane === 'real' ? openRealTestBed : (options) => openMemoryTestBed(options, { haproxyVersion });
